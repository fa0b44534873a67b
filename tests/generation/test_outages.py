"""When the database, the store or a disk is away, work waits: no start is lost, nobody is taken aside."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from botocore.exceptions import EndpointConnectionError
from django.db import IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import consent
from accounts.models import User
from generation import clock, intake, outages, shoots, tasks
from generation.engine import looks
from generation.engine.orders import orders_for
from generation.engine.process import ChildDied, ChildFailed
from generation.engine.progress import never
from generation.engine.ranking import Person
from generation.engine.types import Keep
from generation.models import MOST_STARTS, Shoot, Status, Verdict
from tests import cast
from tests.faults import engine

pytestmark = pytest.mark.django_db
OUTAGES = [
    OperationalError("the connection is lost"),
    OSError(errno.ENOSPC, "No space left on device"),
    EndpointConnectionError(endpoint_url="http://store"),
    ChildFailed("a checkpoint", "OSError: [Errno 28] No space left on device"),
]


@pytest.mark.parametrize("error", OUTAGES, ids=lambda error: type(error).__name__)
def test_an_outage_costs_no_start_and_lets_the_shoot_go(ivy: User, error: Exception) -> None:
    shoot = cast.training(ivy)
    with tasks.working(shoot):
        raise error
    shoot.refresh_from_db()
    assert (shoot.status, shoot.starts, shoot.claimed_until) == (Status.SUBMITTED, 0, None)
    assert shoot.nudged_at is not None  # its turn comes again after a while, not in a circle


@pytest.mark.parametrize("error", [ChildDied("segfault"), ChildFailed("a bug", "IndexError")])
def test_what_the_shoot_itself_broke_costs_one(ivy: User, error: Exception) -> None:
    shoot = cast.training(ivy)
    with tasks.working(shoot):
        raise error
    shoot.refresh_from_db()
    assert (shoot.status, shoot.starts) == (Status.SUBMITTED, 1)


def test_an_error_of_ours_is_heard_of(ivy: User) -> None:
    shoot = cast.training(ivy)
    with pytest.raises(ZeroDivisionError), tasks.working(shoot):
        raise ZeroDivisionError


def test_the_start_comes_back_even_where_another_worker_went_on_meanwhile(ivy: User) -> None:
    first = cast.training(ivy)
    Shoot.objects.filter(pk=first.pk).update(claimed_until=None)
    second = shoots.take(first.pk, Status.SUBMITTED)
    assert second is not None
    outages.wait_out(first, first.claim)
    second.refresh_from_db()
    assert second.starts == 1
    assert second.claimed  # whose lease is nobody else's business


def test_a_photo_waits_for_the_store_however_often(ivy: User) -> None:
    shoot = cast.draft(ivy, photos=0)
    added = cast.photo(shoot, verdict=Verdict.WAITING)
    for _ in range(MOST_STARTS + 1):
        taken = intake.take(added.pk)
        assert taken is not None
        intake.wait_out(taken)
    added.refresh_from_db()
    assert (added.verdict, added.starts) == (Verdict.WAITING, 0)


def test_what_is_withdrawn_is_claimed_by_nobody(ivy: User) -> None:
    shoot = cast.submitted(ivy)
    consent.withdraw(shoot.release)
    assert shoots.take(shoot.pk, Status.SUBMITTED) is None
    shoot.refresh_from_db()
    assert (shoot.claim, shoot.failure) == (0, "withdrawn")


def failing(times: int, error: Exception) -> tuple[Callable[[], None], list[int]]:
    calls: list[int] = []

    def write() -> None:
        calls.append(1)
        if len(calls) <= times:
            raise error

    return write, calls


@pytest.mark.django_db(transaction=True)  # its connection is closed under it
def test_a_write_is_repeated_until_it_can_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "PAUSE", 0.0)
    write, calls = failing(3, OperationalError("away"))
    outages.persist(write)
    assert len(calls) == 4


@pytest.mark.django_db(transaction=True)  # its connection is closed under it
def test_a_write_that_is_wrong_is_not_repeated() -> None:
    write, calls = failing(3, IntegrityError("there already"))
    with pytest.raises(IntegrityError):
        outages.persist(write)
    assert len(calls) == 1


def test_the_engine_is_free_again_though_somebody_keeps_the_error() -> None:
    resident, orders = engine.Resident(), orders_for([looks.CATALOGUE["studio-grey"]], 2)
    person = Person(Keep(), Keep(), engine.OWN)
    drawn = resident.shoot(b"", person, orders, Path(), count=2, done=[], cancelled=never)
    next(drawn)
    assert resident.busy
    with pytest.raises(OSError, match="left") as kept, tasks.ended(drawn):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert kept.value
    assert not resident.busy


def test_a_lease_that_a_wrong_clock_gave_binds_nobody(ivy: User) -> None:
    shoot = cast.training(ivy)
    shoots.beat(shoot, shoot.claim)
    assert shoots.take(shoot.pk, Status.SUBMITTED) is None
    Shoot.objects.filter(pk=shoot.pk).update(claimed_until=timezone.now() + timedelta(hours=1))
    assert shoots.take(shoot.pk, Status.SUBMITTED)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="has but one clock")
def test_whose_clock_is_wrong_sweeps_nothing() -> None:
    assert clock.agrees()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert not clock.agrees()


def test_a_claim_is_compared_on_the_row_itself(ivy: User) -> None:
    """Or PostgreSQL, having waited for another worker's claim, would give the shoot to both."""
    shoot = cast.submitted(ivy)
    with CaptureQueriesContext(connection) as seen:
        taken = shoots.take(shoot.pk, Status.SUBMITTED)
        assert taken is not None
        shoots.beat(taken, taken.claim)
    claims = [one["sql"] for one in seen if one["sql"].startswith('UPDATE "generation_shoot"')]
    assert len(claims) == 2
    assert not any('FROM "generation_shoot"' in sql for sql in claims)
