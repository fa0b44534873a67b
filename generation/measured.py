"""What our own measurements let us promise; without a measurement there is no number."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.conf import settings

RESULTS = settings.BASE_DIR / "benchmarks" / "results"


def expectation(photos: int) -> int | None:
    """How many of 40 headshots are as like the person as their own photos; None where nothing was measured.

    ``expectation.json`` holds ``{"good": {"1": …, "7": …, "15": …}}``: photos and the mean count. Between two
    measured sizes the line between them, rounded down; beyond the largest that;
    below the smallest no number.
    """
    measured = sorted((int(size), float(good)) for size, good in read("expectation").get("good", {}).items())
    below = [point for point in measured if point[0] <= photos]
    above = [point for point in measured if point[0] > photos]
    if not below:
        return None
    (size, good), (next_size, next_good) = below[-1], (above or below[-1:])[0]
    if next_size == size:
        return int(good)
    return int(good + (next_good - good) * (photos - size) / (next_size - size))


def try_seconds(part: str) -> tuple[int, int] | None:
    """Until a try's first and its last picture: the slowest run, rounded up to five seconds.

    ``part`` is "idle" or "beside a shoot"; None where it was not measured.
    """
    runs = read("try_web").get(part, {}).get("runs")
    if not runs:
        return None
    first, whole = (max(run[name] for run in runs) for name in ("first_picture", "all_pictures"))
    return _by_fives(first), _by_fives(whole)


def _by_fives(seconds: float) -> int:
    return -int(-seconds // 5) * 5


@cache
def read(name: str) -> dict[str, Any]:
    """A result, empty where it was not measured."""
    file = RESULTS / f"{name}.json"
    found: dict[str, Any] = json.loads(file.read_text()) if file.is_file() else {}
    return found
