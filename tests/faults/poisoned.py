"""The pretended engine with a child of the real kind, which some photos kill: by their names they say how."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from generation.engine.desk import Desk, Job
from generation.engine.process import Child
from generation.engine.resident import Learned, Step
from generation.engine.types import Keep, Recipe, StoredPhoto

from . import engine

PATIENCE = 4.0  # seconds of silence; the real one waits longer
MEMORY = 256 << 20  # bytes, where the kernel's patience ends here
Checker = engine.Checker


class Resident(engine.Resident):
    """Before it pretends, it shows the photos to its child."""

    def __init__(self) -> None:
        super().__init__()
        self.child = Child("tests.faults.poisoned", patience=PATIENCE)

    def learn(
        self,
        photos: Sequence[StoredPhoto],
        keep: Keep,
        work: Path,
        *,
        now: object,
        recipe: Recipe | None,
        seed: int,
        say: Callable[[Step], None],
        cancelled: Callable[[], bool],
    ) -> Learned:
        engine.touch(work)
        for _ in self.child.ask("look", cancelled, names=[photo.name for photo in photos]):
            pass
        more: dict[str, Any] = {"now": now, "recipe": recipe, "seed": seed}
        return super().learn(photos, keep, work, **more, say=say, cancelled=cancelled)

    def close(self) -> None:
        self.child.close()


def look(job: Job, names: Sequence[str]) -> Iterator[None]:
    for name in names:
        if "segfault" in name:
            ctypes.string_at(0)
        if "hunger" in name:
            eaten = bytearray(MEMORY)
            os.kill(os.getpid(), signal.SIGKILL if eaten else 0)  # as the kernel ends who eats too much
        if "hang" in name:
            time.sleep(10 * PATIENCE)  # says nothing more
    yield None


if __name__ == "__main__":
    sys.exit(Desk({"look": look}).serve())
