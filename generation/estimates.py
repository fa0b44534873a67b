"""When a shoot will be ready: what its worker sees, and how long the steps took lately on these machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.utils import timezone

from .models import Kind, Shoot, Status

# Before this installation has finished a shoot: two idle cores and the understudy (benchmarks/results).
FIRST = {"train": 190.0, "frame": 3.5, "rank": 2.0}
LATELY = 20  # shoots


@dataclass(frozen=True)
class Typical:
    """Seconds of learning a person, of drawing one headshot of the gallery, of putting it in order."""

    train: float
    frame: float
    rank: float


def typical() -> Typical:
    """The median of the last shoots."""
    rows = Shoot.objects.filter(kind=Kind.SHOOT, timings__has_keys=["train", "generate", "rank"])
    return of_timings([(s.timings, s.asked) for s in rows.order_by("-ready_at")[:LATELY]])


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
    """The shoots before this one are all that are being worked on and those that were submitted earlier."""
    now, usual = timezone.now(), typical()
    left = remaining(shoot, usual, now)
    if shoot.claimed or shoot.status != Status.SUBMITTED:
        return Outlook(0, now + left)
    others = [one for one in Shoot.objects.working().filter(kind=Kind.SHOOT) if before(one, shoot)]
    wait = sum((remaining(one, usual, now) for one in others), timedelta())
    return Outlook(len(others) + 1 if others else 1, now + wait + left)


def before(one: Shoot, other: Shoot) -> bool:
    """Whether ``one`` is served first; fairness between people may still change places."""
    if one.pk == other.pk:
        return False
    if one.status != Status.SUBMITTED or one.claimed:
        return True
    return bool(one.submitted_at and other.submitted_at and one.submitted_at < other.submitted_at)
