"""Webhooks: signed so that Stripe's library accepts them, retried, and spoiled on demand."""

from __future__ import annotations

import json

import pytest
import stripe

from billing.standin import API_VERSION, StandIn
from tests.billing.standin.conftest import SECRET, Receiver, Shop


def test_the_library_accepts_the_signature(shop: Shop, receiver: Receiver) -> None:
    session = shop.bought()
    assert shop.standin.control.flush()
    body, header = receiver.bodies[-1]
    event = shop.client.construct_event(body, header, SECRET)
    assert (event.type, event.api_version) == ("checkout.session.completed", API_VERSION)
    assert not event.livemode
    assert event.data.object["id"] == session.id
    with pytest.raises(stripe.SignatureVerificationError):
        shop.client.construct_event(body + b" ", header, SECRET)
    assert shop.client.v1.events.retrieve(event.id).pending_webhooks == 0
    assert shop.client.v1.events.list({"type": "checkout.session.completed"}).data[0].id == event.id


def test_both_secrets_hold_while_they_rotate(
    standin: StandIn, client: stripe.StripeClient, receiver: Receiver
) -> None:
    standin.listen(receiver.url, "whsec_new", SECRET)
    client.v1.customers.create({"email": "a@example.com"})
    standin.control.flush()
    for secret in ("whsec_new", SECRET):
        client.construct_event(*receiver.bodies[0], secret)


def test_a_failed_delivery_is_tried_again(
    standin: StandIn, client: stripe.StripeClient, receiver: Receiver
) -> None:
    receiver.answers = [500, 302]
    client.v1.customers.create({"email": "a@example.com"})
    assert standin.control.flush()
    ids = {json.loads(body)["id"] for body, _ in receiver.bodies}
    assert len(receiver.bodies) == 3
    assert len(ids) == 1


def test_duplicates_and_drops(standin: StandIn, client: stripe.StripeClient, receiver: Receiver) -> None:
    standin.control.webhooks(duplicate=2)
    client.v1.customers.create({"email": "a@example.com"})
    standin.control.flush()
    assert receiver.types() == ["customer.created"] * 3
    standin.control.webhooks(duplicate=0, drop=1)
    for name in "bc":
        client.v1.customers.create({"email": f"{name}@example.com"})
    standin.control.flush()
    assert len(receiver.bodies) == 4
    standin.control.webhooks(drop=True)
    client.v1.customers.create({"email": "d@example.com"})
    standin.control.flush()
    assert len(receiver.bodies) == 4


def test_shuffled_and_late(standin: StandIn, client: stripe.StripeClient, receiver: Receiver) -> None:
    standin.control.webhooks(delay=0.3, shuffle=0.3)
    for n in range(8):
        client.v1.customers.create({"email": f"{n}@example.com"})
    assert not standin.control.flush(0.01)
    assert standin.control.flush()
    came = [json.loads(body)["data"]["object"]["email"][0] for body, _ in receiver.bodies]
    assert sorted(came) == list("01234567")
    assert came != sorted(came)


def test_the_endpoint_is_listed(client: stripe.StripeClient, receiver: Receiver) -> None:
    (one,) = client.v1.webhook_endpoints.list().data
    assert (one.url, one.api_version, one.enabled_events) == (receiver.url, API_VERSION, ["*"])
