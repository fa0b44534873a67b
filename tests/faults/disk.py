"""The disk that holds files, keys and the worker's scratch runs full, and is freed again.

``__main__`` mounts a small one in a namespace of its own, as root or as anybody who may.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings

from generation import cast
from generation.models import Photo, Shoot, Status

from .stage import BACK, Worker, kept, none, over, submitted, under_work, until

WAITING = 4
FULL = 25.0  # seconds that it stays so: longer than a lease


def play(count: int) -> dict[str, Any]:
    with Worker().running():
        rounds = [
            _filled([submitted(f"waits-{turn}-{one}") for one in range(WAITING)]) for turn in range(count)
        ]
    held = kept(list(Shoot.objects.exclude(status=Status.DRAFT)))
    refused, shown = sum(one[0] for one in rounds), sum(one[1] for one in rounds)
    back = max(one[2] for one in rounds)
    return {
        "filled": count,
        **held,
        "half pictures shown while it was full": shown,
        "uploads refused while it was full": refused,
        "seconds until work goes on, worst": back,
        "holds": none(held) and not shown and refused == count and back <= BACK,
    }


def _filled(mine: list[Shoot]) -> tuple[int, int, float]:
    """Full in the middle of their drawing: uploads refused, half pictures shown, seconds to go on."""
    until(lambda: _drawn(mine) > 0)
    ballast = _fill()
    refused = _cannot_be_added(mine[-1])
    time.sleep(FULL)
    shown = kept(mine)["headshots without a whole file"]
    ballast.unlink()
    drawn = _drawn(mine)
    back = until(lambda: _drawn(mine) > drawn or under_work(mine) is None)
    until(lambda: all(over(shoot) for shoot in mine), every=1)
    return refused, shown, round(back, 1)


def _fill() -> Path:
    ballast = Path(settings.DATA_DIR) / "ballast"
    with ballast.open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return ballast


def _cannot_be_added(shoot: Shoot) -> int:
    """A photo for another person is refused aloud, and no row says that it is there."""
    other = cast.draft(cast.person(f"late-{shoot.pk}", password=None), photos=0)
    try:
        cast.photo(other)
    except OSError:
        return int(not Photo.objects.filter(shoot=other).exists())
    return 0


def _drawn(mine: list[Shoot]) -> int:
    return sum(one.headshots.count() for one in mine)
