"""One shoot from photos to a ranked gallery: the engine's steps in the order in which they happen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from . import identity, measure, photos, ranking, studio
from .faces import largest
from .gate import Gate
from .looks import KEEP_GROUPS
from .marking import png, write
from .pipeline import Engine
from .progress import Progress
from .ranking import UNFIT, Measures, Own
from .reader import Reader
from .together import judge_set
from .traits import detected, judged
from .types import (
    BadInput,
    Face,
    Floats,
    Frame,
    Identity,
    Keep,
    Month,
    Photo,
    Reading,
    Recipe,
    Score,
    Verdict,
)

MORE = 1.5  # over-generation: at most this many frames for every headshot asked
Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class Subject:
    """The accepted photos and what they say about the person."""

    photos: tuple[Photo, ...]
    faces: tuple[Face, ...]
    readings: tuple[Reading, ...]
    verdicts: tuple[Verdict, ...]  # of every photo given, in order
    advice: str  # the next best photo to add, "" when none is missing

    @property
    def own(self) -> Own:
        return measure.own_photos(list(zip(self.photos, self.faces, strict=True)), self.readings)


@dataclass(frozen=True)
class Ranked:
    """A frame with its score."""

    frame: Frame
    score: Score


@dataclass(frozen=True)
class Taken:
    """The gallery's frames, best first, and what the others were dropped for."""

    frames: tuple[Ranked, ...]
    dropped: Mapping[str, int]
    everything: tuple[Ranked, ...] = ()  # all that were drawn, in the orders' order


def meet(given: Sequence[Photo], reader: Reader, *, now: Month, progress: Progress) -> Subject:
    """Judge the photos one by one and as a set. Raises BadInput when none is accepted."""
    checked = []
    for done, photo in enumerate(given, start=1):
        checked.append(photos.check(photo, reader.read, now=now))
        progress(done / len(given), f"{done} of {len(given)} photos")
    together = judge_set(checked, [photo.name for photo in given])
    verdicts = [
        replace(one.verdict, reasons=(*one.verdict.reasons, *more))
        for one, more in zip(checked, together.reasons, strict=True)
    ]
    readings = {i: one.reading for i, one in enumerate(checked) if one.reading}
    usable = [i for i, verdict in enumerate(verdicts) if verdict.accepted and verdict.face]
    if not usable:
        raise BadInput(_none_usable(given, verdicts))
    faces = [face for i in usable if (face := verdicts[i].face)]
    return Subject(
        photos=tuple(given[i] for i in usable),
        faces=tuple(faces),
        readings=tuple(readings[i] for i in usable),
        verdicts=tuple(verdicts),
        advice=" ".join(reason.sentence for reason in together.advice),
    )


def _none_usable(given: Sequence[Photo], verdicts: Sequence[Verdict]) -> str:
    reasons = [
        f"{photo.name or 'photo'}: {reason.sentence}"
        for photo, verdict in zip(given, verdicts, strict=True)
        for reason in verdict.reasons
        if reason.blocking
    ]
    more = f" ({len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return f"No photo can be used. {reasons[0] if reasons else ''}{more}"


def keep_for(subject: Subject, said: Keep) -> Keep:
    """What the person said, and what the photos agree on in the groups that they said nothing about."""
    spoken = {group for group, words in KEEP_GROUPS.items() if set(words) & set(said.words)}
    seen = [word for word in detected(subject.readings).words if _group(word) not in spoken]
    return Keep((*said.words, *seen))


def _group(word: str) -> str:
    return next(group for group, words in KEEP_GROUPS.items() if word in words)


def reading_of(reader: Reader) -> Callable[[Image.Image], Floats | None]:
    """The reader as training wants it: a picture -> (128,), None where it shows no face."""

    def read(image: Image.Image) -> Floats | None:
        face = largest(image)
        return reader.read([(image, face)])[0].embedding if face else None

    return read


def learn(
    engine: Engine,
    reader: Reader,
    subject: Subject,
    *,
    keep: Keep,
    out: Path,
    work: Path,
    recipe: Recipe | None,
    progress: Progress,
    cancelled: Cancelled,
    saved: identity.Saved = identity.unnoted,
) -> Identity:
    """Train the identity into ``out``; ``work`` holds the checkpoints that a stopped run goes on from."""
    prepared = identity.prepare(subject.photos, subject.faces, engine, keep=keep)
    kept, held_out = identity.split(prepared)
    return identity.train(
        engine,
        kept,
        held_out=held_out,
        out=out,
        keep=keep,
        skin=subject.own.skin.astype(np.float32),
        recipe=recipe,
        read=reading_of(reader),
        progress=progress,
        cancelled=cancelled,
        saved=saved,
        resume=work,
    )


