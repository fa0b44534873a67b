"""Lines and sums of an invoice, and the read calls."""

from __future__ import annotations

import secrets

from billing.standin import amounts
from billing.standin.keys import blank
from billing.standin.store import Obj


def add_line(invoice: Obj, item: Obj) -> None:
    """Put an invoice item on an invoice."""
    taxed = invoice["automatic_tax"]["enabled"]
    country = (invoice["customer_address"] or {}).get("country") if taxed else None
    item["invoice"] = invoice["id"]
    details = {"invoice_item": item["id"], "proration": item["proration"], "proration_details": None}
    owner = (item["parent"] or {}).get("subscription_details") or {}
    details["subscription"] = owner.get("subscription")
    parent = {
        "type": "invoice_item_details",
        "invoice_item_details": details,
        "subscription_item_details": None,
    }
    line(invoice, item, parent, tax=amounts.tax(item["amount"], country))


def line(invoice: Obj, about: Obj, parent: Obj, *, discount: int = 0, tax: int = 0) -> None:
    """Append one line; `about` gives amount, description, quantity, pricing and period."""
    row = blank(
        "line_item",
        f"il_{secrets.token_hex(12)}",
        currency=invoice["currency"],
        subtotal=about["amount"],
        discount_amounts=[{"amount": discount, "discount": "di_standin"}] if discount else [],
        discountable=True,
        discounts=[],
        invoice=invoice["id"],
        parent=parent,
        taxes=[{"amount": tax, "tax_behavior": "exclusive", "type": "tax_rate_details"}] if tax else [],
        **{name: about[name] for name in ("amount", "description", "quantity", "pricing", "period")},
    )
    invoice["lines"]["data"].append(row)


def total(invoice: Obj) -> None:
    """Sum the lines."""
    lines = invoice["lines"]["data"]
    subtotal = sum(row["amount"] for row in lines)
    off = sum(part["amount"] for row in lines for part in row["discount_amounts"])
    tax = sum(part["amount"] for row in lines for part in row["taxes"])
    whole = subtotal - off + tax
    due = max(0, whole)
    invoice |= {"subtotal": subtotal, "subtotal_excluding_tax": subtotal, "total": whole}
    invoice |= {"total_excluding_tax": whole - tax, "amount_due": due, "amount_remaining": due}
    invoice |= {"amount_paid": 0, "amount_overpaid": 0, "amount_shipping": 0}
    invoice["total_discount_amounts"] = [{"amount": off, "discount": "di_standin"}] if off else []
    invoice["total_taxes"] = (
        [{"amount": tax, "tax_behavior": "exclusive", "type": "tax_rate_details"}] if tax else []
    )
