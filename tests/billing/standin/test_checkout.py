"""Checkout Sessions: what is refused, what the hosted page does, and what a payment leaves behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from billing.standin import ApiError
from tests.billing.standin.conftest import Shop, browse

DECLINED, POOR = "4000 0000 0000 0002", "4000 0000 0000 9995"
LATER, LATER_FAILS = "4000 0000 0000 0077", "4000 0000 0000 0341"
PAY = {"action": "pay", "email": "ada@example.com", "country": "US", "card": "4242 4242 4242 4242"}


def test_a_pack_is_bought_on_the_hosted_page(shop: Shop) -> None:
    session = shop.session(
        quantity=2,
        client_reference_id="order-1",
        metadata={"a": "b"},
        payment_intent_data={"metadata": {"c": "d"}},
    )
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 5800)
    status, page, _ = browse(session.url)
    assert status == 200
    assert "2 × Portrait pack" in page
    assert "Pay $58.00" in page
    assert browse(session.url, **PAY)[::2] == (303, f"https://shop.example/done?s={session.id}")
    expand = ["payment_intent.latest_charge.balance_transaction", "line_items"]
    paid = shop.client.v1.checkout.sessions.retrieve(session.id, {"expand": expand})
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.customer_details.email == "ada@example.com"
    intent = paid.payment_intent
    assert intent.metadata.to_dict() == {"c": "d"}
    assert (intent.status, intent.amount_received) == ("succeeded", 5800)
    row = intent.latest_charge.balance_transaction
    assert (row.amount, row.fee, row.net) == (5800, 198, 5602)  # 2.9 % is 168.2, and 30
    assert paid.line_items.data[0].quantity == 2
    found = shop.client.v1.checkout.sessions.list({"payment_intent": intent.id})
    assert [row.id for row in found.data] == [session.id]


def test_two_clicks_and_a_reload_charge_once(shop: Shop) -> None:
    session = shop.session()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: browse(session.url, **PAY), range(4)))
    assert {answer[0] for answer in answers} == {303}
    assert "already paid" in browse(session.url)[1]
    assert len(shop.client.v1.charges.list().data) == 1


def test_back_leads_to_the_cancel_url_and_charges_nothing(shop: Shop) -> None:
    session = shop.session()
    assert browse(session.url, action="back")[::2] == (303, "https://shop.example/no")
    assert shop.client.v1.checkout.sessions.retrieve(session.id).status == "open"


@pytest.mark.parametrize(
    ("card", "words"),
    [(DECLINED, "was declined"), (POOR, "insufficient funds"), ("1234", "number is incorrect")],
)
def test_a_refused_card_leaves_the_session_open(shop: Shop, card: str, words: str) -> None:
    session = shop.session()
    status, page, _ = browse(session.url, **{**PAY, "card": card})
    assert status == 402
    assert words in page
    with pytest.raises(ApiError, match=words):
        shop.standin.control.pay(session.id, card=card)
    assert shop.standin.control.pay(session.id)["payment_status"] == "paid"
    paid = [row.paid for row in shop.client.v1.charges.list().data]
    assert sum(paid) == 1


@pytest.mark.parametrize(("card", "ok"), [(LATER, True), (LATER_FAILS, False)])
def test_a_delayed_method_settles_a_day_later(shop: Shop, card: str, ok: bool) -> None:
    session = shop.session()
    now = shop.standin.control.pay(session.id, card=card)
    assert (now["status"], now["payment_status"]) == ("complete", "unpaid")
    shop.standin.control.advance(1)
    after = shop.client.v1.checkout.sessions.retrieve(session.id)
    assert after.payment_status == ("paid" if ok else "unpaid")
    ends = [row["type"] for row in shop.standin.control.events() if "async" in row["type"]]
    assert ends == [f"checkout.session.async_payment_{'succeeded' if ok else 'failed'}"]
    assert len(shop.client.v1.balance_transactions.list().data) == ok


def test_settle_decides_against_the_card(shop: Shop) -> None:
    session = shop.session()
    shop.standin.control.pay(session.id, card=LATER)
    assert shop.standin.control.settle(session.id, ok=False)["payment_status"] == "unpaid"
    with pytest.raises(ApiError, match="waits for no payment"):
        shop.standin.control.settle(session.id)


def test_a_promotion_code_takes_a_part_off(shop: Shop) -> None:
    coupon = shop.client.v1.coupons.create({"percent_off": 25.5, "duration": "once"})
    promotion: Any = {"type": "coupon", "coupon": coupon.id}
    shop.client.v1.promotion_codes.create({"promotion": promotion, "code": "HELLO"})
    session = shop.session(allow_promotion_codes=True)
    status, page, _ = browse(session.url, action="update", promotion="hello", country="US")
    assert status == 200
    assert "Pay $21.60" in page
    assert browse(session.url, action="update", promotion="nope", country="US")[0] == 400
    paid = shop.standin.control.pay(session.id, promotion="HELLO")
    assert paid["amount_total"] == 2900 - 740
    assert paid["total_details"]["amount_discount"] == 740


def test_everything_off_needs_no_payment(shop: Shop) -> None:
    coupon = shop.client.v1.coupons.create({"percent_off": 100, "duration": "once"})
    promotion: Any = {"type": "coupon", "coupon": coupon.id}
    shop.client.v1.promotion_codes.create({"promotion": promotion, "code": "FREE"})
    paid = shop.standin.control.pay(shop.session(allow_promotion_codes=True).id, promotion="free")
    assert (paid["payment_status"], paid["payment_intent"]) == ("no_payment_required", None)


def test_currency_tax_number_and_purchase_order(shop: Shop) -> None:
    order: Any = {"key": "po", "label": {"type": "custom", "custom": "Purchase order"}, "type": "text"}
    session = shop.session(
        currency="eur",
        automatic_tax={"enabled": True},
        tax_id_collection={"enabled": True},
        custom_fields=[order],
        invoice_creation={"enabled": True},
    )
    assert session.amount_total == 2700
    with pytest.raises(ApiError, match="Please fill in: Purchase order"):
        shop.standin.control.pay(session.id)
    paid = shop.standin.control.pay(session.id, country="DE", tax_id="DE123456789", fields={"po": "PO 7"})
    assert (paid["amount_total"], paid["total_details"]["amount_tax"]) == (3213, 513)
    assert paid["custom_fields"][0]["text"]["value"] == "PO 7"
    invoice = shop.client.v1.invoices.retrieve(paid["invoice"], {"expand": ["payments"]})
    assert (invoice.status, invoice.total, invoice.amount_paid) == ("paid", 3213, 3213)
    assert invoice.customer_tax_ids[0].value == "DE123456789"
    assert invoice.custom_fields[0].value == "PO 7"
    assert invoice.payments.data[0].payment.payment_intent == paid["payment_intent"]


def test_a_customer_is_made_when_asked(shop: Shop) -> None:
    assert shop.bought().customer is None
    made = shop.bought(customer_creation="always", customer_email="b@example.com")
    assert shop.client.v1.customers.retrieve(made.customer).email == "b@example.com"


def test_an_expired_session_says_so(shop: Shop) -> None:
    soon, ended = shop.session(), shop.session()
    shop.client.v1.checkout.sessions.expire(ended.id)
    shop.standin.control.advance(1)
    for session in (soon, ended):
        assert shop.client.v1.checkout.sessions.retrieve(session.id).status == "expired"
        assert browse(session.url)[0] == 410
        with pytest.raises(ApiError, match="is expired"):
            shop.standin.control.pay(session.id)
    assert len(shop.standin.control.events("checkout.session.expired")) == 2


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"success_url": ""}, "success_url"),
        ({"success_url": "/done"}, "success_url"),
        ({"currency": "xxx"}, "currency"),
        ({"currency": "gbp"}, "line_items[0][price]"),
        ({"quantity": -1}, "line_items[0][quantity]"),
        ({"line_items": [{"price": "price_unknown", "quantity": 1}]}, "line_items[0][price]"),
        ({"line_items": []}, "line_items"),
        ({"mode": "subscription", "payment_intent_data": {"description": "x"}}, "payment_intent_data"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"customer": "cus_unknown"}, "customer"),
        ({"ui_mode": "hosted"}, "ui_mode"),
    ],
)
def test_what_stripe_refuses_is_refused(shop: Shop, change: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.session(**change)
    assert refused.value.param == param
    assert refused.value.http_status == 400


def test_an_archived_price_and_a_deleted_customer_are_refused(shop: Shop) -> None:
    customer = shop.client.v1.customers.create({"email": "a@example.com"})
    assert shop.client.v1.customers.delete(customer.id).deleted
    assert shop.client.v1.customers.retrieve(customer.id).deleted
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        shop.session(customer=customer.id)
    shop.client.v1.prices.update(shop.pack, {"active": False})
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        shop.session()