def take(
    engine: Engine,
    who: Identity,
    reader: Reader,
    gate: Gate,
    subject: Subject,
    orders: Sequence[studio.Order],
    *,
    count: int,
    work: Path,
    progress: Progress,
    cancelled: Cancelled,
) -> Taken:
    """Generate until ``count`` frames pass or the orders are used up; the best ``count``, best first.

    Finished frames lie in ``work`` and are not drawn again. Raises BadInput when no frame passes.
    """
    own, keep = subject.own, judged(who.keep, subject.readings)
    frames, measures = list[Frame](), list[Measures]()
    while (left := ranking.missing(measures, own, count)) and len(frames) < len(orders):
        chunk = orders[len(frames) : len(frames) + left]
        for frame in _frames(engine, who, chunk, len(frames), work, cancelled):
            frames.append(frame)
            measures += measure.measure([frame], reader, gate, keep)
            left -= 1
            progress(len(frames) / (len(frames) + left), f"{len(frames)} pictures")
    scores = ranking.rank(measures, own)
    everything = tuple(Ranked(frame, score) for frame, score in zip(frames, scores, strict=True))
    return Taken(tuple(ranked(frames, scores, count)), dropped(scores), everything)


def _frames(
    engine: Engine,
    who: Identity,
    orders: Sequence[studio.Order],
    first: int,
    work: Path,
    cancelled: Cancelled,
) -> Iterator[Frame]:
    """The frames of ``orders``, the first of which is number ``first``: from ``work``, the rest drawn."""
    files = [work / f"{number:04d}.png" for number in range(first, first + len(orders))]
    stored = next((i for i, file in enumerate(files) if not file.is_file()), len(files))
    for file, (look, direction, seed) in zip(files[:stored], orders, strict=False):
        with Image.open(file) as image:
            yield Frame(image.convert("RGB"), look, direction, seed)
    if stored < len(files):
        drawn = studio.shoot(engine, who, orders[stored:], cancelled=cancelled)
        for file, frame in zip(files[stored:], drawn, strict=True):
            write(file, png(frame.image))
            yield frame


def ranked(frames: Sequence[Frame], scores: Sequence[Score], count: int) -> list[Ranked]:
    """The best ``count`` frames in order. Raises BadInput when none passed, with what was wrong."""
    passed = [Ranked(f, s) for f, s in zip(frames, scores, strict=True) if not s.faults]
    if not passed:
        raise BadInput(
            f"None of {len(frames)} pictures passed the checks ({_list(dropped(scores))}): add photos with"
            " other turns and light, or try another seed."
        )
    best = sorted(passed, key=lambda one: one.score.rank)[:count]
    selects = ranking.select_count(len(best))
    return [replace(one, score=replace(one.score, select=one.score.rank <= selects)) for one in best]


def tried(frames: Sequence[Frame], reader: Reader, gate: Gate, subject: Subject) -> Taken:
    """Frames from one selfie in order; those that fail a check come last, since there are only a few.

    Raises BadInput when no frame can be shown.
    """
    scores = ranking.rank(measure.measure(frames, reader, gate, Keep()), subject.own)
    pairs = [Ranked(f, s) for f, s in zip(frames, scores, strict=True) if not UNFIT & set(s.faults)]
    if not pairs:
        wrong = _list(dropped(scores))
        raise BadInput(f"None of {len(frames)} pictures can be shown ({wrong}): try another photo or seed.")
    order = sorted(pairs, key=lambda one: (bool(one.score.faults), one.score.rank, -one.score.value))
    ordered = [Ranked(one.frame, replace(one.score, rank=i, select=True)) for i, one in enumerate(order, 1)]
    return Taken(tuple(ordered), {})


def dropped(scores: Sequence[Score]) -> dict[str, int]:
    """Fault -> number of frames, the commonest first."""
    return dict(Counter(fault for score in scores for fault in score.faults).most_common())


def _list(dropped: Mapping[str, int]) -> str:
    return ", ".join(f"{n} × {name}" for name, n in dropped.items())
