"""When a shoot will be ready: what its worker sees, and how long the steps took lately on these machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heapreplace
from itertools import takewhile
from statistics import median

from django.utils import timezone

from . import shoots
from .models import Kind, Shoot, Status

# Before this installation has finished a shoot: two idle cores and the understudy (benchmarks/results).
FIRST = {"train": 220.0, "frame": 2.6, "rank": 2.0}
LATELY = 9  # shoots: few, so that another load or another machine soon tells


@dataclass(frozen=True)
class Typical:
    """Seconds of learning a person, of drawing one headshot of the gallery, of putting it in order."""

    train: float
    frame: float
    rank: float


def lately() -> list[Shoot]:
    """The last shoots whose every step was timed, the newest first."""
    rows = Shoot.objects.filter(kind=Kind.SHOOT, timings__has_keys=["train", "generate", "rank"])
    return list(rows.order_by("-ready_at")[:LATELY])


def typical() -> Typical:
    """The median of the last shoots."""
    return of_timings([(shoot.timings, shoot.asked) for shoot in lately()])


def of_timings(known: Sequence[tuple[Mapping[str, float], int]]) -> Typical:
    """From the seconds of each step and the number of headshots asked for."""
    if not known:
        return Typical(**FIRST)
    return Typical(
        train=median(seconds["train"] for seconds, _ in known),
        frame=median(seconds["generate"] / asked for seconds, asked in known),
        rank=median(seconds["rank"] for seconds, _ in known),
    )


def remaining(shoot: Shoot, usual: Typical, now: datetime) -> timedelta:
    """Until the gallery is ready, as if nobody else were waiting."""
    steps = {
        Status.SUBMITTED: usual.train,
        Status.TRAINED: usual.frame * shoot.asked,
        Status.GENERATED: usual.rank,
    }
    order = list(steps)
    present, *later = order[order.index(Status(shoot.status)) :]
    left = steps[present] * (1 - shoot.progress)
    if shoot.claimed and shoot.step_ends:
        left = max(0.0, (shoot.step_ends - now).total_seconds())
    return timedelta(seconds=left + sum(steps[step] for step in later))


@dataclass(frozen=True)
class Outlook:
    """What the progress page says: place in the queue (0 is being worked on) and when it will be ready."""

    place: int
    ready_at: datetime


def outlook(shoot: Shoot) -> Outlook:
    """Each worker serves one shoot at a time; whoever is free takes the next in the queue."""
    now, usual = timezone.now(), typical()
    left = remaining(shoot, usual, now)
    if shoot.claimed:
        return Outlook(0, now + left)
    others = list(takewhile(lambda one: one.pk != shoot.pk, queue()))
    wait = waiting([remaining(one, usual, now) for one in others], lanes=sum(one.claimed for one in others))
    between_steps = not others and shoot.status != Status.SUBMITTED
    return Outlook(0 if between_steps else len(others) + 1, now + wait + left)


def queue() -> list[Shoot]:
    """What is being worked on, then who is learned already, then the others in turn."""
    rows = Shoot.objects.working().filter(kind=Kind.SHOOT).order_by("submitted_at")
    working, tenants = list(rows), dict(rows.values_list("pk", shoots.tenant()))
    claimed = [one for one in working if one.claimed]
    learned = [one for one in working if not one.claimed and one.status != Status.SUBMITTED]
    others = {one.pk: one for one in working if not one.claimed and one.status == Status.SUBMITTED}
    waits = [(pk, tenants.get(pk), one.submitted_at or one.created) for pk, one in others.items()]
    return [*claimed, *learned, *(others[pk] for pk in shoots.in_turn(waits, shoots.served()))]


def waiting(others: Sequence[timedelta], lanes: int) -> timedelta:
    """Until a worker is free for whoever comes after ``others``, the first of which are being worked on."""
    free = list(others[:lanes]) or [timedelta()]
    heapify(free)
    for one in others[lanes:]:
        heapreplace(free, free[0] + one)
    return free[0]
