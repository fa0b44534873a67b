"""The invoice calls: drafts and their items, finalising, sending, paying, voiding, reading."""

from __future__ import annotations

from billing.standin import amounts
from billing.standin.catalogue import amount_in, currency
from billing.standin.errors import ApiError
from billing.standin.forms import Params
from billing.standin.invoice_lines import add_line, total
from billing.standin.invoices import collect, draft, finalize, only, pending_item, settle, take_pending
from billing.standin.payments import Buyer
from billing.standin.routes import PAGING, listing, reads, route
from billing.standin.store import Obj, Store

SETTABLE = "auto_advance description footer metadata custom_fields days_until_due due_date automatic_tax"
CREATE = f"customer collection_method currency pending_invoice_items_behavior payment_settings {SETTABLE}"


def _settable(store: Store, p: Params, invoice: Obj) -> None:
    for name in ("description", "footer"):
        if name in p:
            invoice[name] = p.text(name)
    if "custom_fields" in p:
        pairs = [
            {"name": part.required("name"), "value": part.required("value")}
            for part in p.parts("custom_fields")
        ]
        invoice["custom_fields"] = pairs or None
    if "automatic_tax" in p:
        invoice["automatic_tax"]["enabled"] = p.part("automatic_tax").flag("enabled")
    days, due = p.whole("days_until_due", least=0), p.whole("due_date")
    if (days is not None or due) and invoice["collection_method"] != "send_invoice":
        message = "You can only set `days_until_due` or `due_date` if `collection_method` is `send_invoice`."
        raise ApiError(message, param="days_until_due")
    if days is not None:
        invoice["_days"] = days
    invoice |= {
        "auto_advance": p.flag("auto_advance", invoice["auto_advance"]),
        "due_date": due or invoice["due_date"],
        "metadata": p.metadata(invoice["metadata"]),
    }


@route("POST", "/v1/invoices", CREATE)
def create(store: Store, p: Params) -> Obj:
    customer = store.need("customer", p.required("customer"), "customer")
    method = p.choice("collection_method", "charge_automatically send_invoice", "charge_automatically")
    if method == "send_invoice" and "days_until_due" not in p and "due_date" not in p:
        message = "You must pass `days_until_due` or `due_date` if `collection_method` is `send_invoice`."
        raise ApiError(message, param="days_until_due")
    money = currency(p) if p.text("currency") else customer["currency"] or "usd"
    invoice = draft(store, customer, money, "manual", collection_method=method)
    _settable(store, p, invoice)
    if p.text("pending_invoice_items_behavior") == "include":
        take_pending(store, invoice)
    return invoice


@route("POST", "/v1/invoices/{}", SETTABLE)
def update(store: Store, p: Params, key: str) -> Obj:
    invoice = store.need("invoice", key)
    if invoice["status"] != "draft" and set(p.values) - {"metadata", "expand"}:
        raise ApiError("Finalized invoices can't be updated in this way", code="invoice_not_editable")
    _settable(store, p, invoice)
    store.emit("invoice.updated", invoice)
    return invoice


@route("DELETE", "/v1/invoices/{}")
def delete(store: Store, p: Params, key: str) -> Obj:
    only(store.need("invoice", key), "draft")
    del store.tables["invoice"][key]
    return {"id": key, "object": "invoice", "deleted": True}


@route(
    "POST",
    "/v1/invoiceitems",
    "customer invoice amount currency description quantity pricing metadata unit_amount_decimal",
)
def create_item(store: Store, p: Params) -> Obj:
    customer = store.need("customer", p.required("customer"), "customer")
    invoice = store.need("invoice", p.text("invoice"), "invoice") if p.text("invoice") else None
    if invoice:
        only(invoice, "draft")
    money = currency(p) if p.text("currency") else (invoice or customer)["currency"] or "usd"
    quantity, price_key = p.whole("quantity", least=0) or 1, p.part("pricing").text("price")
    price = store.need("price", price_key, "pricing[price]") if price_key else None
    if price:
        amount = amount_in(price, money, "pricing[price]") * quantity
    elif p.text("unit_amount_decimal"):
        amount = amounts.percent(quantity * 100, float(p.required("unit_amount_decimal")))
    else:
        amount = p.whole("amount") or 0
        if "amount" not in p:
            raise ApiError("Missing required param: amount.", code="parameter_missing", param="amount")
    named = store.need("product", price["product"])["name"] if price else None
    item = pending_item(store, customer["id"], money, amount, p.text("description") or named, quantity, price)
    item["metadata"] = p.metadata()
    if invoice:
        if invoice["currency"] != money:
            message = (
                f"The currency of the invoice item ({money}) must match the invoice ({invoice['currency']})."
            )
            raise ApiError(message, param="currency")
        add_line(invoice, item)
        total(invoice)
    return item


@route("POST", "/v1/invoices/{}/finalize", "auto_advance")
def finalize_call(store: Store, p: Params, key: str) -> Obj:
    invoice = store.need("invoice", key)
    finalize(store, invoice)
    return invoice


@route("POST", "/v1/invoices/{}/send")
def send(store: Store, p: Params, key: str) -> Obj:
    invoice = store.need("invoice", key)
    if invoice["status"] == "draft":
        finalize(store, invoice)
    if invoice["collection_method"] != "send_invoice":
        raise ApiError("You can only manually send an invoice if its collection method is 'send_invoice'.")
    store.emit("invoice.sent", invoice)
    return invoice


@route("POST", "/v1/invoices/{}/pay", "paid_out_of_band payment_method")
def pay(store: Store, p: Params, key: str) -> Obj:
    invoice = store.need("invoice", key)
    if invoice["status"] == "paid":
        raise ApiError("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] == "draft":
        finalize(store, invoice)
    if p.flag("paid_out_of_band"):
        only(invoice, "open", "uncollectible")
        settle(store, invoice, None, out_of_band=True)
    elif invoice["status"] != "paid":
        collect(store, invoice, Buyer())
    return invoice


@route("POST", "/v1/invoices/{}/void")
def void(store: Store, p: Params, key: str) -> Obj:
    invoice = store.need("invoice", key)
    only(invoice, "open", "uncollectible")
    invoice |= {"status": "void"}
    invoice["status_transitions"]["voided_at"] = store.now()
    store.emit("invoice.voided", invoice)
    return invoice


@route("POST", "/v1/invoices/{}/mark_uncollectible")
def give_up(store: Store, p: Params, key: str) -> Obj:
    invoice = store.need("invoice", key)
    only(invoice, "open")
    invoice |= {"status": "uncollectible"}
    invoice["status_transitions"]["marked_uncollectible_at"] = store.now()
    store.emit("invoice.marked_uncollectible", invoice)
    return invoice


def _of_subscription(row: Obj, p: Params) -> bool:
    parent = (row["parent"] or {}).get("subscription_details") or {}
    return not p.text("subscription") or parent.get("subscription") == p.text("subscription")


def _paid_by(row: Obj, p: Params) -> bool:
    intent = p.part("payment").text("payment_intent")
    return intent is None or row["payment"].get("payment_intent") == intent


@route("GET", "/v1/invoices/{}/lines", PAGING)
def lines_of(store: Store, p: Params, key: str) -> Obj:
    rows = store.need("invoice", key)["lines"]
    return listing(rows["data"][::-1], p, rows["url"])


reads(
    "/v1/invoices",
    "invoice",
    "collection_method customer status created due_date",
    _of_subscription,
    "subscription",
)
reads("/v1/invoiceitems", "invoiceitem", "customer invoice created")
reads("/v1/invoice_payments", "invoice_payment", "invoice status created", _paid_by, "payment")
