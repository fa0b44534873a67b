"""What the buyer does on the hosted page: a session is paid, and what was bought comes into being."""

from __future__ import annotations

from billing.standin import customers, invoices, subscriptions
from billing.standin.catalogue import pricing, usable_code
from billing.standin.checkout import coupon_of, lapse, reprice
from billing.standin.errors import ApiError
from billing.standin.invoice_lines import line, total
from billing.standin.payments import Buyer, confirm, fail, new_intent, succeed
from billing.standin.store import Obj, Store


def fill_in(store: Store, session: Obj, buyer: Buyer) -> None:
    """Take over what the buyer typed, without paying: code, country, number, fields."""
    if session["status"] == "open" and session["expires_at"] <= store.now():
        lapse(store, session)
    if session["status"] != "open":
        raise ApiError(f"This Checkout Session is {session['status']}.", code="checkout_not_open")
    if session["allow_promotion_codes"]:
        session["discounts"] = []
        if buyer.promotion:
            session["discounts"] = [
                {"coupon": None, "promotion_code": usable_code(store, buyer.promotion)["id"]}
            ]
    reprice(store, session, buyer.country)


def _details(store: Store, session: Obj, buyer: Buyer) -> None:
    for custom in session["custom_fields"]:
        value = buyer.fields.get(custom["key"], "").strip()
        if not value and not custom["optional"]:
            raise ApiError(f"Please fill in: {custom['label']['custom']}.", param=custom["key"])
        custom[custom["type"]]["value"] = value or None
    known = store.find("customer", session["customer"]) or {}
    email = known.get("email") or session["customer_email"] or buyer.email
    if not email:
        raise ApiError("Please give your e-mail address.", param="email")
    numbers = customers.tax_ids(known or None)
    if buyer.tax_id and session["tax_id_collection"]["enabled"]:
        numbers = [{"type": "eu_vat", "value": buyer.tax_id}]
    address = dict.fromkeys(customers.ADDRESS.split()) | {"country": buyer.country}
    name = buyer.name or known.get("name")
    session["customer_details"] = {
        **{"address": address, "email": email, "name": name, "phone": None, "tax_exempt": "none"},
        **{"tax_ids": numbers, "business_name": name if numbers else None, "individual_name": None},
    }
    session["collected_information"] = dict.fromkeys(["shipping_details", "business_name", "individual_name"])


def _customer(store: Store, session: Obj) -> Obj | None:
    details = session["customer_details"]
    customer = store.find("customer", session["customer"])
    if customer is None:
        if session["mode"] == "payment" and session["customer_creation"] != "always":
            return None
        about = {name: details[name] for name in ("address", "email", "name")}
        customer = customers.make(store, **about)
        session["customer"] = customer["id"]
    else:
        customer["address"] = customer["address"] or details["address"]
    known = [row["value"] for row in customers.tax_ids(customer)]
    for number in details["tax_ids"]:
        if number["value"] not in known:
            customers.add_tax_id(store, customer, number["type"], number["value"])
    customer["currency"] = customer["currency"] or session["currency"]
    return customer


def pay(store: Store, key: str, buyer: Buyer) -> Obj:
    """Pay an open session; raises a card error, after which it stays open."""
    session = store.need("checkout.session", key)
    fill_in(store, session, buyer)
    _details(store, session, buyer)
    intent = _intent(store, session)
    if intent:
        typed = session["customer_details"]
        confirm(
            store, intent, Buyer(buyer.card, buyer.country, typed["email"], buyer.name, tax_id=buyer.tax_id)
        )
    customer = _customer(store, session)
    if intent and customer:
        for owned in (intent, store.need("charge", intent["latest_charge"])):
            owned["customer"] = customer["id"]
    paid = intent is None or intent["status"] == "succeeded"
    session |= {"status": "complete", "url": None}
    session["payment_status"] = ("paid" if paid else "unpaid") if intent else "no_payment_required"
    _count_use(store, session)
    if customer and session["mode"] == "subscription":
        subscription = subscriptions.begin(store, session, customer)
        session["subscription"] = subscription["id"]
    if customer and (session["mode"] == "subscription" or session["invoice_creation"]["enabled"]):
        _invoice(store, session, customer, intent, paid)
    store.emit("checkout.session.completed", session)
    return session


