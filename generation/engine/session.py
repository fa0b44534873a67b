"""A shoot at a terminal: says what it does, saves as it goes, and leaves a finished gallery or none."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from . import adapter, identity, intake, marking, pipeline, selfie, shoot, studio
from .disk import Workplace, fingerprint
from .gallery import Gallery, as_json, as_page, headshot
from .gate import load_gate
from .portions import room
from .progress import Bar, duration
from .reader import Reader, load_reader
from .types import BadInput, BadModel, Frame, Identity, Keep, Look, Photo, Recipe, Verdict
from .weights import digest

PUBLISHED = ("identity.safetensors", "headshots", "gallery.json", "index.html")
FIRST = "first.jpg"  # of the one-selfie path, while the others are drawn
TRIED = 4  # headshots from one selfie


@dataclass
class Session:
    """One run of the command line."""

    out: Path
    model: Path
    cancelled: Callable[[], bool]
    recipe: Recipe | None = None
    split: int = 1  # portions of a batch, where a GPU has too little memory for it
    timings: dict[str, float] = field(default_factory=dict)

    def from_photos(
        self, files: Sequence[Path], looks: Sequence[Look], count: int, seed: int, keep: Keep
    ) -> int:
        with self._workplace() as place:
            subject, reader = self._meet(files)
            keep = shoot.keep_for(subject, keep)
            if keep.words:
                say(f"Asked for in every headshot: {', '.join(keep.words)}.")
            engine = self._load()
            key = fingerprint(
                {
                    "model": engine.base_hash,
                    "keep": keep.words,
                    "recipe": self.recipe or engine.settings.recipe,
                },
                files,
            )
            who = self._learn(engine, reader, subject, keep, place.part("identity", key))
            orders = studio.orders_for(looks, round(count * shoot.MORE), seed)
            frames = place.part("frames", fingerprint({"identity": key, "orders": orders}))
            with self._stage("headshots", "Shooting") as bar:
                taken = shoot.take(
                    engine,
                    who,
                    reader,
                    load_gate(self.model),
                    subject,
                    orders,
                    count=count,
                    work=frames,
                    progress=bar,
                    cancelled=self.cancelled,
                )
                bar.done(_yield(taken, count))
            self._publish(place, engine, taken, subject.photos, who.adapter, keep, subject.advice)
            return 0

    def from_selfie(self, photo: Path, looks: Sequence[Look], seed: int, begun: float) -> int:
        with self._workplace() as place:
            try:
                self._try(place, photo, looks, seed, begun)
            finally:
                (self.out / FIRST).unlink(missing_ok=True)
        return 0

    def _try(self, place: Workplace, photo: Path, looks: Sequence[Look], seed: int, begun: float) -> None:
        subject, reader = self._meet([photo])
        engine, gate, keep = self._load(), load_gate(self.model), shoot.keep_for(subject, Keep())
        crop = identity.prepare(subject.photos, subject.faces, engine)[0].image
        chosen, orders = selfie.open_selfie(engine), studio.orders_for(looks, TRIED, seed)
        frames = list[Frame]()
        with self._stage("headshots", "Shooting") as bar:
            for frame in selfie.try_on(chosen, crop, orders, keep=keep, cancelled=self.cancelled):
                if not frames and not gate.flags(frame.image):
                    marking.write(self.out / FIRST, marking.jpeg(frame.image))
                    bar.done(f"first picture after {duration(time.monotonic() - begun)}: {self.out / FIRST}")
                frames.append(frame)
                bar(len(frames) / TRIED, "")
        taken = shoot.tried(frames, reader, gate, subject)
        self._publish(place, engine, taken, subject.photos, None, keep, "")

    @contextmanager
    def _stage(self, name: str, words: str) -> Iterator[Bar]:
        begun = time.monotonic()
        yield Bar(words)
        self.timings[name] = self.timings.get(name, 0.0) + time.monotonic() - begun

    @contextmanager
    def _workplace(self) -> Iterator[Workplace]:
        """Where the run works; however it ends, no half gallery and no empty folder stays behind."""
        if not self.model.is_dir():
            raise BadModel(f"There is no model folder {self.model}; restore it or name another with --model.")
        place = Workplace(self.out)
        try:
            place.open()
            yield place
        finally:
            place.leave()

    def _meet(self, files: Sequence[Path]) -> tuple[shoot.Subject, Reader]:
        with self._stage("photos", "Looking at the photos") as bar:
            given, refused = opened(files)
            reader = load_reader(self.model / "reader")
            today = date.today()
            subject = shoot.meet(given, reader, now=(today.year, today.month), progress=bar)
            bar.done(f"{len(subject.photos)} of {len(files)} will be used")
        say(table([photo.name for photo in given], subject.verdicts))
        for sentence in refused:
            say(f"  not used  {sentence}")
        if subject.advice and len(files) > 1:
            say(subject.advice)
        return subject, reader

    def _load(self) -> pipeline.Engine:
        with self._stage("load", "Loading the model") as bar, room("to load the model"):
            engine = pipeline.load(self.model)
            engine.split = self.split
            bar.done(engine.settings.name)
        return engine

    def _learn(
        self, engine: pipeline.Engine, reader: Reader, subject: shoot.Subject, keep: Keep, work: Path
    ) -> Identity:
        done = work / "identity.safetensors"
        with self._stage("identity", "Learning the person") as bar:
            if done.is_file():
                known = self._learned_before(engine, done)
                bar.done("learned before")
                return known
            who = shoot.learn(
                engine,
                reader,
                subject,
                keep=keep,
                out=done,
                work=work / "checkpoints",
                recipe=self.recipe,
                progress=bar,
                cancelled=self.cancelled,
            )
            bar.done("done")
        return who

    def _learned_before(self, engine: pipeline.Engine, file: Path) -> Identity:
        """What a stopped run learned; a file that does not fit is removed, so that the next run learns."""
        try:
            adapter.check(file, engine)
            return adapter.read(file)
        except BadModel:
            file.unlink()
            raise

    def _publish(
        self,
        place: Workplace,
        engine: pipeline.Engine,
        taken: shoot.Taken,
        photos: Sequence[Photo],
        learned: Path | None,
        keep: Keep,
        advice: str,
    ) -> None:
        built = place.built
        shutil.rmtree(built, ignore_errors=True)
        (built / "headshots").mkdir(parents=True)
        records = []
        for one in taken.frames:
            record = headshot(one.frame, one.score)
            marking.write(built / record.file, marking.jpeg(one.frame.image))
            records.append(record)
        if learned:
            shutil.copyfile(learned, built / "identity.safetensors")
        made = Gallery(
            headshots=tuple(records),
            photos=tuple(photo.image for photo in photos),
            size=engine.settings.size,
            model=engine.settings.name,
            model_hash=engine.base_hash,
            adapter_hash=digest(learned) if learned else "",
            keep=keep.words,
            dropped=taken.dropped,
            timings=self.timings,
            advice=advice,
        )
        marking.write(built / "gallery.json", as_json(made).encode())
        marking.write(built / "index.html", as_page(made).encode())
        place.publish(built, PUBLISHED)
        say(f"{len(records)} headshots, best first: {self.out / 'index.html'}")


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def opened(files: Sequence[Path]) -> tuple[list[Photo], list[str]]:
    """Photos that can be read, and a sentence for each file that cannot. Raises BadInput when none can."""
    given, refused = list[Photo](), list[str]()
    for file in files:
        try:
            given.append(intake.open_photo(file))
        except BadInput as error:
            refused.append(str(error))
    if not given:
        raise BadInput(f"No photo can be used. {refused[0]}")
    return given, refused


def table(names: Sequence[str], verdicts: Sequence[Verdict]) -> str:
    """The verdicts as lines of text, one photo each, what is to be done beneath."""
    width = max(map(len, names), default=0)
    lines = []
    for name, verdict in zip(names, verdicts, strict=True):
        mark = "used    " if verdict.accepted else "not used"
        said = [reason.sentence for reason in verdict.reasons if reason.blocking or verdict.accepted]
        lines.append(f"  {mark}  {name:<{width}}  {' '.join(said)}".rstrip())
    return "\n".join(lines)


def _yield(taken: shoot.Taken, count: int) -> str:
    short = "" if len(taken.frames) == count else f" of {count} asked"
    lost = (
        f"; dropped: {', '.join(f'{n} {name}' for name, n in taken.dropped.items())}" if taken.dropped else ""
    )
    return f"{len(taken.frames)} headshots{short}{lost}"
