"""What waits unseen is told in seconds: mails, calls to webhooks, Stripe, money, deletions, leases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings

from accounts import delivering, posting
from accounts.models import Delivery, Invitation, Message, User, Webhook
from billing.models import Event, MoneyBack, Order
from generation import shoots
from generation.models import Kind, Letter, Shoot, Status
from headshots import lateness
from headshots.metrics import metrics
from tests import cast

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.fixture(autouse=True)
def still(db: None) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def told(name: str) -> float:
    (found,) = (one for one in metrics(NOW) if one.name == name)
    ((_, value),) = found.values
    return value


def test_an_empty_installation_is_late_with_nothing() -> None:
    assert set(dict(lateness.outbox(NOW)).values()) == {0.0}
    assert lateness.stripe(NOW) == lateness.Stripe(0.0, 0.0)
    assert lateness.owed(NOW) == (0, 0.0)
    assert lateness.deletions(NOW) == 0.0
    assert told("lease_expiries_total") == 0


def test_the_oldest_that_is_to_go_out(ivy: User) -> None:
    shoot = cast.draft(ivy)
    for about, sent, seconds in (("ready", NOW, 900), ("purged", None, 30), ("going", None, 20)):
        Letter.objects.create(shoot=shoot, about=about, round=1, sent_at=sent, created=ago(seconds=seconds))
    member = cast.member(acme := cast.company(ivy), email="emil@example.com")
    Message.objects.create(member=member, about=Message.About.choices[0][0], created=ago(seconds=40))
    for created, revoked in ((ago(seconds=50), None), (ago(seconds=999), NOW)):
        ends = NOW + timedelta(days=1)
        Invitation.objects.create(member=member, created=created, revoked_at=revoked, expires_at=ends)
    hook = Webhook.objects.create(company=acme, url="https://example.com", events=[])
    for due in (ago(seconds=60), NOW + timedelta(hours=1)):
        Delivery.objects.create(webhook=hook, event="x", body="{}", created=ago(hours=9), due_at=due)
    ages = {"letters": 30.0, "messages": 40.0, "invitations": 50.0, "hooks": 60.0}
    assert dict(lateness.outbox(NOW)) == ages
    assert posting.unsent_invitations().count() == delivering.waiting().count() == 1


def test_events_of_stripe_are_unserved_parked_or_done() -> None:
    for number, (received, done, parked) in enumerate(
        (
            (ago(seconds=30), None, False),
            (ago(seconds=20), None, False),
            (ago(days=2), None, True),
            (ago(seconds=100), ago(seconds=93), False),
            (ago(hours=3), ago(hours=2), False),
        )
    ):
        Event.objects.create(
            stripe_id=f"evt_{number}", type="x", received=received, done_at=done, parked=parked
        )
    assert lateness.stripe(NOW) == lateness.Stripe(waiting=30.0, took=7.0)


def test_money_that_is_owed(ivy: User) -> None:
    for since, done in ((ago(minutes=5), None), (ago(minutes=9), None), (ago(days=1), NOW)):
        order = Order.objects.create(owner=ivy, package_key="one", currency="usd", amount=0)
        MoneyBack.objects.create(order=order, reason="guarantee", created=since, done_at=done)
    assert lateness.owed(NOW) == (2, 540.0)


@pytest.mark.parametrize("column", ["inputs_until", "headshots_until"])
def test_a_deletion_is_late_from_its_date_on(ivy: User, column: str) -> None:
    Shoot.objects.filter(pk=cast.ready(ivy, 1).pk).update(**{column: ago(hours=3)})
    assert lateness.deletions(NOW) == 3 * 3600
    Shoot.objects.update(**{column: NOW + timedelta(hours=1)})
    assert lateness.deletions(NOW) == 0.0


def test_what_is_gone_already_is_not_late(ivy: User) -> None:
    shoot = cast.ready(ivy, 1)
    Shoot.objects.filter(pk=shoot.pk).update(inputs_until=ago(days=3), inputs_gone_at=ago(days=3))
    assert lateness.deletions(NOW) == 0.0


def test_a_lease_that_ran_out_is_counted_once_taken_up_again(ivy: User) -> None:
    shoot = cast.training(ivy)
    assert told("lease_expiries_total") == 0
    Shoot.objects.filter(pk=shoot.pk).update(claimed_until=ago(seconds=1))
    mine = shoots.take(shoot.pk, Status.SUBMITTED)
    assert mine is not None
    assert told("lease_expiries_total") == 1
    shoots.give_back(mine, mine.claim)  # a clean end is none
    assert shoots.take(shoot.pk, Status.SUBMITTED)
    assert told("lease_expiries_total") == 1


def test_free_tries_fill_their_places(settings: LazySettings) -> None:
    settings.MOST_TRIES = 4
    waiting = {"kind": Kind.TRY, "status": Status.SUBMITTED, "submitted_at": NOW}
    Shoot.objects.create(release=cast.release(None, "try"), **waiting)
    assert told("tries_used_ratio") == 0.25
