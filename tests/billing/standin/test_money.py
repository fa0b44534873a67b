"""Refunds, disputes, idempotency keys, faults, lists and planted drifts."""

from __future__ import annotations

import itertools

import pytest
import stripe

from billing.standin import StandIn
from tests.billing.standin.conftest import Shop


def test_partial_refunds_until_nothing_is_left(shop: Shop) -> None:
    intent = shop.bought().payment_intent
    refunds = shop.client.v1.refunds
    first = refunds.create({"payment_intent": intent, "amount": 900, "metadata": {"order": "1"}})
    assert (first.amount, first.status) == (900, "succeeded")
    with pytest.raises(stripe.InvalidRequestError, match=r"\$21\.00.*greater than.*\$20\.00"):
        refunds.create({"payment_intent": intent, "amount": 2100})
    assert refunds.create({"payment_intent": intent}).amount == 2000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        refunds.create({"payment_intent": intent, "amount": 1})
    assert refused.value.code == "charge_already_refunded"
    charge = shop.client.v1.charges.list({"payment_intent": intent}, {}).data[0]
    assert (charge.refunded, charge.amount_refunded) == (True, 2900)
    events = shop.standin.control.events("charge.refunded")
    told = [row["data"]["object"]["amount_refunded"] for row in events]
    assert told == [900, 2900]  # cumulative
    assert len(refunds.list({"payment_intent": intent}).data) == 2
    expanded = shop.client.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert expanded.refunds is not None
    assert len(expanded.refunds.data) == 2


def test_a_refund_from_the_dashboard(shop: Shop) -> None:
    intent = shop.bought().payment_intent
    shop.standin.control.refund_from_dashboard(intent, 100)
    assert shop.client.v1.refunds.list({"payment_intent": intent}).data[0].metadata.to_dict() == {}


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_takes_money_and_a_won_one_returns_it(shop: Shop, won: bool) -> None:
    intent = shop.bought().payment_intent
    dispute = shop.standin.control.dispute(intent)
    assert shop.client.v1.disputes.list({"payment_intent": intent}).data[0].status == "needs_response"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.client.v1.refunds.create({"payment_intent": intent})
    assert refused.value.code == "charge_disputed"
    shop.standin.control.close_dispute(dispute["id"], won=won)
    assert shop.client.v1.disputes.retrieve(dispute["id"]).status == ("won" if won else "lost")
    rows = shop.client.v1.balance_transactions.list({"type": "adjustment"}).data
    assert sum(row.net for row in rows) == (-1500 if won else -4400)
    types = [row["type"] for row in shop.standin.control.events() if "dispute" in row["type"]]
    assert types[:2] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    assert types[2:] == ["charge.dispute.closed"] + ["charge.dispute.funds_reinstated"] * won


def test_the_same_key_acts_once_for_a_day(shop: Shop) -> None:
    create = shop.client.v1.customers.create
    first = create({"email": "a@example.com"}, {"idempotency_key": "k"})
    again = create({"email": "a@example.com"}, {"idempotency_key": "k"})
    assert again.id == first.id
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        create({"email": "b@example.com"}, {"idempotency_key": "k"})
    shop.standin.control.advance(1.1)
    assert create({"email": "b@example.com"}, {"idempotency_key": "k"}).id != first.id


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("status", [500, 429, 0])
def test_planned_faults_before_and_after_the_act(shop: Shop, status: int, after: bool) -> None:
    intent = shop.bought().payment_intent
    shop.standin.control.fail(1, status=status, after=after)
    with pytest.raises(stripe.StripeError) as failed:
        shop.client.v1.refunds.create({"payment_intent": intent, "amount": 1}, {"idempotency_key": "r"})
    kinds = {0: stripe.APIConnectionError, 429: stripe.RateLimitError, 500: stripe.APIError}
    assert isinstance(failed.value, kinds[status])
    assert len(shop.client.v1.refunds.list().data) == after
    shop.client.v1.refunds.create({"payment_intent": intent, "amount": 1}, {"idempotency_key": "r"})
    assert len(shop.client.v1.refunds.list().data) == 1


def test_the_library_retries_over_a_fault(standin: StandIn) -> None:
    client = stripe.StripeClient("sk_test_x", base_addresses={"api": standin.url}, max_network_retries=2)
    standin.control.fail(1, after=True)
    client.v1.customers.create({"email": "a@b.c"})
    assert len(client.v1.customers.list().data) == 1


def test_keys_paths_and_objects_that_are_not_there(standin: StandIn, client: stripe.StripeClient) -> None:
    for key in ("pk_test_x", "sk_live_x"):
        with pytest.raises(stripe.AuthenticationError):
            stripe.StripeClient(key, base_addresses={"api": standin.url}).v1.products.list()
    with pytest.raises(stripe.InvalidRequestError) as missing:
        client.v1.checkout.sessions.retrieve("cs_test_no")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        client.v1.payouts.list()


def test_lists_come_in_pages(shop: Shop) -> None:
    made = [shop.client.v1.customers.create({"email": f"{n}@example.com"}).id for n in range(5)]
    page = shop.client.v1.customers.list({"limit": 2})
    assert [row.id for row in page.data] == made[:2:-1]
    assert page.has_more
    assert [row.id for row in page.auto_paging_iter()] == made[::-1]
    start = shop.client.v1.customers.retrieve(made[0]).created
    assert not shop.client.v1.customers.list({"created": {"gt": start + 60}}).data
    assert len(shop.client.v1.customers.list({"created": {"gte": start, "lte": start + 60}}).data) == 5


def test_prices_are_found_by_lookup_key(shop: Shop) -> None:
    expand = ["data.currency_options", "data.product"]
    found = shop.client.v1.prices.list({"lookup_keys": ["pack", "no"], "active": True, "expand": expand}).data
    assert [row.id for row in found] == [shop.pack]
    assert found[0].currency_options is not None
    assert found[0].currency_options["eur"].unit_amount == 2700
    assert found[0].product.name == "Portrait pack"
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        shop.client.v1.prices.retrieve(shop.pack, {"expand": ["nonsense"]})


def test_planted_drifts(shop: Shop) -> None:
    intent = shop.bought().payment_intent
    shop.client.v1.refunds.create({"payment_intent": intent, "amount": 900})
    control, rows = shop.standin.control, shop.client.v1.balance_transactions
    amounts = [row.amount for row in rows.list().data]
    assert sorted(amounts) == [-900, 2900]
    control.plant("one_cent")
    assert sorted(row.amount for row in rows.list().data) == [-900, 2901]
    control.plant("missing_refund")
    assert [row.amount for row in rows.list().data] == [2901]
    foreign = control.plant("foreign_charge")
    assert shop.client.v1.charges.retrieve(foreign["id"]).metadata.to_dict() == {}


def test_sums_add_up_to_the_balance(shop: Shop) -> None:
    for quantity, back in itertools.product((1, 3), (None, 500)):
        intent = shop.bought(quantity=quantity).payment_intent
        if back:
            shop.client.v1.refunds.create({"payment_intent": intent, "amount": back})
    rows = list(shop.client.v1.balance_transactions.list().auto_paging_iter())
    assert sum(row.amount for row in rows) == 8 * 2900 - 1000
    assert all(row.net == row.amount - row.fee for row in rows)
