"""The resident studio's process: ``python -m … resident_child MODEL DEVICE SPLIT PIPE PARENT``."""

from __future__ import annotations

import hashlib
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from PIL import Image

from . import acceleration, adapter, identity, measure, pipeline, ranking, selfie, shoot, studio
from .desk import Desk, Job, Verb
from .gate import Gate, load_gate
from .marking import png
from .photos import opened
from .portions import room
from .progress import silent
from .ranking import Measures, Person
from .reader import Reader, load_reader
from .resident import LEARNED, Drawn, Learned, Step
from .shoot import Subject
from .traits import judged
from .types import Cancelled, Frame, Identity, Keep, Month, Order, Recipe, StoredPhoto

NICENESS = 5  # pages and verdicts come first where training shares their cores
LOOKING = 0.05  # share of learning's progress that looking at the photos takes


class Studio:
    """One loaded model and what it does; each verb answers as it goes."""

    def __init__(self, model: Path, device: str | None, split: int) -> None:
        self.model, self.device, self.split = model, device, split
        # One thread, which has the face models to itself whenever the main thread does not wait for it.
        self.measuring = ThreadPoolExecutor(1, "measuring")

    @cached_property
    def engine(self) -> pipeline.Engine:
        with room("to load the model"):
            engine = pipeline.load(self.model, device=self.device)
        engine.split = self.split
        acceleration.accelerate(engine)
        return engine

    @cached_property
    def reader(self) -> Reader:
        return load_reader(self.model / "reader")

    @cached_property
    def gate(self) -> Gate:
        return load_gate(self.model, self.device or "cpu")

    @cached_property
    def fitting(self) -> selfie.Selfie:
        return selfie.open_selfie(self.engine)

    def load(self, job: Job) -> Iterator[int]:
        """Everything, so that nobody waits for it later."""
        loaded = self.reader, self.gate, self.engine, self.fitting
        yield len(loaded)

    def learn(
        self,
        job: Job,
        photos: Sequence[StoredPhoto],
        keep: Keep,
        work: Path,
        now: Month,
        recipe: Recipe | None,
        seed: int,
    ) -> Iterator[Learned]:
        said = Steps(job)
        subject = shoot.meet([opened(one) for one in photos], self.reader, now=now, progress=said.looking)
        recipe = replace(recipe or self.engine.settings.recipe, seed=seed)
        out = work / f"{LEARNED}{_key(self.engine.base_hash, photos, keep, recipe)}.safetensors"
        who = self._fetched_late(out) or shoot.learn(
            self.engine,
            self.reader,
            subject,
            keep=keep,
            out=out,
            work=work,
            recipe=recipe,
            progress=said.learning,
            cancelled=job.cancelled,
            saved=said.saved,
        )
        person = Person(keep, judged(keep, subject.readings), subject.own)
        yield Learned(out.read_bytes(), self.engine.base_hash, person, who.timings)

    def _fetched_late(self, out: Path) -> Identity | None:
        """What was learned just before the parent died, so that it is not learned twice."""
        if not out.is_file():
            return None
        adapter.check(out, self.engine)
        return adapter.read(out)

    def shoot(
        self,
        job: Job,
        worn: Path,
        person: Person,
        orders: Sequence[Order],
        count: int,
        done: Sequence[Measures],
    ) -> Iterator[Drawn]:
        who, measures = adapter.read(worn), list(done)
        try:
            while (left := ranking.missing(measures, person.own, count)) and len(measures) < len(orders):
                chunk = orders[len(measures) : len(measures) + left]
                frames = studio.shoot(self.engine, who, chunk, cancelled=job.cancelled)
                for image, (one,) in self._measured(frames, person.judged):
                    measures.append(one)
                    yield Drawn(len(measures) - 1, image, one, ranking.rank(measures, person.own)[-1])
        finally:
            adapter.erase(self.engine)

    def _measured(self, frames: Iterable[Frame], keep: Keep) -> Iterator[tuple[bytes, list[Measures]]]:
        """Each frame as PNG with its measures, in order; a GPU draws the next batch meanwhile."""
        begun = deque[Future[tuple[bytes, list[Measures]]]]()
        try:
            for frame in frames:
                begun.append(self.measuring.submit(self._measure, frame, keep))
                while begun and (begun[0].done() or self.engine.device.type == "cpu"):
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:  # of a stopped shoot
            wait([one for one in begun if not one.cancel()])

    def _measure(self, frame: Frame, keep: Keep) -> tuple[bytes, list[Measures]]:
        return png(frame.image), measure.measure([frame], self.reader, self.gate, keep)

    def try_on(
        self, job: Job, photo: StoredPhoto, orders: Sequence[Order], now: Month
    ) -> Iterator[Drawn | None]:
        subject, crop = self.measuring.submit(self._look_at, photo, now).result()
        keep, own = shoot.keep_for(subject, Keep()), subject.own
        yield None  # a step of the work beside it
        frames = selfie.try_on(self.fitting, crop, orders, keep=keep, cancelled=job.cancelled)
        for number, frame in enumerate(frames):
            image, (one,) = self.measuring.submit(self._measure, frame, Keep()).result()
            yield Drawn(number, image, one, ranking.rank([one], own)[0])

    def _look_at(self, photo: StoredPhoto, now: Month) -> tuple[Subject, Image.Image]:
        subject = shoot.meet([opened(photo)], self.reader, now=now, progress=silent)
        return subject, identity.prepare(subject.photos, subject.faces, self.engine)[0].image


class Steps:
    """Learning's progress, as the parent hears it."""

    def __init__(self, job: Job) -> None:
        self.job, self.last = job, Step(0.0, "")

    def looking(self, share: float, words: str) -> None:
        if self.job.cancelled():
            raise Cancelled("The work was stopped.")
        self._say(Step(LOOKING * share, words))

    def learning(self, share: float, words: str) -> None:
        self._say(Step(LOOKING + (1 - LOOKING) * share, words))

    def saved(self, step: int) -> None:
        self._say(Step(self.last.share, self.last.words, saved=True))

    def _say(self, step: Step) -> None:
        self.last = step
        self.job.say(step)


def _key(base_hash: str, photos: Sequence[StoredPhoto], keep: Keep, recipe: Recipe) -> str:
    """What an adapter was learned from."""
    together = hashlib.sha256(repr((base_hash, keep, recipe)).encode())
    for one in photos:
        together.update(hashlib.sha256(one.data).digest() + repr(one.month).encode())
    return together.hexdigest()[:16]


def main() -> None:
    os.nice(NICENESS)
    resident = Studio(Path(sys.argv[1]), sys.argv[2] or None, int(sys.argv[3]))
    verbs: dict[str, Verb] = {
        "load": resident.load,
        "learn": resident.learn,
        "shoot": resident.shoot,
        "try_on": resident.try_on,
    }
    Desk(verbs, aside=("try_on",)).serve()


if __name__ == "__main__":
    main()
