"""A progress bar with the time left, on stderr; one line per tenth where nobody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

Progress = Callable[[float, str], None]  # share done in 0-1, what is being done

WIDTH = 28
OFTEN = 0.1  # seconds between two drawings


def silent(share: float, doing: str) -> None:
    """The progress of a caller who does not look."""


def never() -> bool:
    """The cancel button of a caller who has none."""
    return False


def duration(seconds: float) -> str:
    """A duration as people say it."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"


class Bar:
    """One stage's bar; call it with the share done and a few words."""

    def __init__(self, stage: str, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic):
        self.stage, self.stream, self.clock = stage, stream or sys.stderr, clock
        self.begun = self.drawn = clock()
        self.first: float | None = None  # share already done at the first call: a resumed stage
        self.tenth = -1
        self.live = self.stream.isatty()

    def __call__(self, share: float, words: str = "") -> None:
        share = min(max(share, 0.0), 1.0)
        now = self.clock()
        if self.first is None:
            self.first = share
        if self.live and now - self.drawn >= OFTEN:
            self.drawn = now
            self._draw(share, words, now)
        elif not self.live and int(share * 10) > self.tenth:
            self.tenth = int(share * 10)
            print(f"{self.stage}: {share:.0%}{self._left(share, now)}", file=self.stream, flush=True)

    def done(self, words: str) -> None:
        """Replace the bar by its result."""
        took = duration(self.clock() - self.begun)
        clear = "\r\033[K" if self.live else ""
        print(f"{clear}{self.stage}: {words} ({took})", file=self.stream, flush=True)

    def _draw(self, share: float, words: str, now: float) -> None:
        full = round(share * WIDTH)
        bar = "█" * full + "░" * (WIDTH - full)
        print(
            f"\r\033[K{self.stage:<22} {bar} {share:4.0%}{self._left(share, now)}  {words}",
            end="",
            file=self.stream,
        )
        self.stream.flush()

    def _left(self, share: float, now: float) -> str:
        fresh = share - (self.first or 0.0)
        if fresh < 0.01:
            return ""
        return f"  {duration((now - self.begun) / fresh * (1 - share))} left"
