"""The life of a shoot at work: leases, fencing, quarantine, turns, and the one order of its statuses."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from accounts import ringing
from accounts.models import User
from generation import lab, shoots, sweeper, tasks, vault
from generation.engine.ranking import Person
from generation.engine.records import pack
from generation.engine.types import Keep
from generation.models import LEASE, MOST_STARTS, Lost, Shoot, Status
from tests import cast
from tests.faults import engine

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def waiting(ivy: User) -> Shoot:
    return cast.submitted(ivy)


def test_one_worker_has_a_shoot_until_its_lease_runs_out(waiting: Shoot) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        first = shoots.take(waiting.pk, Status.SUBMITTED)
        assert first is not None
        assert shoots.take(waiting.pk, Status.SUBMITTED) is None
        clock.shift(LEASE / 2)
        shoots.beat(first, first.claim)
        clock.shift(LEASE * 0.75)
        assert shoots.take(waiting.pk, Status.SUBMITTED) is None
        clock.shift(LEASE)
        second = shoots.take(waiting.pk, Status.SUBMITTED)
    assert second is not None
    assert second.claim == first.claim + 1


def test_a_worker_that_lost_its_lease_can_write_nothing(waiting: Shoot) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        late = shoots.take(waiting.pk, Status.SUBMITTED)
        clock.shift(LEASE * 2)
        assert shoots.take(waiting.pk, Status.SUBMITTED)
        assert late is not None
        with pytest.raises(Lost):
            shoots.beat(late, late.claim)
        with pytest.raises(Lost):
            shoots.keep_identity(late, late.claim, base_hash="b", sha256="s", size=1, seconds=1.0)
    assert Shoot.objects.get(pk=waiting.pk).status == Status.SUBMITTED


def test_the_third_start_without_progress_is_the_last(waiting: Shoot) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _start in range(MOST_STARTS):
            assert shoots.take(waiting.pk, Status.SUBMITTED)
            clock.shift(LEASE * 2)
        assert shoots.take(waiting.pk, Status.SUBMITTED) is None
    waiting.refresh_from_db()
    assert (waiting.status, waiting.failure, waiting.credit) == (Status.FAILED, "quarantined", None)


def test_progress_and_a_clean_shutdown_cost_no_start(waiting: Shoot) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _start in range(2 * MOST_STARTS):
            taken = shoots.take(waiting.pk, Status.SUBMITTED)
            assert taken is not None
            shoots.beat(taken, taken.claim, progressed=True)
            clock.shift(LEASE * 2)
        for _start in range(2 * MOST_STARTS):
            taken = shoots.take(waiting.pk, Status.SUBMITTED)
            assert taken is not None
            shoots.give_back(taken, taken.claim)


def test_whoever_was_served_least_of_late_is_next() -> None:
    ivy, emil = uuid.uuid4(), uuid.uuid4()
    early, late, other = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    queue = [
        (early, ivy, NOON),
        (late, ivy, NOON + timedelta(hours=1)),
        (other, emil, NOON + timedelta(hours=2)),
    ]
    assert shoots.in_turn(queue, {}) == [early, other, late]
    assert shoots.in_turn(queue, {ivy: 1}) == [other, early, late]
    assert shoots.in_turn(queue, {ivy: 1, emil: 2}) == [early, late, other]
    assert shoots.in_turn([], {}) == []


def test_what_a_worker_died_at_comes_before_what_waits(
    waiting: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        begun = shoots.take(cast.submitted(cast.person("emil")).pk, Status.SUBMITTED)
        assert begun is not None
        clock.shift(2)
        monkeypatch.setattr(shoots, "BEGAN", timezone.now())  # of a worker that knows of nobody else
        assert shoots.next_in_turn() == begun.pk
        assert shoots.take(begun.pk, Status.SUBMITTED) is None  # somebody may yet be at it
        clock.shift(2)
        shoots.beat(begun, begun.claim)  # and is
        assert shoots.next_in_turn() == waiting.pk
        clock.shift(LEASE * 2)
        assert shoots.next_in_turn() == begun.pk
        assert shoots.take(begun.pk, Status.SUBMITTED)


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "ENGINE", engine.__name__)
    lab.close()
    yield
    lab.close()


@pytest.mark.usefixtures("pretended")
def test_who_is_learned_is_drawn_before_anybody_else_is_learned(waiting: Shoot) -> None:
    learned = cast.trained(cast.person("emil"), asked=1)
    person = Person(Keep(), Keep(), engine.OWN)
    vault.put(learned.pk, "inputs", "person", pack(person))
    tasks.train_identity.fn(str(waiting.pk))
    for shoot in (learned, waiting):
        shoot.refresh_from_db()
    assert (learned.status, waiting.status) == (Status.GENERATED, Status.SUBMITTED)


@pytest.mark.parametrize("wrong", [Status.TRAINED, Status.READY, Status.FAILED])
def test_no_status_is_skipped(ivy: User, wrong: Status) -> None:
    draft = cast.draft(ivy)
    with pytest.raises(Lost):
        draft.move(wrong)
    assert not draft.events.filter(new=wrong).exists()


def test_of_two_moves_at_once_one_counts(waiting: Shoot) -> None:
    other = Shoot.objects.get(pk=waiting.pk)
    waiting.move(Status.TRAINED)
    with pytest.raises(Lost):
        other.move(Status.FAILED)
    assert [event.new for event in waiting.events.all()][-1] == Status.TRAINED


def test_the_sweeper_rings_for_what_waits_once_until_it_counts_as_lost(
    waiting: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[uuid.UUID] = []
    monkeypatch.setattr(tasks, "nudge", lambda shoot: rung.append(shoot.pk))
    Shoot.objects.update(nudged_at=None)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sweeper.sweep()
        sweeper.sweep()
        assert rung == [waiting.pk]
        clock.shift(ringing.AGAIN * 2)
        sweeper.sweep()
        assert rung == [waiting.pk] * 2
        assert shoots.take(waiting.pk, Status.SUBMITTED)
        clock.shift(LEASE / 2)
        sweeper.sweep()
        assert rung == [waiting.pk] * 2
