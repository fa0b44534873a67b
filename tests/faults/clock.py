"""A worker's clock is set forward and back by hours and days while it works; the database's stays right."""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from generation import cast, retention
from generation.models import Headshot, Shoot, Status

from .stage import BACK, Worker, kept, none, over, submitted, under_work, until

JUMPS = (3600.0, 0.0, -3600.0, 86_400.0)  # seconds that it is wrong by, one after another
WAITING = 3
DUE_SOON = timedelta(minutes=30)  # what a clock that is an hour fast would delete too early
TIDIED = 35.0  # seconds within which the sweeper has looked


def play(count: int) -> dict[str, Any]:
    """``count`` jumps."""
    clock, backs = Path(os.environ["CLOCK"]), list[float]()
    keeper = cast.draft(cast.person("keeper", password=None))
    Shoot.objects.filter(pk=keeper.pk).update(
        inputs_until=timezone.now() + DUE_SOON, headshots_until=timezone.now() + DUE_SOON
    )
    with Worker().running() as worker:
        mine = list[Shoot]()
        for number in range(count):
            mine += [submitted(f"waits-{number}-{one}") for one in range(WAITING)]
            until(lambda mine=mine: under_work(mine) is not None)
            clock.write_text(str(JUMPS[number % len(JUMPS)]))
            if number % 2:
                worker.kill()
            jumped, before = time.monotonic(), Headshot.objects.count()
            until(lambda before=before: Headshot.objects.count() > before)
            backs.append(round(time.monotonic() - jumped, 1))
            print(f"{JUMPS[number % len(JUMPS)]:+.0f} s: work after {backs[-1]} s", file=sys.stderr)
            until(lambda mine=mine: all(over(shoot) for shoot in mine), every=1)
            time.sleep(TIDIED)
        early = Shoot.objects.filter(pk=keeper.pk, status=Status.PURGED).count()
        clock.write_text("0")
        past = timezone.now() - timedelta(minutes=1)
        Shoot.objects.filter(pk=keeper.pk).update(inputs_until=past, headshots_until=past)
        late = until(lambda: not retention.overdue(timezone.now()).exists(), most=2 * BACK)
    held = kept(mine)
    return {
        "jumps": count,
        **held,
        "deleted too early": early,
        "seconds until what is due is deleted, the clock being right again": round(late, 1),
        "seconds until work goes on, worst": max(backs),
        "holds": none(held) and not early and late <= BACK and max(backs) <= BACK,
    }
