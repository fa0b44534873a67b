"""Background steps of money: what an event hints at is asked and written."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import date, timedelta

import dramatiq
from django.conf import settings
from django.db import close_old_connections
from django.db.models import Q
from django.utils import timezone

from accounts.ringing import ring, turns

from . import gateway, orders, reconciling
from .models import Event, MoneyBack, Order, Reconciliation, Status

log = logging.getLogger(__name__)
MINUTE = 60_000  # ms
PACE = 2.0  # seconds between two sweeps
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
    ring(settle_event, event.pk)


def sweep() -> None:
    """Whatever waits: events that nobody served, orders of which nobody heard. Many sweepers do no harm."""
    _adopt()
    for event in turns(Event.objects.filter(done_at=None, parked=False), "nudged_at"):
        nudge_event(event)
    for order in _unheard():
        ring(settle_order, str(order.pk))
    for owed in turns(MoneyBack.objects.filter(done_at=None), "nudged_at", ASK_AGAIN):
        ring(give_back, str(owed.pk))
    now = timezone.now()
    yesterday = now.date() - timedelta(days=1)
    if settings.STRIPE_SECRET_KEY and now.hour >= AT and _claimed(yesterday):
        ring(reconcile_day, yesterday.isoformat())


def loop(stop: threading.Event) -> None:
    """Sweep until asked to stop; a round that fails is logged and the next one tried."""
    while not stop.wait(PACE):
        try:
            sweep()
        except Exception:  # whatever is wrong with one order or the database
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
    paper = ~Q(session=None) | ~Q(invoice="")
    waiting = Order.objects.filter(paper, status__in=(Status.OPEN, Status.PENDING))
    young = waiting.filter(created__gt=now - GIVE_UP, created__lt=now - ASK_AGAIN)
    return turns(young, "asked_at", ASK_AGAIN)


def _claimed(day: date) -> bool:
    """Whether this sweeper is the one that has the day reconciled."""
    Reconciliation.objects.get_or_create(day=day)
    return any(turns(Reconciliation.objects.filter(day=day, done_at=None), "nudged_at", ASK_AGAIN))
