"""The resident studio's process: ``python -m generation.engine.resident_child MODEL DEVICE PIPE PARENT``."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from . import adapter, identity, measure, pipeline, ranking, selfie, shoot, studio
from .desk import Desk, Job, Verb
from .marking import png
from .photos import opened
from .portions import indivisible
from .progress import silent
from .ranking import Measures, Person
from .reader import OwnReader, load_reader
from .resident import LEARNED, Drawn, Learned, Step
from .traits import judged
from .types import Cancelled, Frame, Identity, Keep, Month, Order, Recipe, Score, StoredPhoto

NICENESS = 5  # pages and verdicts come first where training shares their cores
LOOKING = 0.05  # share of learning's progress that looking at the photos takes


class Studio:
    """One loaded model and what it does; each verb answers as it goes."""

    def __init__(self, model: Path, device: str | None) -> None:
        self.model, self.device = model, device

    @cached_property
    def engine(self) -> pipeline.Engine:
        with indivisible("to load the model"):
            return pipeline.load(self.model, device=self.device)

    @cached_property
    def reader(self) -> OwnReader:
        return load_reader(self.model / "reader")

    @cached_property
    def fitting(self) -> selfie.Selfie:
        return selfie.open_selfie(self.engine)

    def load(self, job: Job) -> Iterator[int]:
        """Everything, so that nobody waits for it later."""
        loaded = self.reader, self.engine, self.fitting
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
        while (left := ranking.missing(measures, person.own, count)) and len(measures) < len(orders):
            chunk = orders[len(measures) : len(measures) + left]
            for frame in studio.shoot(self.engine, who, chunk, cancelled=job.cancelled):
                measures += measure.measure([frame], self.reader, person.judged)
                yield drawn(len(measures) - 1, frame, measures[-1], ranking.rank(measures, person.own)[-1])

    def try_on(
        self, job: Job, photo: StoredPhoto, orders: Sequence[Order], now: Month
    ) -> Iterator[Drawn | None]:
        subject = shoot.meet([opened(photo)], self.reader, now=now, progress=silent)
        crop = identity.prepare(subject.photos, subject.faces, self.engine)[0].image
        keep, own = shoot.keep_for(subject, Keep()), subject.own
        yield None  # a step of the work beside it
        frames = selfie.try_on(self.fitting, crop, orders, keep=keep, cancelled=job.cancelled)
        for number, frame in enumerate(frames):
            (measures,) = measure.measure([frame], self.reader, Keep())
            yield drawn(number, frame, measures, ranking.rank([measures], own)[0])


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


def drawn(number: int, frame: Frame, measures: Measures, score: Score) -> Drawn:
    return Drawn(number, png(frame.image), measures, score)


def main() -> None:
    os.nice(NICENESS)
    room = Studio(Path(sys.argv[1]), sys.argv[2] or None)
    verbs: dict[str, Verb] = {
        "load": room.load,
        "learn": room.learn,
        "shoot": room.shoot,
        "try_on": room.try_on,
    }
    Desk(verbs, aside=("try_on",)).serve()


if __name__ == "__main__":
    main()
