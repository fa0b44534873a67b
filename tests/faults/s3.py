"""The store is gone, then answers with errors, then slowly, while shoots are made; then it is well again."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from generation.models import Headshot, Shoot, Status

from .stage import BACK, Worker, kept, none, over, submitted, until

MOODS = {"down": 40.0, "broken": 40.0, "slow": 60.0}  # seconds; a lease lasts 20
WAITING = 4


def play(count: int) -> dict[str, Any]:
    mood = Path(os.environ["STORE_MOOD"])
    backs: dict[str, float] = dict.fromkeys(MOODS, 0.0)
    mine = list[Shoot]()
    with Worker().running():
        for number in range(count):
            for name, seconds in MOODS.items():
                mine += [submitted(f"{name}-{number}-{one}") for one in range(WAITING)]
                begun = Headshot.objects.count()
                until(lambda begun=begun: Headshot.objects.count() > begun)
                mood.write_text(name)
                time.sleep(seconds)
                mood.write_text("ok")
                well, drawn = time.monotonic(), Headshot.objects.count()
                until(lambda drawn=drawn: Headshot.objects.count() > drawn or _ready())
                backs[name] = max(backs[name], round(time.monotonic() - well, 1))
                print(f"{name}: {backs[name]} s", file=sys.stderr)
                until(lambda mine=mine: all(over(shoot) for shoot in mine), every=1)
    held = kept(mine)
    return {
        "times each": count,
        **held,
        **{f"seconds until work goes on after it was {name}, worst": back for name, back in backs.items()},
        "holds": none(held) and max(backs.values()) <= BACK,
    }


def _ready() -> bool:
    return not Shoot.objects.exclude(status=Status.READY).exists()
