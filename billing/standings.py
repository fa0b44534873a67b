"""How an order's payment stands, read from Stripe's objects into plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .gateway import ask, client
from .models import Order

# Statuses of a refund that counts, and of a dispute that takes nothing.
GOING_BACK = ("succeeded", "pending", "requires_action")
HARMLESS = ("won", "warning_needs_response", "warning_under_review", "warning_closed")


@dataclass(frozen=True)
class Payment:
    """One time that an order was paid: a plan is paid every year."""

    paper: str  # the session's id, or a renewal's invoice
    amount: int
    intent: str = ""  # nothing to pay has none


@dataclass(frozen=True)
class Standing:
    """How an order's payment stands, as Stripe says now. Amounts are minor units."""

    id: str  # of the session or invoice
    state: str  # a value of models.Status
    order: str  # our own id that Stripe was given when it was made
    currency: str
    subtotal: int  # before taxes and promotion codes
    sold: tuple[tuple[str, int], ...]  # (lookup key, quantity)
    payments: tuple[Payment, ...] = ()
    customer: str = ""
    subscription: str = ""
    invoice: str = ""
    refunds: tuple[tuple[str, int, str], ...] = ()  # (Stripe's id, amount, the reason that we gave it)
    disputed: bool = False  # still being decided
    withheld: int = 0


def standing(order: Order) -> Standing:
    """Ask how an order's payment stands now."""
    return _of_session(order.session) if order.session else _of_invoice(order.invoice)


def _of_session(session: str) -> Standing:
    found = ask(
        client().v1.checkout.sessions.retrieve,
        session,
        {"expand": ["line_items.data.price", "payment_intent"]},
    )
    intent = found.payment_intent
    state = {"expired": "expired", "open": "open"}.get(found.status) or _paid_or_not(found, intent)
    first = Payment(found.id, found.amount_total, intent.id if intent else "")
    years = _years(found.subscription, first) if found.subscription else (first,)
    payments = years if state == "paid" else ()
    return Standing(
        id=found.id,
        state=state,
        order=found.client_reference_id or "",
        currency=found.currency,
        subtotal=found.amount_subtotal,
        sold=tuple((line.price.lookup_key or "", line.quantity) for line in found.line_items.data),
        payments=payments,
        customer=found.customer or "",
        subscription=found.subscription or "",
        invoice=found.invoice or "",
        **_gone(payments),
    )


def _paid_or_not(session: Any, intent: Any) -> str:
    if session.payment_status in ("paid", "no_payment_required"):
        return "paid"
    if intent and intent.status in ("requires_payment_method", "canceled"):
        return "failed"
    return "pending"


def _years(subscription: str, first: Payment) -> tuple[Payment, ...]:
    """What was paid for a plan so far; its first invoice is the session's."""
    asked = {"subscription": subscription, "limit": 100, "expand": ["data.payments"]}
    sent = sorted(ask(client().v1.invoices.list, asked).data, key=lambda one: one.created)
    years = [Payment(one.id, one.amount_paid, _intent(one)) for one in sent if one.status == "paid"]
    return (Payment(first.paper, first.amount, years[0].intent if years else ""), *years[1:])


def _intent(invoice: Any) -> str:
    """What paid an invoice."""
    return next(
        (str(p.payment.payment_intent) for p in invoice.payments.data if p.payment.payment_intent), ""
    )


def _of_invoice(invoice: str) -> Standing:
    found = ask(client().v1.invoices.retrieve, invoice, {"expand": ["payments"]})
    state = {"paid": "paid", "void": "expired", "uncollectible": "failed"}.get(found.status, "pending")
    payments = (Payment(found.id, found.amount_paid, _intent(found)),) if state == "paid" else ()
    return Standing(
        id=found.id,
        state=state,
        order=(found.metadata or {})["order"],
        currency=found.currency,
        subtotal=found.subtotal,
        sold=tuple((_lookup_key(line), line.quantity) for line in found.lines.data),
        payments=payments,
        customer=found.customer,
        invoice=found.id,
        **_gone(payments),
    )


def _lookup_key(line: Any) -> str:
    found = ask(client().v1.prices.retrieve, line.pricing.price_details.price)
    return str(found.lookup_key or "")


def _gone(payments: Sequence[Payment]) -> dict[str, Any]:
    """What of the payments went back, or is withheld by a bank."""
    refunds, disputes = list[Any](), list[Any]()
    for intent in (payment.intent for payment in payments if payment.intent):
        asked = {"payment_intent": intent, "limit": 100}
        refunds += ask(client().v1.refunds.list, asked).data
        disputes += ask(client().v1.disputes.list, asked).data
    return {
        "refunds": tuple((one.id, one.amount, _why(one)) for one in refunds if one.status in GOING_BACK),
        "disputed": any(one.status not in ("won", "lost", "warning_closed") for one in disputes),
        "withheld": sum(one.amount for one in disputes if one.status not in HARMLESS),
    }


def _why(refund: Any) -> str:
    """ "" for one that was made on Stripe's pages."""
    return str((refund.metadata.to_dict() if refund.metadata else {}).get("reason", ""))[:40]
