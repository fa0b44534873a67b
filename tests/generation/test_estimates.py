"""When a shoot will be ready: from its worker's own sight, the usual seconds, and who is before it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from generation import estimates, shoots
from generation.estimates import Typical
from generation.models import Shoot, Status
from tests import cast

pytestmark = pytest.mark.django_db
USUAL = Typical(train=100.0, frame=2.0, rank=5.0)


def test_the_usual_is_the_median_of_the_last_shoots() -> None:
    known = [({"train": t, "generate": 80.0, "rank": 3.0}, 40) for t in (50.0, 60.0, 900.0)]
    assert estimates.of_timings(known) == Typical(train=60.0, frame=2.0, rank=3.0)
    assert estimates.of_timings([]).train == estimates.FIRST["train"]


def test_every_step_that_is_to_come_counts(ivy: User) -> None:
    shoot, now = cast.submitted(ivy), timezone.now()
    shoot.asked = 10
    assert estimates.remaining(shoot, USUAL, now) == timedelta(seconds=100 + 20 + 5)
    shoot.status, shoot.progress = Status.TRAINED, 0.5
    assert estimates.remaining(shoot, USUAL, now) == timedelta(seconds=10 + 5)
    shoot.status, shoot.progress = Status.GENERATED, 0.0
    assert estimates.remaining(shoot, USUAL, now) == timedelta(seconds=5)


def test_the_worker_knows_better_than_the_usual(ivy: User) -> None:
    shoot = shoots.take(cast.submitted(ivy).pk, Status.SUBMITTED)
    now = timezone.now()
    assert shoot is not None
    shoot.asked, shoot.step_ends = 10, now + timedelta(seconds=300)
    assert estimates.remaining(shoot, USUAL, now) == timedelta(seconds=300 + 20 + 5)


def test_those_before_are_waited_for(ivy: User) -> None:
    first, second = cast.submitted(ivy), cast.submitted(ivy)
    alone = estimates.outlook(first)
    behind = estimates.outlook(Shoot.objects.get(pk=second.pk))
    assert behind.place == 2
    assert behind.ready_at - alone.ready_at > timedelta(seconds=60)
    assert shoots.take(first.pk, Status.SUBMITTED)
    assert estimates.outlook(Shoot.objects.get(pk=first.pk)).place == 0


def test_whoever_is_free_takes_the_next() -> None:
    minutes = [timedelta(minutes=one) for one in (4, 1, 6, 6)]
    assert estimates.waiting(minutes, lanes=1) == timedelta(minutes=17)
    assert estimates.waiting(minutes, lanes=2) == timedelta(
        minutes=7
    )  # one is free after 1 and 7, one after 4 and 10
    assert estimates.waiting([], lanes=0) == timedelta()


def test_more_looks_wait_for_the_worker_but_not_for_those_who_are_to_be_learned(ivy: User) -> None:
    learned, busy, later = cast.trained(ivy), cast.submitted(ivy), cast.submitted(ivy)
    assert estimates.outlook(learned).place == 0
    assert shoots.take(busy.pk, Status.SUBMITTED)
    seen = estimates.outlook(learned)
    assert seen.place == 2
    assert seen.ready_at - timezone.now() > timedelta(seconds=estimates.FIRST["train"])
    assert estimates.outlook(later).place == 3


def test_places_are_those_of_the_turns(ivy: User) -> None:
    first, second, other = cast.submitted(ivy), cast.submitted(ivy), cast.submitted(cast.person("emil"))
    assert [estimates.outlook(one).place for one in (first, other, second)] == [1, 2, 3]
    assert shoots.next_in_turn() == first.pk
    assert shoots.take(first.pk, Status.SUBMITTED)
    assert [estimates.outlook(one).place for one in (other, second)] == [2, 3]
    assert shoots.next_in_turn() == other.pk
