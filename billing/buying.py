"""Between pages and verbs: one order for a form however often it is sent, one question in five seconds."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts.models import Company, User
from accounts.ringing import turns

from . import gateway, orders, pricing
from .models import Order, Status

log = logging.getLogger(__name__)
EVERY = timedelta(seconds=5)  # at most Stripe is asked about an order whose page is open
UNDECIDED = (Status.OPEN, Status.PENDING)


def begin(
    owner: User,
    key: str,
    quantity: int,
    currency: str,
    again: UUID | None,
    *,
    company: Company | None = None,
    invoice: bool,
) -> Order:
    """The order of the form numbered ``again``: the one that it made before, or a new one.

    The number becomes the order's own, so that of two clicks at once the database lets one make it.
    Raises orders.Refused.
    """
    wanted = (key, quantity, currency)
    mine = Order.objects.filter(owner=owner, company=company)
    if again is None:
        return orders.open_order(owner, *wanted, company=company)
    if known := _known(mine, again, *wanted, invoice=invoice):
        return known
    try:
        with transaction.atomic():
            return orders.open_order(owner, *wanted, company=company, number=again)
    except IntegrityError:  # the other click was first, or the order of that number came to an end
        known = _known(mine, again, *wanted, invoice=invoice)
        return known or orders.open_order(owner, *wanted, company=company)


def _known(
    mine: QuerySet[Order], again: UUID, key: str, quantity: int, currency: str, *, invoice: bool
) -> Order | None:
    """An order is paid in one way: by invoice, or on Stripe's page. One that failed is over."""
    way = Q(session=None) if invoice else Q(session__isnull=False) | Q(invoice="")
    order = mine.filter(way, pk=again, status__in=(*UNDECIDED, Status.PAID)).first()
    return order if order and pricing.same(order, key, quantity, currency) else None


def ask(order: Order) -> bool | None:
    """Ask Stripe how an undecided order stands, unless it was asked just now (None). False: it could not be.

    So the page is right even when every webhook is lost.
    """
    if order.status not in UNDECIDED or not (order.session or order.invoice):
        return None
    if not any(turns(Order.objects.filter(pk=order.pk), "asked_at", EVERY)):
        return None
    try:
        orders.settle(order)
    except (gateway.Unavailable, gateway.Refused) as error:
        log.warning("order %s: %s", order.pk, error)
        return False
    return True
