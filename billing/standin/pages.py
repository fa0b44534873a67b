"""The hosted pages: pay a session, see and pay an invoice, the customer portal."""

from __future__ import annotations

from html import escape

from billing.standin import buying, checkout, invoices, subscriptions
from billing.standin.amounts import money
from billing.standin.errors import ApiError
from billing.standin.html import Page, button, field, frame, invoice_rows, pdf, sums
from billing.standin.payments import TRANSFER, Buyer
from billing.standin.store import Obj, Store

COUNTRIES = {
    "US": "United States",
    "DE": "Germany",
    "FR": "France",
    "GB": "United Kingdom",
    "CH": "Switzerland",
}
Form = dict[str, str]


def answer(store: Store, method: str, path: str, form: Form) -> Page:
    """The page at a path, or what its form did."""
    kind, _, rest = path.strip("/").partition("/")
    key, _, part = rest.partition("/")
    try:
        if kind == "pay":
            return _pay(store, method, key, form)
        if kind == "invoice":
            return _invoice(store, method, key, part)
        if kind == "portal":
            return _portal(store, method, key, form)
        if kind == "receipt":
            charge = store.need("charge", key)
            rows = [("Paid", charge["amount"]), ("Refunded", -charge["amount_refunded"])]
            rows.append(("Total", charge["amount"] - charge["amount_refunded"]))
            return frame("Receipt", sums(rows, charge["currency"]))
    except ApiError as refused:
        return frame("Something went wrong", f"<p class=bad>{escape(str(refused))}</p>", refused.status)
    return frame("Not found", "<p>There is no such page.</p>", 404)


def _pay(store: Store, method: str, key: str, form: Form) -> Page:
    session = store.need("checkout.session", key)
    if method == "POST" and form.get("action") == "back" and session["cancel_url"]:
        return Page(status=303, location=_filled(session["cancel_url"], key))
    if session["status"] == "open" and session["expires_at"] <= store.now():
        checkout.lapse(store, session)
    if session["status"] == "expired":
        return frame(
            "This page has expired", "<p>Nothing was charged. Please start again in the shop.</p>", 410
        )
    if session["status"] == "complete":
        if method == "POST":  # the second of two clicks: it was paid, and only once
            return Page(status=303, location=_filled(session["success_url"], key))
        back = escape(_filled(session["success_url"], key))
        inside = f'<p>Nothing is charged a second time.</p><p><a href="{back}">Back to the shop</a></p>'
        return frame("This was already paid", inside)
    if method != "POST":
        return _pay_page(store, session, form, "")
    buyer = Buyer(
        card=form.get("card", ""),
        country=form.get("country", "US"),
        email=form.get("email", ""),
        name=form.get("name", ""),
        promotion=form.get("promotion", ""),
        tax_id=form.get("tax_id", ""),
        fields={
            name.removeprefix("field."): value for name, value in form.items() if name.startswith("field.")
        },
    )
    try:
        if form.get("action") != "pay":
            buying.fill_in(store, session, buyer)
            return _pay_page(store, session, form, "")
        buying.pay(store, key, buyer)
    except ApiError as refused:
        return _pay_page(store, session, form, str(refused), refused.status)
    return Page(status=303, location=_filled(session["success_url"], key))


def _filled(url: str, key: str) -> str:
    return url.replace("{CHECKOUT_SESSION_ID}", key)


