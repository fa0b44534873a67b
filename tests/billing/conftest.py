"""The till: Stripe's stand-in with our price list, and proof after each test that the books agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from billing import gateway, proof, stocking
from billing.standin import StandIn

SECRET = "whsec_of_tests"


@pytest.fixture(scope="session")
def running() -> Iterator[StandIn]:
    with StandIn(webhook=None, secret=SECRET) as stripe:
        yield stripe


@pytest.fixture
def till(running: StandIn, settings: Any, db: None) -> Iterator[StandIn]:
    """Stripe as the site sees it; nothing is heard from it unless a test posts the webhook."""
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = "sk_test_standin", running.url
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    gateway.client.cache_clear()
    cache.clear()
    stocking.stock()
    yield running
    assert proof.faults() == []
    gateway.client.cache_clear()
