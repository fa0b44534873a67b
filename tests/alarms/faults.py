"""What each alarm of the drill is for, planted so that its threshold is passed at a known moment."""

from __future__ import annotations

import urllib.error
import urllib.request
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Purpose, User
from billing.models import Event, MoneyBack, Order
from generation import cast, shoots
from generation.models import Kind, Letter, Shoot, ShootEvent, Status

SOON = 10.0  # seconds until the threshold of whatever waits is passed
ERRORS = 40  # requests that fail, one after the other


def nearly(seconds: float) -> timedelta:
    """How long something has waited that will have waited for ``seconds`` soon."""
    return timedelta(seconds=seconds - SOON)


@cache
def someone() -> User:
    return cast.person("waits", password=None)


def old_queue() -> None:
    shoot = cast.submitted(someone())
    Shoot.objects.filter(pk=shoot.pk).update(submitted_at=timezone.now() - nearly(7200))


def lost_leases() -> None:
    """Four workers that took one of two shoots and were never heard of again."""
    for _ in range(2):
        shoot = cast.submitted(someone())
        for _ in range(3):
            assert shoots.take(shoot.pk, Status.SUBMITTED)
            Shoot.objects.filter(pk=shoot.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))


def quarantined() -> None:
    """A fourth start."""
    shoot = cast.submitted(someone())
    Shoot.objects.filter(pk=shoot.pk).update(starts=3)
    assert shoots.take(shoot.pk, Status.SUBMITTED) is None


def an_order() -> Order:
    return Order.objects.create(owner=someone(), package_key="one", currency="usd", amount=0)


def late_event() -> None:
    received = timezone.now() - nearly(120)
    Event.objects.create(stripe_id="evt_drill", type="refund.created", order=an_order(), received=received)


def owed_money() -> None:
    created = timezone.now() - nearly(600)
    MoneyBack.objects.create(order=an_order(), reason="guarantee", created=created)


def late_deletion() -> None:
    until = timezone.now() - nearly(7200)
    Shoot.objects.filter(pk=cast.ready(someone(), 1).pk).update(
        headshots_until=until, inputs_until=until, timings={}
    )


def late_letter() -> None:
    created = timezone.now() - nearly(600)
    Letter.objects.create(shoot=cast.draft(someone()), about="ready", round=1, created=created)


def full_tries() -> None:
    release, now = cast.release(None, Purpose.TRY), timezone.now()
    Shoot.objects.create(release=release, kind=Kind.TRY, status=Status.SUBMITTED, submitted_at=now)


def served() -> None:
    """Nobody waits any more."""
    for shoot in Shoot.objects.working().filter(kind=Kind.SHOOT):
        shoots.cancel(shoot)


def busy() -> None:
    """A shoot that was learned in the last hour and took all of it."""
    shoot = cast.ready(someone(), 1)
    Shoot.objects.filter(pk=shoot.pk).update(timings={"train": 3600.0, "generate": 60.0})
    ShootEvent.objects.filter(shoot=shoot).update(at=timezone.now())


def errors(page: str) -> None:
    """The table of sessions is gone."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_session RENAME TO django_session_away")
    asked = urllib.request.Request(page, headers={"Cookie": "sessionid=" + "a" * 32})
    for _ in range(ERRORS):
        with suppress(urllib.error.HTTPError):
            urllib.request.urlopen(asked, timeout=30).close()


def without_keys() -> None:
    """The folder of keys is gone and something else is in its place."""
    folder = Path(settings.STORAGES["keys"]["OPTIONS"]["location"])
    if folder.exists():
        folder.rename(folder.with_name("keys-away"))
    folder.write_text("in the way")


ROWS = {
    "HeadshotsQueueOld": (old_queue, SOON),
    "HeadshotsLeasesLost": (lost_leases, 0.0),
    "HeadshotsQuarantined": (quarantined, 0.0),
    "HeadshotsWebhookLate": (late_event, SOON),
    "HeadshotsMoneyOwed": (owed_money, SOON),
    "HeadshotsRetentionLate": (late_deletion, SOON),
    "HeadshotsOutboxLate": (late_letter, SOON),
    "HeadshotsTriesFull": (full_tries, 0.0),
    "HeadshotsIdleWhileWorkWaits": (old_queue, 0.0),
}
