"""Our books against Stripe's: planted drifts are named, clean days are silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache

from accounts.models import User
from billing import gateway, orders, stocking
from billing.books import Booking
from billing.models import Fulfilment, Order, Refund
from billing.reconciling import Books, differences, reconcile
from billing.standin import StandIn

from .test_settling import opened

BEGIN = datetime(2026, 11, 22, tzinfo=UTC)
NOON = BEGIN + timedelta(hours=12)
ORDER = Order(id=UUID(int=1), currency="usd", paid=3900, refunded=1000, payment_intent="pi_1", paid_at=NOON)
PAID = Fulfilment(session="cs_1", order=ORDER, payment_intent="pi_1", amount=3900, at=NOON)
REFUND = Refund(stripe_id="re_1", order=ORDER, amount=1000, at=NOON)
CHARGED = Booking("txn_1", "charge", 3900, "usd", "ch_1", "pi_1")
GIVEN_BACK = Booking("txn_2", "refund", -1000, "usd", "re_1", "pi_1")
OURS = Books([PAID], [REFUND], (BEGIN, BEGIN + timedelta(days=1)))


@pytest.fixture
def fresh(settings: Any, db: None) -> Iterator[StandIn]:
    """A till of its own: what other tests paid would be foreign here."""
    with StandIn(webhook=None) as stripe:
        settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = "sk_test_standin", stripe.url
        gateway.client.cache_clear()
        cache.clear()
        stocking.stock()
        yield stripe
    gateway.client.cache_clear()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("one_cent", "Stripe booked 390"),
        ("missing_refund", "we have 1000, Stripe booked nothing"),
        ("foreign_charge", "belongs to none of our orders"),
    ],
)
def test_a_drift_planted_at_stripe_is_named(fresh: StandIn, ivy: User, kind: str, words: str) -> None:
    order = opened(ivy)
    fresh.control.pay(order.session)
    orders.refund(orders.settle(order), 1000, reason="asked", key="one")
    today = datetime.now(UTC).date()
    assert reconcile(today).differences == []
    fresh.control.plant(kind)
    (found,) = reconcile(today).differences
    assert words in found


def test_a_clean_day_is_silent() -> None:
    assert list(differences([CHARGED, GIVEN_BACK], OURS)) == []


@pytest.mark.parametrize(
    ("booked", "words"),
    [
        ([replace(CHARGED, amount=3901), GIVEN_BACK], "Stripe booked 3901 usd as txn_1, we 3900 usd"),
        ([CHARGED], "we have 1000, Stripe booked nothing"),
        ([GIVEN_BACK], "we have 3900 usd, Stripe booked no charge"),
        ([CHARGED, replace(GIVEN_BACK, amount=-999)], "Stripe booked 999, we 1000"),
        (
            [CHARGED, GIVEN_BACK, Booking("txn_3", "charge", 500, "usd", "ch_9", "pi_9")],
            "Charge ch_9 of 500 usd belongs to none of our orders",
        ),
        (
            [CHARGED, GIVEN_BACK, Booking("txn_4", "refund", -7, "usd", "re_9", "pi_1")],
            "Refund re_9 of 7 usd is not in our books",
        ),
        (
            [CHARGED, GIVEN_BACK, Booking("txn_5", "adjustment", -3900, "usd", "dp_1", "pi_1")],
            "banks withhold 3900 usd by Stripe's books, 0 by ours",
        ),
    ],
)
def test_each_drift_is_named(booked: list[Booking], words: str) -> None:
    (found,) = differences(booked, OURS)
    assert words in found


def test_what_belongs_to_another_day_is_not_missing() -> None:
    yesterday = Books([PAID], [REFUND], (BEGIN - timedelta(days=1), BEGIN))
    assert list(differences([], yesterday)) == []
