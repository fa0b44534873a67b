"""One person's photos crash the engine, another's eat its memory, a third's hang it; many others are well."""

from __future__ import annotations

from typing import Any

from billing import ledger
from generation.models import MOST_STARTS, Letter, Photo, Shoot, Status

from .cancel import touches
from .stage import Worker, draft, kept, over, submit, submitted, until

POISONS = ("segfault", "hunger", "hang")


def play(count: int) -> dict[str, Any]:
    """``count`` others; each poison comes in the middle of them."""
    half = count // 2
    mine = [submitted(f"waits-{number}", 2) for number in range(half)]
    poisoned = [_poisoned(name) for name in POISONS]
    mine += [submitted(f"waits-{number}", 2) for number in range(half, count)]
    with Worker().running() as worker:
        first = worker.process.pid
        until(lambda: all(over(shoot) for shoot in [*mine, *poisoned]), every=1)
        until(lambda: not Letter.objects.filter(sent_at=None).exists())
        survived = worker.process.poll() is None and worker.process.pid == first
    held = kept(mine)
    starts = {name: _starts(shoot) for name, shoot in zip(POISONS, poisoned, strict=True)}
    aside = sum(one.status == Status.FAILED and one.failure == "quarantined" for one in poisoned)
    back = sum(one.credit_id is None and ledger.unspent(one.subject).count() == 1 for one in poisoned)
    told = Letter.objects.filter(shoot__in=poisoned, about=Letter.About.FAILED, sent_at__isnull=False).count()
    return {
        **held,
        "starts of the poisoned": starts,
        "of them taken aside": aside,
        "credits back": back,
        "told by mail": told,
        "the worker survived": survived,
        "holds": not any(value for name, value in held.items() if name != "shoots")
        and set(starts.values()) == {MOST_STARTS}
        and aside == back == told == len(POISONS)
        and survived,
    }


def _poisoned(name: str) -> Shoot:
    shoot = draft(f"poisoned-{name}", 2)
    Photo.objects.filter(shoot=shoot).update(name=f"{name}.jpg")
    return submit(shoot)


def _starts(shoot: Shoot) -> int:
    """How often the engine was at it."""
    return sum(name == str(shoot.pk) for name, _ in touches())