def _pay_page(store: Store, session: Obj, form: Form, problem: str, status: int = 200) -> Page:
    items, details = session["_line_items"]["data"], session["total_details"]
    rows = [(f"{item['quantity']} × {item['description']}", item["amount_subtotal"]) for item in items]
    if details["amount_discount"]:
        rows.append(("Discount", -details["amount_discount"]))
    if session["automatic_tax"]["enabled"]:
        rows.append(("VAT", details["amount_tax"]))
    rows.append(("Total", session["amount_total"]))
    known = (session["customer_details"] or {}).get("email")
    inside = [f'<p class="bad" role="alert">{escape(problem)}</p>' if problem else ""]
    inside += [sums(rows, session["currency"]), '<form method="post" autocomplete="off">']
    # Enter in a field presses the first button of a form; without this one it would only update the total.
    inside.append('<button name="action" value="pay" hidden></button>')
    fixed = "readonly" if known and (session["customer"] or session["customer_email"]) else "required"
    inside.append(field("E-mail", "email", known or form.get("email", ""), f'type="email" {fixed}'))
    inside.append(field("Name", "name", form.get("name", "")))
    chosen = form.get("country", "US")
    options = "".join(
        f'<option value="{code}"{" selected" if code == chosen else ""}>{name}</option>'
        for code, name in COUNTRIES.items()
    )
    inside.append(f'<label>Country<select name="country">{options}</select></label>')
    if session["allow_promotion_codes"]:
        inside.append(field("Promotion code", "promotion", form.get("promotion", "")))
    if session["tax_id_collection"]["enabled"]:
        inside.append(field("VAT number (companies)", "tax_id", form.get("tax_id", "")))
    for custom in session["custom_fields"]:
        name, label = f"field.{custom['key']}", custom["label"]["custom"]
        optional = " (optional)" if custom["optional"] else ""
        inside.append(field(label + optional, name, form.get(name, "")))
    inside.append(button("Update the total", "update", more="formnovalidate"))
    inside.append(field("Card number", "card", "", 'inputmode="numeric" autocomplete="off"'))
    verb = "Subscribe and pay" if session["mode"] == "subscription" else "Pay"
    inside.append(button(f"{verb} {money(session['amount_total'], session['currency'])}", "pay", main=True))
    if session["cancel_url"]:
        inside.append(button("Back", "back", more="formnovalidate"))
    return frame("Pay", "".join([*inside, "</form>"]), status)


def _invoice(store: Store, method: str, key: str, part: str) -> Page:
    invoice = store.need("invoice", key)
    if method == "POST" and invoice["status"] == "open":
        invoices.collect(store, invoice, Buyer(TRANSFER))
        return Page(status=303, location=invoice["hosted_invoice_url"])
    to = invoice["customer_name"] or invoice["customer_email"] or ""
    facts = [f"Invoice {invoice['number'] or '(draft)'}", f"Status: {invoice['status']}", f"To: {to}"]
    facts += [f"{pair['name']}: {pair['value']}" for pair in invoice["custom_fields"] or []]
    facts += [f"{row['type']}: {row['value']}" for row in invoice["customer_tax_ids"]]
    rows = invoice_rows(invoice)
    if part == "pdf":
        listed = [f"{name}: {money(amount, invoice['currency'])}" for name, amount in rows]
        return Page(pdf(["Stand-in for Stripe: not an invoice", *facts, *listed]), kind="application/pdf")
    inside = "".join(f"<p>{escape(fact)}</p>" for fact in facts[1:]) + sums(rows, invoice["currency"])
    if invoice["status"] == "open":
        label = f"Pay {money(invoice['amount_remaining'], invoice['currency'])} by bank transfer"
        inside += f'<form method="post">{button(label, "pay", main=True)}</form>'
    return frame(facts[0], inside)


def _portal(store: Store, method: str, key: str, form: Form) -> Page:
    session = store.need("billing_portal.session", key)
    mine = [row for row in store.rows("subscription") if row["customer"] == session["customer"]]
    if method == "POST":
        for row in mine:
            if row["id"] == form.get("subscription") and row["status"] == "active":
                subscriptions.cancel_later(store, row, form.get("action") == "cancel")
        return Page(status=303, location=session["url"])
    inside = ["<h2>Subscriptions</h2>"]
    for row in mine:
        ending = row["cancel_at_period_end"]
        seats = ", ".join(
            f"{item['quantity']} × {item['price']['nickname'] or 'seat'}" for item in row["items"]["data"]
        )
        inside.append(f"<p>{escape(seats)}: {row['status']}{', ends with this period' if ending else ''}</p>")
        if row["status"] == "active":
            hidden = f'<input type="hidden" name="subscription" value="{row["id"]}">'
            verb = (
                button("Keep the subscription", "keep")
                if ending
                else button("Cancel the subscription", "cancel")
            )
            inside.append(f'<form method="post">{hidden}{verb}</form>')
    inside.append("" if mine else "<p class=dim>None.</p>")
    inside.append("<h2>Invoices</h2>")
    for invoice in store.rows("invoice"):
        if invoice["customer"] == session["customer"] and invoice["status"] != "draft":
            amount = money(invoice["total"], invoice["currency"])
            link = f'<a href="{escape(invoice["hosted_invoice_url"])}">{escape(invoice["number"])}</a>'
            inside.append(f"<p>{link}: {amount}, {invoice['status']}</p>")
    if session["return_url"]:
        inside.append(f'<p><a href="{escape(session["return_url"])}">Back to the shop</a></p>')
    return frame("Your billing", "".join(inside))
