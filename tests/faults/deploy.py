"""A new version is rolled out, again and again, under load: a worker is asked to end, and another begins."""

from __future__ import annotations

import sys
import time
from typing import Any

from django.conf import settings

from generation.models import Shoot, Status

from .stage import BACK, CHANCE, Worker, claimed, kept, none, over, submitted, under_work, until

WAITING = 4
PAUSE, PRETENDED_PAUSE = 60.0, 4.0  # most seconds between two
REDONE = 60.0  # most seconds of learning that are done again


def play(count: int) -> dict[str, Any]:
    cost, redone, restarts = 0, list[float](), list[float]()
    with Worker().running() as worker:
        mine = [submitted(f"waits-{number}") for number in range(WAITING)]
        while len(restarts) < count:
            time.sleep(CHANCE.uniform(0, PRETENDED_PAUSE if settings.ENGINE else PAUSE))
            hit = under_work(mine)
            if hit is None:
                mine.append(submitted(f"waits-{len(mine)}"))
                continue
            before = Shoot.objects.get(pk=hit.pk)
            worker.stop()
            stopped, left = time.monotonic(), Shoot.objects.get(pk=hit.pk)
            if left.status == before.status and left.claim == before.claim:  # it was in the middle
                cost += left.starts > 0 or left.claimed_until is not None
            worker.start()
            if not over(hit):
                until(lambda left=left: claimed(left, left.claim) or over(left))
                redone.append(_redone(before))
            restarts.append(round(time.monotonic() - stopped, 1))
            print(f"{len(restarts)}: {before.status}, {restarts[-1]} s", file=sys.stderr)
        until(lambda: all(over(shoot) for shoot in mine), every=1)
    held = kept(mine)
    return {
        "rolled out": count,
        **held,
        "attempts that it cost": cost,
        "seconds until work goes on, worst": max(restarts),
        "seconds of learning done again, worst": round(max(redone, default=0.0), 1),
        "holds": none(held) and not cost and max(restarts) <= BACK and max(redone, default=0.0) <= REDONE,
    }


def _redone(before: Shoot) -> float:
    """Seconds between what the old worker had learned and where the new one begins."""
    if settings.ENGINE or before.status != Status.SUBMITTED:  # what pretends to learn begins anew
        return 0.0
    seen: list[tuple[float, float]] = []

    def two_steps() -> bool:
        now = Shoot.objects.get(pk=before.pk)
        if now.status != before.status:
            return True
        if now.claim > before.claim and now.progress and (not seen or now.progress != seen[-1][1]):
            seen.append((time.monotonic(), now.progress))
        return len(seen) >= 3

    until(two_steps)
    if len(seen) < 3 or seen[0][1] >= before.progress:
        return 0.0
    speed = (seen[-1][1] - seen[0][1]) / (seen[-1][0] - seen[0][0])
    return (before.progress - seen[0][1]) / speed
