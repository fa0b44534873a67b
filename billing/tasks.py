"""Background steps of money: what an event hints at is asked and written."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import date, timedelta

import dramatiq
from django.conf import settings
from django.db import Error, close_old_connections, transaction
from django.db.models import Q
from django.utils import timezone

from . import gateway, orders, reconciling
from .models import Event, MoneyBack, Order, Reconciliation, Status

log = logging.getLogger(__name__)
MINUTE = 60_000  # ms
PACE = 2.0  # seconds between two sweeps
AGAIN = timedelta(seconds=20)  # a message that led to nothing for this long counts as lost
# About an order that is open, whose webhook may have been lost, or whose money is to go back.
ASK_AGAIN = timedelta(minutes=2)
AT = 3  # o'clock (UTC) from when yesterday can be reconciled
GIVE_UP = timedelta(days=3)  # a session lives for a day, a delayed payment for some


@dramatiq.actor(queue_name="money", max_retries=0, time_limit=MINUTE)
def settle_event(event_id: str) -> None:
    event = Event.objects.select_related("order").filter(pk=event_id, done_at=None).first()
    if event and event.order:
        try:
            orders.settle(event.order)
        except (gateway.Unavailable, gateway.Refused) as error:
            log.warning("event %s: %s", event.pk, error)
        else:
            Event.objects.filter(pk=event.pk).update(done_at=timezone.now())


@dramatiq.actor(queue_name="money", max_retries=0, time_limit=MINUTE)
def settle_order(order_id: str) -> None:
    """Of the reconciler: nobody told us, so we ask."""
    if order := Order.objects.filter(pk=order_id).first():
        try:
            orders.settle(order)
        except (gateway.Unavailable, gateway.Refused) as error:
            log.warning("order %s: %s", order.pk, error)


@dramatiq.actor(queue_name="money", max_retries=0, time_limit=MINUTE)
def give_back(order_id: str) -> None:
    if owed := MoneyBack.objects.select_related("order").filter(order_id=order_id, done_at=None).first():
        try:
            orders.give_back(owed)
        except (gateway.Unavailable, gateway.Refused, orders.Refused) as error:
            log.warning("money back of order %s: %s", order_id, error)


@dramatiq.actor(queue_name="money", max_retries=0, time_limit=10 * MINUTE)
def reconcile_day(day: str) -> None:
    row = reconciling.reconcile(date.fromisoformat(day))
    for sentence in row.differences:
        log.error("reconciliation of %s: %s", day, sentence)


def nudge_event(event: Event) -> None:
    _ring(settle_event, event.pk)


def sweep() -> None:
    """Whatever waits: events that nobody served, orders of which nobody heard. Many sweepers do no harm."""
    _adopt()
    now = timezone.now()
    silent = Q(nudged_at=None) | Q(nudged_at__lt=now - AGAIN)
    for event in Event.objects.filter(silent, done_at=None, parked=False)[:200]:
        if Event.objects.filter(silent, pk=event.pk).update(nudged_at=now):
            nudge_event(event)
    for order in _unheard():
        _ring(settle_order, str(order.pk))
    for owed in _owed():
        _ring(give_back, str(owed.pk))
    yesterday = now.date() - timedelta(days=1)
    if settings.STRIPE_SECRET_KEY and now.hour >= AT and _claimed(yesterday):
        _ring(reconcile_day, yesterday.isoformat())


def loop(stop: threading.Event) -> None:
    """Sweep until asked to stop; a round that fails is logged and the next one tried."""
    while not stop.wait(PACE):
        try:
            sweep()
        except Error:
            log.exception("sweep of money")
        finally:
            close_old_connections()


def _adopt() -> None:
    """Parked events whose order is known by now."""
    for event in Event.objects.filter(parked=True, done_at=None, received__gt=timezone.now() - GIVE_UP)[:200]:
        hint = gateway.Hint(event.pk, event.type, event.about, "", "", "")
        if order := orders.about(hint):
            Event.objects.filter(pk=event.pk).update(parked=False, order_id=order)


def _unheard() -> Iterator[Order]:
    """Open orders that Stripe was not asked about for a while, each for one sweeper."""
    now = timezone.now()
    old = Q(asked_at=None) | Q(asked_at__lt=now - ASK_AGAIN)
    waiting = Order.objects.filter(old, status__in=(Status.OPEN, Status.PENDING), created__gt=now - GIVE_UP)
    paper = ~Q(session=None) | ~Q(invoice="")
    for order in waiting.filter(paper, created__lt=now - ASK_AGAIN)[:200]:
        if Order.objects.filter(old, pk=order.pk).update(asked_at=now):
            yield order


def _owed() -> Iterator[MoneyBack]:
    """Money that is to go back and that nobody was told of lately, each for one sweeper."""
    now = timezone.now()
    silent = Q(nudged_at=None) | Q(nudged_at__lt=now - ASK_AGAIN)
    for owed in MoneyBack.objects.filter(silent, done_at=None)[:200]:
        if MoneyBack.objects.filter(silent, pk=owed.pk).update(nudged_at=now):
            yield owed


def _claimed(day: date) -> bool:
    """Whether this sweeper is the one that has the day reconciled."""
    now = timezone.now()
    Reconciliation.objects.get_or_create(day=day)
    silent = Q(nudged_at=None) | Q(nudged_at__lt=now - ASK_AGAIN)
    return bool(Reconciliation.objects.filter(silent, day=day, done_at=None).update(nudged_at=now))


def _ring(step: dramatiq.Actor[[str], None], row: str) -> None:
    if settings.REDIS_URL or settings.IN_WORKER:  # an in-memory broker reaches only its own process
        transaction.on_commit(lambda: step.send(row), robust=True)
