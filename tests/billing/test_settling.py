"""An order becomes what Stripe says it is, whoever asks, however often."""

from __future__ import annotations

import pytest

from accounts.models import User
from billing import gateway, ledger, orders, stocking
from billing.models import Credit, Order, Refund, Status
from billing.standin import ApiError, StandIn

BACK = {"success": "http://localhost/orders/?{CHECKOUT_SESSION_ID}", "cancel": "http://localhost/prices/"}


def opened(owner: User, key: str = "pack-100-v1", quantity: int = 1, currency: str = "usd") -> Order:
    order = orders.open_order(owner, key, quantity, currency)
    orders.pay(order, **BACK)
    order.refresh_from_db()
    return order


def test_nothing_is_given_before_it_is_paid(till: StandIn, ivy: User) -> None:
    order = orders.settle(opened(ivy))
    assert order.status == Status.OPEN
    assert not ledger.unspent(ivy).exists()


def test_a_paid_pack_gives_one_credit_however_often_it_is_settled(till: StandIn, ivy: User) -> None:
    order = opened(ivy)
    till.control.pay(order.session)
    for _ in range(3):
        order = orders.settle(order)
    assert (order.status, order.paid) == (Status.PAID, 3900)
    credit = ledger.unspent(ivy).get()
    assert (credit.headshots, credit.looks, credit.order) == (100, 4, order)


