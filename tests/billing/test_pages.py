"""Buying through the pages, against Stripe's stand-in: one order a form, whatever happens between."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing import buying, ledger
from billing.models import Order, Status
from billing.standin import StandIn
from tests import cast
from tests.billing.clicks import BUY, INVOICE, away, back, news, said, text


@pytest.mark.django_db
def test_a_stranger_signs_up_and_lands_on_the_price_list_again(zoe: Client) -> None:
    for address in (BUY, INVOICE):
        answer = zoe.post(address, said("credits-1-v1", 60, "eur"))
        assert urlsplit(answer["Location"]).path == reverse("account_signup")
        (there,) = parse_qs(urlsplit(answer["Location"]).query)["next"]
        assert there == "/prices/?currency=eur&of=credits&quantity=60#credits"
    zoe.post(answer["Location"], {"email": "zoe@example.com", "password1": "", "next": there})
    code = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert code
    assert zoe.post("/account/confirm-email/", {"code": code[0]})["Location"] == there
    assert not Order.objects.exists()


def test_from_the_list_to_a_credit(till: StandIn, signed_in: Client, ivy: User) -> None:
    answer = signed_in.post(BUY, said())
    assert answer["Location"].startswith(till.url)
    order = Order.objects.get()
    assert order.session is not None
    address = reverse("billing:order", args=[order.pk])
    assert "Not paid yet" in text(signed_in.get(address))
    till.control.pay(order.session)
    assert "1 credit of this order is yours" in text(news(signed_in, order))
    assert ledger.unspent(ivy).count() == 1
    assert "Paid, thank you" in text(signed_in.get(address))
    assert "One shoot, 40 headshots" in text(signed_in.get("/orders/"))


def test_two_clicks_are_one_order(till: StandIn, signed_in: Client) -> None:
    form = said()
    first, second = signed_in.post(BUY, form), signed_in.post(BUY, form)
    assert first["Location"] == second["Location"]
    order = Order.objects.get()
    assert order.pk == form["again"]
    till.control.pay(order.session or "")
    third = signed_in.post(BUY, form)  # nobody pays twice by going back
    assert third["Location"] == reverse("billing:order", args=[order.pk])
    assert Order.objects.get().status == Status.PAID


@pytest.mark.parametrize("changed", [{"quantity": 12}, {"currency": "eur"}, {"package": "pack-40-v1"}])
def test_the_same_form_with_another_wish_is_another_order(
    till: StandIn, signed_in: Client, changed: dict[str, Any]
) -> None:
    form = said("credits-1-v1", 10)
    signed_in.post(BUY, form)
    form |= changed | ({"quantity": 1} if "package" in changed else {})
    assert signed_in.post(BUY, form).status_code == 303
    assert Order.objects.count() == 2


def test_a_forms_number_opens_nobody_elses_order(till: StandIn, signed_in: Client) -> None:
    form, other = said(), Client()
    other.force_login(emil := cast.person("emil"))
    signed_in.post(BUY, form)
    assert other.post(BUY, form).status_code == 303
    assert Order.objects.filter(owner=emil).count() == 1
    assert Order.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_posts_at_once_make_one_order(ivy: User) -> None:
    def click(again: Any) -> Any:
        try:
            return buying.begin(ivy, "pack-40-v1", 1, "usd", again, invoice=False).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as clicks:
        for _round in range(10):
            again = uuid4()
            assert set(clicks.map(click, [again] * 4)) == {again}
    assert Order.objects.count() == 10
    connection.close()


@pytest.mark.parametrize("address", [BUY, INVOICE])
def test_when_stripe_is_away_nothing_is_lost(
    till: StandIn, signed_in: Client, settings: Any, address: str
) -> None:
    form = said("credits-1-v1", 10)
    away(settings)
    answer = signed_in.post(address, form)
    assert answer.status_code == 503
    assert "Nothing was charged" in text(answer)
    assert str(form["again"]) in answer.content.decode()
    back(settings)
    assert signed_in.post(address, form).status_code in (302, 303)
    assert Order.objects.count() == 1


def test_what_stripe_refuses_is_not_told_in_its_words(till: StandIn, signed_in: Client) -> None:
    (price,) = [one for one in till.store.rows("price") if one["lookup_key"] == "pack-40-v1"]
    price["active"] = False
    answer = signed_in.post(BUY, said())
    price["active"] = True
    assert answer.status_code == 422
    assert "nothing was charged" in text(answer)
    assert "manage.py" not in text(answer)


def test_an_invoice_gives_its_credits_when_it_is_paid(till: StandIn, signed_in: Client, ivy: User) -> None:
    form = said("credits-1-v1", 10, purchase_order="PO-7")
    address = signed_in.post(INVOICE, form)["Location"]
    assert signed_in.post(INVOICE, form)["Location"] == address
    order = Order.objects.get()
    assert "The invoice is in the mail" in text(signed_in.get(address))
    till.control.pay_invoice(order.invoice)
    Order.objects.update(asked_at=None)
    assert "10 credits of this order" in text(signed_in.get(address))
    (invoice,) = [one for one in till.store.rows("invoice") if one["id"] == order.invoice]
    assert invoice["custom_fields"] == [{"name": "Purchase order", "value": "PO-7"}]


def test_an_order_for_stripes_page_is_not_paid_by_invoice_too(till: StandIn, signed_in: Client) -> None:
    form = said("credits-1-v1", 10)
    signed_in.post(BUY, form)
    signed_in.post(INVOICE, form)
    assert sorted(bool(order.session) for order in Order.objects.all()) == [False, True]
