"""The price list: every price, every currency, totals of quantities, and words for what cannot be bought."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from billing import packages, wording
from billing.models import Order
from billing.standin import StandIn
from tests.billing.clicks import BUY, PRICES, bought, said, text


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [(2900, "usd", "$29"), (155_000, "eur", "€1,550"), (50, "gbp", "£0.50"), (-1205, "usd", "−$12.05")],
)
def test_amounts_are_formatted_from_minor_units(amount: int, currency: str, words: str) -> None:
    assert wording.money(amount, currency) == words


@pytest.mark.django_db
@pytest.mark.parametrize("address", [PRICES, "/"])
@pytest.mark.parametrize("currency", packages.CURRENCIES)
def test_the_price_list_shows_every_price_and_asks_no_database(
    zoe: Client, address: str, currency: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        page = text(zoe.get(address, {"currency": currency}))
    for package in packages.PACKAGES.values():
        assert wording.money(package.amount(currency), currency) in page
    assert "never expire" in page
    assert (
        address == "/"
        or "do the shoot again by ourselves, and if it is still so, your money comes back" in page
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ("2", "$78 2 credits at $39 each"),
        ("60", "$1,620 60 credits at $27 each"),
        ("10000", "$160,000 10000 credits at $16 each"),
        ("1", "Credits are sold from 2 to 10000 at a time."),
        ("999999999", "10 credits at $33"),  # what nobody means is as if nothing were said
        ("²", "10 credits at $33"),
    ],
)
def test_a_quantity_has_its_total(zoe: Client, quantity: str, words: str) -> None:
    assert words in text(zoe.get(PRICES, {"of": "credits", "quantity": quantity}))


@pytest.mark.django_db
def test_without_scripts_a_button_works_out_the_price(zoe: Client) -> None:
    answer = zoe.post(BUY, said("credits-1-v1", 60, "eur", price=1), follow=True)
    assert "€1,500 60 credits at €25 each" in text(answer)
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (said("pack-40-v1", 2), "A pack is for one shoot"),
        (said("no-such-pack"), "not on sale any more"),
        (said("credits-1-v1", 1), "Credits are sold from 2"),
        (said("plan-v1", 2), "A plan begins at 5 seats"),
        (said() | {"quantity": "many"}, "Say how many, as a number."),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_bought_is_said_on_the_list(
    signed_in: Client, form: dict[str, Any], words: str
) -> None:
    answer = signed_in.post(BUY, form)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not Order.objects.exists()


def test_who_comes_back_unpaid_finds_what_they_chose(till: StandIn, signed_in: Client) -> None:
    order = bought(signed_in, key="credits-1-v1", quantity=60, currency="gbp")
    page = signed_in.get(PRICES, {"order": order.pk})
    assert "£1,320 60 credits at £22 each" in text(page)
    assert "nothing was charged" in text(page)
    assert str(order.pk) in page.content.decode()
    assert "nothing was charged" not in text(Client().get(PRICES, {"order": order.pk}))
    assert signed_in.get(PRICES, {"order": "x"}).status_code == 200
