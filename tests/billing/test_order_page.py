"""The page of an order tells the truth, and asks for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from billing import buying, orders
from billing.models import Order
from billing.standin import StandIn
from generation import shoots
from tests import cast
from tests.billing.clicks import away, back, bought, news, text

DELAYED = "4000000000000077"


def test_who_lacked_a_credit_is_led_back_to_the_shoot(till: StandIn, signed_in: Client, ivy: User) -> None:
    shoot, _newer = cast.draft(ivy), cast.draft(ivy)
    here = reverse("generation:review", args=[shoot.pk])
    signed_in.get(here)
    order = bought(signed_in)
    assert f'href="{here}"' in signed_in.get("/prices/", {"order": order.pk}).content.decode()
    till.control.pay(order.session or "")
    assert f'href="{here}"' in news(signed_in, order).content.decode()


def test_the_newest_draft_is_offered(till: StandIn, signed_in: Client, ivy: User) -> None:
    _older, order = cast.draft(ivy), bought(signed_in)
    shoot = shoots.open_shoot(ivy, cast.release(ivy))  # without a look it is not ready to be looked over
    till.control.pay(order.session or "")
    assert f'href="{reverse("generation:shoot", args=[shoot.pk])}"' in news(signed_in, order).content.decode()


def test_a_page_that_waits_asks_stripe_every_five_seconds(till: StandIn, signed_in: Client) -> None:
    order = bought(signed_in)
    first = news(signed_in, order)
    assert 'hx-trigger="every 2s"' in first.content.decode()
    assert news(signed_in, order, seen="open.0").status_code == 204
    till.control.pay(order.session or "")
    address = reverse("billing:order_news", args=[order.pk])
    assert signed_in.get(address, {"back": 1, "seen": "open.0"}).status_code == 204  # asked just now
    asked_at = timezone.now() - buying.EVERY - timedelta(seconds=1)
    Order.objects.update(asked_at=asked_at)
    last = signed_in.get(address, {"back": 1, "seen": "open.0"})
    assert "Paid, thank you" in text(last)
    assert "hx-get" not in last.content.decode()


def test_while_stripe_is_away_the_page_keeps_the_last_truth(
    till: StandIn, signed_in: Client, settings: Any
) -> None:
    order = bought(signed_in)
    till.control.pay(order.session or "", DELAYED)
    assert "on its way" in text(news(signed_in, order))
    away(settings)
    page = news(signed_in, order, seen="pending.0")
    assert "on its way" in text(page)
    assert "goes on asking" in text(page)
    assert 'hx-trigger="every 2s"' in page.content.decode()
    assert news(signed_in, order, seen="pending.1", away=1).status_code == 204
    back(settings)
    till.control.settle(order.session)
    assert "Paid, thank you" in text(news(signed_in, order, seen="pending.1", away=1))


STATES = {
    "Paid, and a person is looking at it": {"status": "pending", "wrong": "paid in eur"},
    "The payment failed": {"status": "failed"},
    "This order was not paid": {"status": "expired"},
    "Refunded in part": {"status": "paid", "paid": 2900, "refunded": 900},
    "$29 went back to you": {"status": "paid", "paid": 2900, "refunded": 2900},
    "Your bank asks": {"status": "paid", "paid": 2900, "withheld": 2900, "disputed": True},
    "Your bank took": {"status": "paid", "paid": 2900, "withheld": 2900},
}


@pytest.mark.django_db
@pytest.mark.parametrize(("words", "row"), STATES.items(), ids=STATES)
def test_each_end_has_its_words(signed_in: Client, ivy: User, words: str, row: dict[str, Any]) -> None:
    order = orders.open_order(ivy, "pack-40-v1", 1, "usd")
    Order.objects.filter(pk=order.pk).update(**row)
    page = text(signed_in.get(reverse("billing:order", args=[order.pk])))
    assert words in page
    assert ("failed" in page) == (row["status"] == "failed")


@pytest.mark.django_db
def test_the_list_asks_the_same_for_any_number(
    signed_in: Client, ivy: User, django_assert_max_num_queries: Any
) -> None:
    for _n in range(12):
        orders.open_order(ivy, "pack-40-v1", 1, "usd")
    with django_assert_max_num_queries(6):
        signed_in.get("/orders/")


def test_the_portal_opens_to_whom_stripe_knows(till: StandIn, signed_in: Client, settings: Any) -> None:
    assert signed_in.post("/orders/portal/").status_code == 404
    order = bought(signed_in)
    till.control.pay(order.session or "")
    news(signed_in, order)
    assert "Open Stripe&#x27;s page" in signed_in.get("/orders/").content.decode().replace("'", "&#x27;")
    assert signed_in.post("/orders/portal/")["Location"].startswith(f"{till.url}/portal/")
    away(settings)
    answer = signed_in.post("/orders/portal/", follow=True)
    assert "cannot be reached now" in text(answer)
