"""The measured figures that pages may show, read from benchmarks/results; nothing is typed by hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import ceil

from generation import measured


@dataclass(frozen=True)
class Figures:
    """What our own benchmarks say; ``machine`` and ``date`` stand beside them on every page."""

    machine: str
    date: str
    shoot_seconds: float  # 15 photos in, 40 headshots out
    try_seconds: int  # from the button to the first picture on the page
    identity_megabytes: float
    judged_photos: int
    reasons_found: int  # of 100 faults, the worst reason
    good_photos: int
    good_photos_refused: int

    @property
    def shoot_minutes(self) -> int:
        """Whole minutes, rounded up: a promise on a page is not rounded in our favour."""
        return ceil(self.shoot_seconds / 60)


@cache
def figures() -> Figures:
    """Read once per process; a missing result or key fails loudly, as a page without it would lie."""
    engine, verdicts = measured.read("engine"), measured.read("verdicts")
    refusals, tried = verdicts["false_refusals"]["everybody"], measured.try_seconds("idle")
    assert tried is not None
    return Figures(
        machine=engine["machine"],
        date=engine["date"],
        shoot_seconds=engine["shoot"]["seconds"],
        try_seconds=tried[0],
        identity_megabytes=round(engine["shoot"]["adapter_mb"], 1),
        judged_photos=verdicts["photos"],
        reasons_found=int(100 * min(reason["recall"] for reason in verdicts["reasons"].values())),
        good_photos=refusals["photos"],
        good_photos_refused=refusals["refused"],
    )
