"""Only Stripe is heard, everything it says once, and nothing it says is believed before it is asked."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from accounts.models import User
from billing import ledger, orders, proof, tasks
from billing.models import Credit, Event, Order, Status
from billing.standin import StandIn

from .conftest import SECRET
from .test_settling import opened

ADDRESS = "/stripe/webhook/"


def signed(body: bytes, *, secret: str = SECRET, age: int = 0) -> str:
    at = int(time.time()) - age
    return f"t={at},v1={hmac.new(secret.encode(), b'%d.' % at + body, hashlib.sha256).hexdigest()}"


def post(body: bytes, signature: str) -> HttpResponse:
    headers = {"Stripe-Signature": signature}
    answer: HttpResponse = Client().post(ADDRESS, body, "application/json", headers=headers)
    return answer


def told(till: StandIn, order: Order, kind: str = "checkout.session.completed") -> dict[str, Any]:
    found = [e for e in till.control.events(kind) if e["data"]["object"]["id"] == order.session]
    return dict(found[-1])


def hear(event: dict[str, Any]) -> HttpResponse:
    body = json.dumps(event).encode()
    return post(body, signed(body))


def work() -> None:
    """What the worker does with what was stored."""
    for event in Event.objects.filter(done_at=None, parked=False):
        tasks.settle_event.fn(event.pk)


def test_a_paid_session_is_fulfilled_by_its_event_once(till: StandIn, ivy: User) -> None:
    order = opened(ivy)
    till.control.pay(order.session)
    event = told(till, order)
    for _ in range(3):
        assert hear(event).status_code == 200
        work()
    assert hear({**event, "id": "evt_another_id_for_the_same"}).status_code == 200
    work()
    assert ledger.unspent(ivy).count() == 1
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    ("secret", "age", "change"),
    [("whsec_wrong", 0, b""), (SECRET, 301, b""), (SECRET, 0, b" ")],
    ids=["another secret", "301 seconds old", "another body"],
)
def test_what_stripe_did_not_send_now_is_refused(
    till: StandIn, ivy: User, secret: str, age: int, change: bytes
) -> None:
    order = opened(ivy)
    till.control.pay(order.session)
    body = json.dumps(told(till, order)).encode()
    assert post(body + change, signed(body, secret=secret, age=age)).status_code == 400
    assert post(body, "").status_code == 400
    assert not Event.objects.exists()


def test_live_events_are_not_for_a_test_site(till: StandIn, ivy: User) -> None:
    order = opened(ivy)
    till.control.pay(order.session)
    assert hear({**told(till, order), "livemode": True}).status_code == 400


def test_two_secrets_hold_while_one_replaces_the_other(till: StandIn, ivy: User, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", SECRET]
    order = opened(ivy)
    till.control.pay(order.session)
    assert hear(told(till, order)).status_code == 200


def test_an_event_that_says_paid_of_an_unpaid_session_gives_nothing(till: StandIn, ivy: User) -> None:
    order = opened(ivy)
    about = {"id": order.session, "object": "checkout.session", "payment_status": "paid"}
    event = {"id": "evt_1", "object": "event", "type": "checkout.session.completed", "livemode": False}
    assert hear({**event, "data": {"object": about}}).status_code == 200
    work()
    assert not Credit.objects.exists()


def test_metadata_leads_to_no_other_order(till: StandIn, ivy: User, sam: User) -> None:
    mine, hers = opened(ivy), opened(sam)
    till.control.pay(mine.session)
    event = told(till, mine)
    event["data"]["object"]["client_reference_id"] = str(hers.pk)
    event["data"]["object"]["metadata"] = {"order": str(hers.pk)}
    hear(event)
    work()
    assert ledger.unspent(ivy).count() == 1
    assert not ledger.unspent(sam).exists()


def test_a_session_paid_before_its_id_was_stored_is_found(till: StandIn, ivy: User) -> None:
    order = opened(ivy)
    till.control.pay(order.session)
    event = told(till, order)
    Order.objects.filter(pk=order.pk).update(session=None)
    hear(event)
    work()
    assert ledger.unspent(ivy).count() == 1


def test_an_unknown_session_is_parked_and_served_once_its_order_is_known(till: StandIn, ivy: User) -> None:
    order = opened(ivy)
    till.control.pay(order.session)
    event = told(till, order)
    event["data"]["object"].update(client_reference_id=None, metadata={})
    Order.objects.filter(pk=order.pk).update(session=None)
    assert hear(event).status_code == 200
    assert Event.objects.get().parked
    Order.objects.filter(pk=order.pk).update(session=order.session)
    tasks.sweep()
    work()
    assert ledger.unspent(ivy).count() == 1


def test_stripe_that_cannot_be_asked_is_asked_again(till: StandIn, ivy: User) -> None:
    order = opened(ivy)
    till.control.pay(order.session)
    hear(told(till, order))
    till.control.fail(20)
    work()
    assert Event.objects.get().done_at is None
    till.control.fail(0)
    work()
    assert ledger.unspent(ivy).count() == 1


STEPS = ("pay", "part", "whole", "dispute", "won", "lost", "settle", "hear", "twice")


@rules(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), min_size=3, max_size=9), dice=st.randoms(use_true_random=False))
def test_whatever_happens_in_whatever_order_the_end_is_what_stripe_shows(
    till: StandIn, ivy: User, steps: list[str], dice: Any
) -> None:
    order, waiting = opened(ivy, "credits-1-v1", 4), list[dict[str, Any]]()
    dispute, closed, seen = "", False, len(till.control.events())
    for step in ["pay", *steps] if "pay" not in steps else steps:
        order = Order.objects.get(pk=order.pk)
        intent = gateway_intent(till, order)
        if step == "pay" and not intent:
            till.control.pay(order.session)
        elif step in ("part", "whole") and intent and not (dispute or closed):
            left = rest(till, intent)
            if left:
                till.control.refund_from_dashboard(intent, left if step == "whole" else max(1, left // 3))
        elif step == "dispute" and intent and not (dispute or closed) and rest(till, intent) == 4 * 3900:
            dispute = till.control.dispute(intent)["id"]
        elif step in ("won", "lost") and dispute:
            till.control.close_dispute(dispute, won=step == "won")
            dispute, closed = "", True
        elif step == "settle":
            orders.settle(order)
        waiting += till.control.events()[seen:]
        seen = len(till.control.events())
        if step in ("hear", "twice") and waiting:
            dice.shuffle(waiting)
            for event in waiting[:3] * (2 if step == "twice" else 1):
                hear(event)
            work()
    order = orders.settle(Order.objects.get(pk=order.pk))
    assert proof.faults() == []
    assert order.status == Status.PAID
    assert order.paid - order.refunded == rest(till, order.payment_intent)


def gateway_intent(till: StandIn, order: Order) -> str:
    from billing import gateway

    found = gateway.client().v1.checkout.sessions.retrieve(order.session or "")
    return str(found.payment_intent or "") if found.payment_status == "paid" else ""


def rest(till: StandIn, intent: str) -> int:
    from billing import gateway

    (charge,) = gateway.client().v1.charges.list({"payment_intent": intent}).data
    return int(charge.amount - charge.amount_refunded)