def test_an_answer_that_was_asked_for_earlier_is_not_written_over_a_later_one(
    till: StandIn, ivy: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, asked = opened(ivy), orders.standings.standing
    till.control.pay(order.session)
    dispute = till.control.dispute(orders.settle(order).payment_intent)

    def slow(order: Order) -> orders.Standing:
        early = asked(order)
        monkeypatch.setattr(orders.standings, "standing", asked)
        till.control.close_dispute(dispute["id"], won=True)
        orders.settle(Order.objects.get(pk=order.pk))
        return early

    monkeypatch.setattr(orders.standings, "standing", slow)
    assert not orders.settle(order).disputed
    assert ledger.unspent(ivy).count() == 1


@pytest.mark.parametrize("currency", ["eur", "gbp"])
def test_each_currency_is_paid_in_its_own_amount(till: StandIn, ivy: User, currency: str) -> None:
    order = opened(ivy, "pack-40-v1", currency=currency)
    till.control.pay(order.session)
    order = orders.settle(order)
    assert order.paid == order.package.amount(currency)
    assert order.currency == currency


def test_a_declined_card_leaves_the_order_open_and_another_pays_it(till: StandIn, ivy: User) -> None:
    order = opened(ivy)
    with pytest.raises(ApiError, match="declined"):
        till.control.pay(order.session, card="4000000000000002")
    assert orders.settle(order).status == Status.OPEN
    till.control.pay(order.session)
    assert orders.settle(order).status == Status.PAID


@pytest.mark.parametrize("comes", [True, False])
def test_a_delayed_payment_is_pending_until_it_came_or_failed(till: StandIn, ivy: User, comes: bool) -> None:
    order = opened(ivy)
    till.control.pay(order.session, card="4000000000000077")
    assert orders.settle(order).status == Status.PENDING
    assert not Credit.objects.exists()
    till.control.settle(order.session, ok=comes)
    assert orders.settle(order).status == (Status.PAID if comes else Status.FAILED)
    assert Credit.objects.count() == comes


def test_a_paid_session_that_is_not_what_was_ordered_gives_nothing_and_says_why(
    till: StandIn, ivy: User
) -> None:
    order = opened(ivy)
    Order.objects.filter(pk=order.pk).update(amount=100)
    till.control.pay(order.session)
    order = orders.settle(order)
    assert (order.status, order.wrong) == (Status.PENDING, "amount is 3900, not 100")
    assert not Credit.objects.exists()


def test_credits_are_priced_by_their_number(till: StandIn, ivy: User) -> None:
    order = opened(ivy, "credits-1-v1", quantity=60)
    assert order.package_key == "credits-50-v1"
    till.control.pay(order.session)
    assert orders.settle(order).paid == 60 * 2700
    assert ledger.unspent(ivy).count() == 60


def test_a_full_refund_takes_the_free_credit_with_it_and_is_given_once(till: StandIn, ivy: User) -> None:
    order = opened(ivy)
    till.control.pay(order.session)
    order = orders.settle(order)
    for _ in range(2):
        order = orders.refund(order, order.paid, reason="asked", key="one")
    assert order.refunded == 3900
    assert Refund.objects.get().reason == "asked"
    assert not ledger.unspent(ivy).exists()


def test_parts_are_refunded_and_credits_go_in_proportion(till: StandIn, ivy: User) -> None:
    order = opened(ivy, "credits-1-v1", quantity=4)
    till.control.pay(order.session)
    order = orders.settle(order)
    till.control.refund_from_dashboard(order.payment_intent, 3900)  # not by our hand
    order = orders.refund(orders.settle(order), 2000, reason="asked", key="two")
    assert order.refunded == 5900
    assert ledger.unspent(ivy).count() == 3
    with pytest.raises(orders.Refused, match="not so much left"):
        orders.refund(order, 20_000, reason="failed", key="three")


def test_a_dispute_freezes_and_a_lost_one_revokes(till: StandIn, ivy: User) -> None:
    order = opened(ivy)
    till.control.pay(order.session)
    order = orders.settle(order)
    dispute = till.control.dispute(order.payment_intent)
    order = orders.settle(order)
    assert order.disputed
    assert not ledger.unspent(ivy).exists()
    till.control.close_dispute(dispute["id"], won=False)
    order = orders.settle(order)
    assert (order.disputed, order.withheld) == (False, 3900)
    assert Credit.objects.get().revoked_at is not None


def test_a_dispute_that_is_won_gives_everything_back(till: StandIn, ivy: User) -> None:
    order = opened(ivy)
    till.control.pay(order.session)
    order = orders.settle(order)
    dispute = till.control.dispute(order.payment_intent)
    orders.settle(order)
    till.control.close_dispute(dispute["id"], won=True)
    order = orders.settle(order)
    assert (order.disputed, order.withheld) == (False, 0)
    assert ledger.unspent(ivy).count() == 1


def test_a_plan_gives_its_shoots_every_year(till: StandIn, ivy: User) -> None:
    order = opened(ivy, "plan-v1", quantity=5)
    till.control.pay(order.session)
    orders.settle(order)
    assert ledger.unspent(ivy).count() == 20
    till.control.advance(366)
    orders.settle(orders.settle(order))
    assert ledger.unspent(ivy).count() == 40


def test_an_invoice_gives_its_credits_when_it_is_paid(till: StandIn, ivy: User) -> None:
    order = orders.open_order(ivy, "credits-1-v1", 10, "eur")
    orders.pay_by_invoice(order, purchase_order="PO 7")
    order.refresh_from_db()
    assert orders.settle(order).status == Status.PENDING
    till.control.pay_invoice(order.invoice)
    assert orders.settle(order).status == Status.PAID
    assert ledger.unspent(ivy).count() == 10


def test_a_customer_that_stripe_deleted_is_made_anew(till: StandIn, ivy: User) -> None:
    first = opened(ivy)
    till.control.pay(first.session)
    orders.settle(first)
    gateway.client().v1.customers.delete(ivy.customer.stripe_id)
    second = opened(ivy)
    till.control.pay(second.session)
    assert orders.settle(second).status == Status.PAID


def test_an_expired_session_says_so(till: StandIn, ivy: User) -> None:
    order = opened(ivy)
    till.control.advance(2)
    assert orders.settle(order).status == Status.EXPIRED


def test_an_order_keeps_its_session_also_when_stripe_knows_the_buyer_by_now(till: StandIn, ivy: User) -> None:
    first, second = opened(ivy), opened(ivy)
    till.control.pay(second.session)
    orders.settle(second)
    orders.pay(first, **BACK)
    assert orders.pay(Order.objects.get(pk=first.pk), **BACK).endswith(first.session or "none")


def test_a_price_that_was_archived_meanwhile_is_looked_up_again(till: StandIn, ivy: User) -> None:
    opened(ivy)
    (price,) = gateway.client().v1.prices.list({"lookup_keys": ["pack-100-v1"]}).data
    gateway.client().v1.prices.update(price.id, {"active": False, "lookup_key": ""})
    with pytest.raises(gateway.Refused):
        opened(ivy)
    stocking.stock()
    till.control.pay((order := opened(ivy)).session)
    assert orders.settle(order).status == Status.PAID


def test_two_clicks_lead_to_the_same_page(till: StandIn, ivy: User) -> None:
    order = orders.open_order(ivy, "pack-40-v1", 1, "usd")
    assert orders.pay(order, **BACK) == orders.pay(order, **BACK)


@pytest.mark.parametrize(
    ("key", "quantity", "currency"),
    [
        ("pack-1-v0", 1, "usd"),
        ("pack-40-v1", 2, "usd"),
        ("pack-40-v1", 1, "chf"),
        ("credits-1-v1", 1, "usd"),
        ("credits-1-v1", 10_001, "usd"),
        ("plan-v1", 4, "usd"),
    ],
)
def test_what_is_not_on_the_list_cannot_be_ordered(ivy: User, key: str, quantity: int, currency: str) -> None:
    with pytest.raises(orders.Refused):
        orders.open_order(ivy, key, quantity, currency)
    assert not Order.objects.exists()
