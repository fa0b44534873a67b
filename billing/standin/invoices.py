"""Invoices: how one comes into being, becomes final, is paid."""

from __future__ import annotations

from typing import Any

from billing.standin.catalogue import pricing
from billing.standin.customers import tax_ids
from billing.standin.errors import ApiError
from billing.standin.invoice_lines import add_line, total
from billing.standin.payments import Buyer, confirm, new_intent
from billing.standin.store import DAY, Obj, Store


def draft(store: Store, customer: Obj, money: str, reason: str, **values: Any) -> Obj:
    """An invoice without lines."""
    invoice = store.add(
        "invoice",
        "in",
        account_country="US",
        account_name="Stand-in",
        attempt_count=0,
        attempted=False,
        billing_reason=reason,
        currency=money,
        customer=customer["id"],
        customer_tax_exempt=customer["tax_exempt"],
        customer_tax_ids=tax_ids(customer),
        default_tax_rates=[],
        discounts=[],
        issuer={"type": "self"},
        payment_settings=dict.fromkeys("default_mandate payment_method_options payment_method_types".split()),
        period_start=store.now(),
        period_end=store.now(),
        post_payment_credit_notes_amount=0,
        pre_payment_credit_notes_amount=0,
        starting_balance=0,
        status="draft",
        status_transitions=dict.fromkeys("finalized_at marked_uncollectible_at paid_at voided_at".split()),
        **{"auto_advance": False, "collection_method": "charge_automatically", **values},
    )
    for name in ("address", "email", "name", "phone", "shipping"):
        invoice[f"customer_{name}"] = customer[name]
    for name in ("lines", "_payments"):
        url = f"/v1/invoices/{invoice['id']}/{name.strip('_')}"
        invoice[name] = {"object": "list", "has_more": False, "data": [], "url": url}
    invoice["automatic_tax"] = values.get("automatic_tax") or {"enabled": False}
    tax = dict.fromkeys("liability status disabled_reason provider".split())
    invoice["automatic_tax"] = tax | invoice["automatic_tax"]
    total(invoice)
    store.emit("invoice.created", invoice)
    return invoice


def pending_item(
    store: Store, customer: str, money: str, amount: int, about: str | None, quantity: int, price: Obj | None
) -> Obj:
    """An item that waits for an invoice."""
    return store.add(
        "invoiceitem",
        "ii",
        amount=amount,
        net_amount=amount,
        currency=money,
        customer=customer,
        date=store.now(),
        description=about,
        discountable=True,
        discounts=[],
        period={"start": store.now(), "end": store.now()},
        pricing=pricing(price) if price else None,
        proration=False,
        quantity=quantity,
        tax_rates=[],
    )


def take_pending(store: Store, invoice: Obj) -> None:
    """Move the customer's waiting items onto an invoice."""
    for item in store.rows("invoiceitem"):
        mine = item["customer"] == invoice["customer"] and item["currency"] == invoice["currency"]
        if mine and item["invoice"] is None:
            add_line(invoice, item)
    total(invoice)


def only(invoice: Obj, *statuses: str) -> None:
    """Refuse what such an invoice does not allow any more."""
    if invoice["status"] not in statuses:
        code = "invoice_not_editable"
        raise ApiError(f"This invoice is {invoice['status']}, not {' or '.join(statuses)}.", code=code)


def finalize(store: Store, invoice: Obj) -> None:
    """From a draft to a document with a number, open until paid."""
    only(invoice, "draft")
    if invoice["automatic_tax"]["enabled"] and not (invoice["customer_address"] or {}).get("country"):
        message = "The customer's location isn't recognized. Set a valid customer address in order to "
        code = "customer_tax_location_invalid"
        raise ApiError(f"{message}automatically calculate tax.", code=code)
    customer = store.need("customer", invoice["customer"])
    serial = customer.get("next_invoice_sequence", 1)
    customer["next_invoice_sequence"] = serial + 1
    page = f"{store.base}/invoice/{invoice['id']}"
    if invoice["collection_method"] == "send_invoice" and not invoice["due_date"]:
        invoice["due_date"] = store.now() + invoice.get("_days", 30) * DAY
    invoice |= {"status": "open", "number": f"{customer.get('invoice_prefix', 'X')}-{serial:04d}"}
    invoice |= {"hosted_invoice_url": page, "invoice_pdf": f"{page}/pdf", "effective_at": store.now()}
    invoice["status_transitions"]["finalized_at"] = store.now()
    store.emit("invoice.finalized", invoice)
    if invoice["amount_due"] == 0:
        settle(store, invoice, None)


def settle(store: Store, invoice: Obj, intent: Obj | None, *, out_of_band: bool = False) -> None:
    """Mark an open invoice paid."""
    paid = invoice["amount_due"]
    invoice |= {"status": "paid", "attempted": True, "amount_paid": paid, "amount_remaining": 0}
    invoice["status_transitions"]["paid_at"] = store.now()
    if intent:
        link_payment(store, invoice, intent)
    for payment in invoice["_payments"]["data"]:
        payment |= {"status": "paid", "amount_paid": paid}
        payment["status_transitions"]["paid_at"] = store.now()
    store.emit("invoice.paid", invoice)
    if not out_of_band:
        store.emit("invoice.payment_succeeded", invoice)


def link_payment(store: Store, invoice: Obj, intent: Obj) -> None:
    """Note which payment intent pays an invoice."""
    if any(row["payment"]["payment_intent"] == intent["id"] for row in invoice["_payments"]["data"]):
        return
    row = store.add(
        "invoice_payment",
        "inpay",
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={"type": "payment_intent", "payment_intent": intent["id"]},
        status="open",
        status_transitions={"canceled_at": None, "paid_at": None},
    )
    invoice["_payments"]["data"].append(row)


def collect(store: Store, invoice: Obj, buyer: Buyer) -> None:
    """Pay an open invoice with a card or a bank transfer."""
    only(invoice, "open")
    about = {"customer": invoice["customer"], "description": f"Payment for Invoice {invoice['number']}"}
    intent = new_intent(store, invoice["amount_due"], invoice["currency"], **about)
    invoice["attempt_count"] += 1
    confirm(store, intent, buyer)
    settle(store, invoice, intent)