def _intent(store: Store, session: Obj) -> Obj | None:
    """The session's intent, kept from one attempt to the next; none where nothing is to pay."""
    if session["amount_total"] == 0:
        return None
    intent = store.find("payment_intent", session["payment_intent"] or session.get("_payment_intent"))
    if intent is None:
        about = {"customer": session["customer"], "metadata": session["_intent"]["metadata"]}
        about["description"] = session["_intent"]["description"]
        intent = new_intent(store, session["amount_total"], session["currency"], **about)
        # In subscription mode the invoice owns the payment, and Stripe leaves the session's field empty.
        session["payment_intent" if session["mode"] == "payment" else "_payment_intent"] = intent["id"]
    intent["amount"] = session["amount_total"]
    return intent


def _count_use(store: Store, session: Obj) -> None:
    coupon = coupon_of(store, session)
    if coupon:
        coupon["times_redeemed"] += 1
    for discount in session["discounts"]:
        code = store.find("promotion_code", discount["promotion_code"])
        if code:
            code["times_redeemed"] += 1


def _invoice(store: Store, session: Obj, customer: Obj, intent: Obj | None, paid: bool) -> None:
    subscription = store.find("subscription", session["subscription"])
    invoice = invoices.draft(store, customer, session["currency"], "manual")
    data = (session["invoice_creation"] or {}).get("invoice_data") or {}
    asked = [
        {"name": field["label"]["custom"], "value": field[field["type"]]["value"]}
        for field in session["custom_fields"]
        if field[field["type"]]["value"]
    ]
    invoice["custom_fields"] = [*(data.get("custom_fields") or []), *asked] or None
    invoice |= {"metadata": data.get("metadata") or {}, "description": data.get("description")}
    invoice |= {
        "footer": data.get("footer"),
        "automatic_tax": invoice["automatic_tax"] | session["automatic_tax"],
    }
    for item in session["_line_items"]["data"]:
        price = item["price"]
        about: Obj = {name: item[name] for name in ("description", "quantity")}
        about["amount"] = item["amount_subtotal"]
        about["pricing"] = pricing(price, item["amount_subtotal"] // item["quantity"])
        about |= subscriptions.place_on_invoice(subscription, price, store.now())
        line(invoice, about, about.pop("parent"), discount=item["amount_discount"], tax=item["amount_tax"])
    if subscription:
        subscriptions.own(subscription, invoice, "subscription_create")
    total(invoice)
    if intent:
        invoices.link_payment(store, invoice, intent)
    session["invoice"] = invoice["id"]
    invoices.finalize(store, invoice)
    if paid and invoice["status"] == "open":
        invoices.settle(store, invoice, intent)


def settle(store: Store, session: Obj, *, ok: bool | None = None) -> Obj:
    """A delayed payment arrives, or does not; without `ok` the card number decides."""
    intent = store.find("payment_intent", session["payment_intent"] or session.get("_payment_intent"))
    if intent is None or intent["status"] != "processing":
        raise ApiError("This session waits for no payment.")
    invoice = store.find("invoice", session["invoice"])
    if intent["_ok"] if ok is None else ok:
        succeed(store, intent)
        session["payment_status"] = "paid"
        if invoice and invoice["status"] == "open":
            invoices.settle(store, invoice, intent)
        store.emit("checkout.session.async_payment_succeeded", session)
    else:
        message = "The customer's bank account could not be debited."
        fail(store, intent, "payment_method_provider_decline", "generic_decline", message)
        subscription = store.find("subscription", session["subscription"])
        if subscription:
            subscription["status"] = "past_due"
            store.emit("customer.subscription.updated", subscription)
        store.emit("checkout.session.async_payment_failed", session)
    return session
