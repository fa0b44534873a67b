"""Invoices: how one comes into being, becomes final, is paid."""

from __future__ import annotations

from typing import Any

from billing.standin.api import control, reads, route
from billing.standin.catalogue import CURRENCIES, amount_in
from billing.standin.forms import ApiError, Params
from billing.standin.payments import Buyer, confirm
from billing.standin.store import DAY, Obj, Store, listed, new

TAX_PERCENT = {"DE": 19}  # exclusive; other countries pay none here
TAKES = "customer collection_method days_until_due currency automatic_tax custom_fields metadata"


def tax(amount: int, country: str | None) -> int:
    """Value added tax on a net amount, rounded half up."""
    return (amount * TAX_PERCENT.get(country or "", 0) + 50) // 100


@route("POST", "/v1/invoices", TAKES)
def create(store: Store, p: Params) -> Obj:
    customer = store.need("customer", p.required("customer"), "customer")
    return draft(
        store,
        customer,
        p.required("currency", CURRENCIES),
        p.part("automatic_tax").flag("enabled"),
        collection_method=p.required("collection_method", "send_invoice"),
        custom_fields=[{name: one.required(name) for name in one.values} for one in p.parts("custom_fields")],
        due_date=store.now() + p.whole("days_until_due") * DAY,
        **p.plain(""),
    )


def draft(store: Store, customer: Obj, money: str, taxed: bool, **about: Any) -> Obj:
    """An invoice without lines."""
    copied = {f"customer_{name}": customer[name] for name in ("address", "email", "name", "tax_exempt")}
    copied |= {"customer": customer["id"], "customer_tax_ids": customer["_numbers"]}
    copied |= {"currency": money, "period_start": store.now(), "period_end": store.now()}
    invoice = store.add("invoice", automatic_tax={"enabled": taxed}, **copied, **about)
    for name in ("lines", "_payments"):
        invoice[name] = listed(f"/v1/invoices/{invoice['id']}/{name.strip('_')}")
    store.emit("invoice.created", invoice)
    return invoice


@route("POST", "/v1/invoiceitems", "customer invoice pricing quantity")
def create_item(store: Store, p: Params) -> Obj:
    invoice = store.need("invoice", p.required("invoice"), "invoice")
    _only(invoice, "draft")
    price = store.need("price", p.part("pricing").required("price"), "pricing[price]")
    line = add_line(store, invoice, price, p.whole("quantity", 1))
    same = ("amount", "currency", "description", "invoice", "period", "pricing", "quantity")
    about = {"customer": invoice["customer"], "date": store.now(), "net_amount": line["amount"]}
    return store.add("invoiceitem", **{name: line[name] for name in same}, **about)


def add_line(store: Store, invoice: Obj, price: Obj, quantity: int, off: int = 0) -> Obj:
    """Bill that many of a price, less a discount."""
    unit = amount_in(price, invoice["currency"])
    taxed, amount = invoice["automatic_tax"]["enabled"] and invoice["customer_address"], unit * quantity
    owed = tax(amount - off, taxed["country"] if taxed else None)
    named = {"price": price["id"], "product": price["product"]}
    line = new(
        "line_item",
        amount=amount,
        currency=invoice["currency"],
        description=store.need("product", price["product"])["name"],
        discount_amounts=[{"amount": off, "discount": "di_standin"}] if off else [],
        invoice=invoice["id"],
        period={"start": invoice["period_start"], "end": invoice["period_end"]},
        pricing={"type": "price_details", "price_details": named, "unit_amount_decimal": str(unit)},
        quantity=quantity,
        subtotal=amount,
        taxes=[new("tax", amount=owed)] if owed else [],
    )
    invoice["lines"]["data"].append(line)
    sums = {"subtotal": amount, "subtotal_excluding_tax": amount, "total_excluding_tax": amount - off}
    sums |= dict.fromkeys(("total", "amount_due", "amount_remaining"), amount - off + owed)
    sums |= {"total_discount_amounts": line["discount_amounts"], "total_taxes": line["taxes"]}
    for name, more in sums.items():
        invoice[name] += more
    return line


@route("POST", "/v1/invoices/{invoice}/send")
def send(store: Store, p: Params, invoice: Obj) -> None:
    finalize(store, invoice)
    store.emit("invoice.sent", invoice)


@control
def pay_invoice(store: Store, invoice: str) -> Obj:
    """A customer pays an open invoice."""
    found = store.need("invoice", invoice)
    collect(store, found)
    return found


def _only(invoice: Obj, status: str) -> None:
    if invoice["status"] != status:
        raise ApiError(f"This invoice is {invoice['status']}, not {status}.", code="invoice_not_editable")


def finalize(store: Store, invoice: Obj) -> None:
    """From a draft to a document with a number, open until paid."""
    _only(invoice, "draft")
    if invoice["automatic_tax"]["enabled"] and not invoice["customer_address"]:
        raise ApiError("The customer has no address to tax.", code="customer_tax_location_invalid")
    customer, page = store.need("customer", invoice["customer"]), f"{store.base}/invoice/{invoice['id']}"
    number = f"{customer['id'][-8:].upper()}-{customer['next_invoice_sequence']:04d}"
    customer["next_invoice_sequence"] += 1
    invoice |= {"status": "open", "number": number, "hosted_invoice_url": page, "effective_at": store.now()}
    store.emit("invoice.finalized", invoice)


def collect(store: Store, invoice: Obj) -> None:
    """Pay an open invoice."""
    _only(invoice, "open")
    about = {"currency": invoice["currency"], "customer": invoice["customer"]}
    intent = store.add("payment_intent", amount=invoice["amount_due"], **about)
    confirm(store, intent, Buyer())
    link(store, invoice, intent)
    settle(store, invoice)


def link(store: Store, invoice: Obj, intent: Obj) -> None:
    """Note which payment intent pays an invoice."""
    about = {"amount_requested": invoice["amount_due"], "currency": invoice["currency"]}
    owner = {"invoice": invoice["id"], "payment": {"payment_intent": intent["id"]}}
    invoice["_payments"]["data"].append(store.add("invoice_payment", **about, **owner))


def settle(store: Store, invoice: Obj) -> None:
    """Mark an open invoice paid."""
    invoice |= {"attempted": True, "amount_remaining": 0}
    for row in (invoice, *invoice["_payments"]["data"]):
        row |= {"status": "paid", "amount_paid": invoice["amount_due"]}
        row["status_transitions"]["paid_at"] = store.now()
    store.emit("invoice.paid", invoice)


reads("/v1/invoices", "invoice", "customer status subscription created")
reads("/v1/invoiceitems", "invoiceitem", "customer invoice")
