"""An engine that only pretends: the same calls and answers as the real one, in seconds, without a model.

It notes in the file that TOUCHES names when it was at whose photos or identity.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generation.engine.ranking import Measures, Own, Person, missing, rank
from generation.engine.resident import Drawn, Learned, Step
from generation.engine.types import Cancelled, Keep, Order, Recipe, StoredPhoto

PACE = float(os.environ.get("PRETENDED_PACE", "0.2"))
STEPS, STEP, FRAME = 10, PACE, PACE  # steps of learning; seconds of one, and of a headshot
TOUCHES = os.environ.get("TOUCHES", "")
POSE = (0.0, 0.0, 0.0)


def _unit(length: int) -> Any:
    vector = np.zeros(length, np.float32)
    vector[0] = 1
    return vector


OWN = Own(
    embeddings=_unit(128)[None],
    prints=-_unit(16)[None],
    poses=np.zeros((1, 3)),
    skin=np.array([[60.0, 10.0, 15.0]]),
    stranger=0.35,
)
MEASURES = Measures(
    faces=1,
    size=0.5,
    embedding=_unit(128),
    print=_unit(16),
    pose=POSE,
    expression="neutral",
    eyes=0.3,
    sharpness=1.0,
    flaws=0.0,
    skin=np.array([60.0, 10.0, 15.0]),
    lost=(),
    nude=False,
)


class Pretended:
    """A process that need not begin or end."""

    def start(self) -> None: ...

    def close(self) -> None: ...


class Resident(Pretended):
    """One shoot at a time, like the real one."""

    def __init__(self) -> None:
        self._busy = threading.Lock()

    @property
    def busy(self) -> bool:
        return self._busy.locked()

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
        with self._busy:
            for step in range(1, STEPS + 1):
                touch(work)
                wait(STEP, cancelled)
                say(Step(step / STEPS, "Pretending", saved=step % 5 == 0))
        return Learned(b"adapter", "pretended", Person(keep, Keep(), OWN), {})

    def shoot(
        self,
        adapter: bytes,
        person: Person,
        orders: Sequence[Order],
        work: Path,
        *,
        count: int,
        done: Sequence[Measures],
        cancelled: Callable[[], bool],
    ) -> Iterator[Drawn]:
        measures = list(done)
        with self._busy:
            while missing(measures, person.own, count) and len(measures) < len(orders):
                touch(work)
                wait(FRAME, cancelled)
                measures.append(self.frame(len(measures)))
                yield Drawn(len(measures) - 1, picture(), measures[-1], rank(measures, person.own)[-1])

    def try_on(
        self, selfie: StoredPhoto, orders: Sequence[Order], *, now: object, cancelled: Callable[[], bool]
    ) -> Iterator[Drawn]:
        """Between the steps of whatever else runs."""
        for number in range(len(orders)):
            wait(FRAME, cancelled)
            yield Drawn(number, picture(), MEASURES, rank([MEASURES], OWN)[0])

    def frame(self, number: int) -> Measures:
        return MEASURES


class Checker(Pretended):
    """Nobody sends it photos: who tests the queue says themselves which are accepted."""


def picture() -> bytes:
    data = BytesIO()
    Image.new("RGB", (64, 64), "slategrey").save(data, "PNG")
    return data.getvalue()


def touch(work: Path) -> None:
    """``work`` bears the shoot's id."""
    if TOUCHES:
        with Path(TOUCHES).open("a") as file:
            file.write(f"{work.name} {time.time()}\n")


def wait(seconds: float, cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled("The work was stopped.")
    time.sleep(seconds)
