"""Our books against Stripe's, a day at a time: each difference gets a sentence that names it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from . import books
from .books import Booking
from .models import Fulfilment, Reconciliation, Refund

PAYMENTS, REFUNDS = ("charge", "payment"), ("refund", "payment_refund")
WITHHELD = "adjustment"
SLACK = timedelta(days=1)  # what we wrote at midnight Stripe may have booked the day before, or after


@dataclass(frozen=True)
class Books:
    """What we hold to be true of the payments that Stripe booked."""

    payments: Sequence[Fulfilment]  # all that a booking is about, or that came that day
    refunds: Sequence[Refund]
    day: tuple[datetime, datetime]


def reconcile(day: date) -> Reconciliation:
    """Hold one day against Stripe's books and store what differs. Safe to repeat."""
    begin = datetime.combine(day, time.min, UTC)
    end = begin + timedelta(days=1)
    booked = list(books.bookings(begin - SLACK, end + SLACK))
    intents = {one.payment_intent for one in booked if one.payment_intent}
    that_day = Q(at__gte=begin, at__lt=end)
    payments = Fulfilment.objects.filter(that_day | Q(payment_intent__in=intents)).select_related("order")
    refunds = Refund.objects.filter(order__fulfilments__in=payments).distinct()
    found = list(differences(booked, Books(list(payments), list(refunds), (begin, end))))
    row, _ = Reconciliation.objects.update_or_create(
        day=day, defaults={"differences": found, "done_at": timezone.now()}
    )
    return row


def differences(booked: Sequence[Booking], ours: Books) -> Iterator[str]:
    """A sentence for each difference; decides only, asks nobody."""
    yield from _payments([one for one in booked if one.kind in PAYMENTS], ours)
    yield from _refunds([one for one in booked if one.kind in REFUNDS], ours)
    yield from _withheld([one for one in booked if one.kind == WITHHELD], ours)


def _payments(booked: Iterable[Booking], ours: Books) -> Iterator[str]:
    waiting = {payment.payment_intent: payment for payment in ours.payments if payment.payment_intent}
    for one in booked:
        payment = waiting.pop(one.payment_intent, None)
        if payment is None:
            yield f"Charge {one.source} of {one.amount} {one.currency} belongs to none of our orders."
        elif (one.amount, one.currency) != (payment.amount, payment.order.currency):
            yield (
                f"Order {payment.order_id}: Stripe booked {one.amount} {one.currency} as {one.id}, we"
                f" {payment.amount} {payment.order.currency}."
            )
    for payment in waiting.values():
        if _within(payment.at, ours):
            yield (
                f"Order {payment.order_id}: we have {payment.amount} {payment.order.currency}, Stripe booked"
                " no charge."
            )


def _withheld(booked: Sequence[Booking], ours: Books) -> Iterator[str]:
    by_order = {payment.order_id: payment.order for payment in ours.payments}
    intents = {payment.payment_intent: payment.order_id for payment in ours.payments}
    for order in by_order.values():
        gone = -sum(one.amount for one in booked if intents.get(one.payment_intent) == order.pk)
        if gone != order.withheld and (gone or _within(order.paid_at, ours)):
            yield (
                f"Order {order.pk}: banks withhold {gone} {order.currency} by Stripe's books,"
                f" {order.withheld} by ours."
            )


def _refunds(booked: Iterable[Booking], ours: Books) -> Iterator[str]:
    known = {refund.stripe_id: refund for refund in ours.refunds}
    for one in booked:
        refund = known.pop(one.source, None)
        if refund is None:
            yield f"Refund {one.source} of {-one.amount} {one.currency} is not in our books."
        elif refund.amount != -one.amount:
            yield (
                f"Refund {refund.pk} of order {refund.order_id}: Stripe booked {-one.amount}, we"
                f" {refund.amount}."
            )
    for refund in known.values():
        if _within(refund.at, ours):
            yield (
                f"Refund {refund.pk} of order {refund.order_id}: we have {refund.amount}, Stripe booked"
                " nothing."
            )


def _within(moment: datetime | None, ours: Books) -> bool:
    return moment is not None and ours.day[0] <= moment < ours.day[1]
