"""The studio as a process that keeps its model loaded: learn, shoot, and tries at any moment in between.

This is the caller's side and imports no torch: the work happens in ``resident_child``. Photos and pictures
go through the pipe as bytes; only training's checkpoints, and the adapter while it is worn, lie in the
folder ``work`` that the caller gives, which belongs to one shoot. Whatever ends the child, the same call
again goes on: ``learn`` from the newest checkpoint to the very same bytes, ``shoot`` from the frames that
are done. Where a GPU runs out of memory, a fresh child goes on in smaller portions.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .cards import only
from .process import Child, ChildDied
from .progress import never
from .ranking import Measures, Person
from .types import Keep, Month, Order, OutOfMemory, Recipe, Score, StoredPhoto
from .weights import cache_dir

Cancelled = Callable[[], bool]
LEARNED = "learned-"  # beginning of the file's name while nobody has fetched the adapter
PATIENCE = 90.0  # seconds; the longest silence is the import of torch and the model's loading


@dataclass(frozen=True)
class Step:
    """Progress: the share done (0-1), what is being done, and whether it is safe in ``work`` now."""

    share: float
    words: str
    saved: bool = False


@dataclass(frozen=True)
class Learned:
    """One trained identity."""

    adapter: bytes  # safetensors
    base_hash: str  # of the model that it was learned on
    person: Person
    timings: Mapping[str, float]  # seconds


@dataclass(frozen=True)
class Drawn:
    """One frame with what was measured on it. The picture carries no mark yet and must not leave so."""

    number: int  # index into the orders
    image: bytes  # PNG
    measures: Measures
    score: Score  # among the frames so far; ``ranking.rank`` over all of them has the last word


def unheard(step: Step) -> None:
    """For a caller who does not follow the progress."""


class Resident(Child):
    """One child process with one loaded model, started at the first call. Any thread may call.

    ``learn`` and ``shoot`` wait for each other; ``try_on`` is served between their steps. ``cancelled`` is
    asked once a second in the caller's thread, and acts within five. See ``process`` for ChildDied and
    ChildFailed; ``patience`` is how many seconds a child that has work may say nothing.
    """

    def __init__(self, model: Path, device: str | None = None, *, patience: float = PATIENCE) -> None:
        device, environment = only(device or "")
        environment["TORCHINDUCTOR_CACHE_DIR"] = str(cache_dir() / "compiled")  # read when torch is imported
        self.named, self.split, self.halving = (str(model.resolve()), device), 1, threading.Lock()
        module = "generation.engine.resident_child"
        super().__init__(module, *self.named, "1", patience=patience, environment=environment)

    def learn(
        self,
        photos: Sequence[StoredPhoto],
        keep: Keep,
        work: Path,
        *,
        now: Month,
        recipe: Recipe | None = None,
        seed: int = 0,
        say: Callable[[Step], None] = unheard,
        cancelled: Cancelled = never,
    ) -> Learned:
        """Learn one person from their accepted photos; ``keep`` is all that must survive.

        ``recipe`` None is the model's own; another ``seed`` trains differently from the same photos.

        ``work`` is removed at the end and kept otherwise. Raises BadInput when no photo can be used.
        """
        said: dict[str, Any] = {
            "photos": list(photos),
            "keep": keep,
            "work": work.resolve(),
            "now": now,
            "recipe": recipe,
            "seed": seed,
        }
        for answer in self._fitting(lambda: self.ask("learn", cancelled, **said)):
            if isinstance(answer, Learned):
                shutil.rmtree(work)
                return answer
            say(answer)
        raise ChildDied("The engine's process ended training without an identity; ask again.")

    def shoot(
        self,
        adapter: bytes,
        person: Person,
        orders: Sequence[Order],
        work: Path,
        *,
        count: int,
        done: Sequence[Measures] = (),
        cancelled: Cancelled = never,
    ) -> Iterator[Drawn]:
        """Frames until ``count`` may be shown or the orders are used up; ``done`` were drawn before.

        The first ``len(done)`` orders are theirs.
        """
        worn = work.resolve() / "worn.safetensors"
        worn.parent.mkdir(parents=True, exist_ok=True)
        worn.write_bytes(adapter)
        said: dict[str, Any] = {
            "worn": worn,
            "person": person,
            "orders": list(orders),
            "count": count,
            "done": list(done),
        }
        try:
            for one in self._fitting(lambda: self.ask("shoot", cancelled, **said)):
                said["done"].append(one.measures)
                yield one
        finally:
            worn.unlink(missing_ok=True)

    def try_on(
        self, selfie: StoredPhoto, orders: Sequence[Order], *, now: Month, cancelled: Cancelled = never
    ) -> Iterator[Drawn]:
        """Frames from one selfie, each as soon as it is drawn; nothing touches the disk.

        A try whose child dies under it, perhaps for somebody else's shoot, is gone on with once. Raises
        BadInput when the selfie cannot be used.
        """
        drawn = 0

        def tried() -> Iterator[Drawn | None]:
            left = list(orders[drawn:])
            return self.ask("try_on", cancelled, aside=True, photo=selfie, orders=left, now=now)

        for last in (False, True):
            try:
                for one in self._fitting(tried):
                    if one is not None:  # None: the selfie has been looked at
                        yield replace(one, number=drawn)
                        drawn += 1
                return
            except ChildDied:
                if last or drawn == len(orders):
                    raise

    def _fitting(self, work: Callable[[], Iterator[Any]]) -> Iterator[Any]:
        """The answers of ``work``, and of as many fresh processes as it takes until memory suffices."""
        while True:
            split = self.split
            try:
                yield from work()
                return
            except OutOfMemory:
                self._halve(split)

    def _halve(self, split: int) -> None:
        """Half the portions from now on, unless another caller has seen to it meanwhile."""
        with self.halving:
            if split == self.split:
                self.split = 2 * split
                self.replace(*self.named, str(self.split))
