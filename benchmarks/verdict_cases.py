"""The labelled photos that verdicts are tried on: good ones, spoiled ones, and one real photograph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from skimage import data

from generation.engine import intake, photos, segment
from generation.engine.marking import XMP
from generation.engine.reader import load_reader
from generation.engine.together import judge_set
from generation.engine.types import Photo, Verdict
from generation.understudy.casual import phone

from . import degradations as spoil
from .verdict_people import Base

READER = Path(__file__).parent.parent / "generation" / "understudy" / "weights" / "reader"
NOW = (2026, 11)
WORN = {"sunglasses": "eyes_hidden", "mask": "face_covered"}
EACH = 3  # spoiled copies of each good photo
ASTRONAUT = -1  # her number among the people
LIVELY = ("laugh", "surprised")  # of natural strength these may be called extreme or not


@dataclass
class Case:
    """One labelled photo: the reason it deserves (or "good") and what was said."""

    label: str
    person: int
    truth: Mapping[str, Any]
    verdict: Verdict
    extra: tuple[str, ...] = ()  # codes that only the set gives

    @property
    def excused(self) -> set[str]:
        """Advice that this photo may get or not: no count either way."""
        if self.person == ASTRONAUT:
            return {"busy_background"}  # a flag and a shuttle stand behind her
        lively = self.truth["detail"] in LIVELY and not self.truth["agape"]
        return {"extreme_expression"} if lively else set()

    @property
    def codes(self) -> set[str]:
        return {reason.code for reason in self.verdict.reasons} | set(self.extra)


def astronaut() -> Case:
    """The one real face we may use: NASA's portrait of Eileen Collins, public domain, from scikit-image."""
    photo = Photo(Image.fromarray(np.asarray(data.astronaut(), np.uint8)))
    return Case("good", ASTRONAUT, {"detail": "smile"}, photos.judge(photo, now=NOW))


def labelled(people: Sequence[Sequence[Base]]) -> Iterator[Case]:
    """Every person's photos: as they are, worn, spoiled, of two or nobody, marked, old, and as a set."""
    kinds = list(spoil.SPOILERS)
    for number, own in enumerate(people):
        other = people[(number + 1) % len(people)]
        for base in own:
            rng = np.random.default_rng([base.person, base.index, 9])
            if base.truth["agape"]:
                yield _case("extreme_expression", base, phone(base.image, rng))
            elif base.occlusion != "none":
                yield _case(WORN[base.occlusion], base, phone(base.image, rng))
            else:
                yield _case("good", base, phone(base.image, rng))
                for k in range(EACH):
                    kind = kinds[(base.person * 4 + base.index + 3 * k) % len(kinds)]
                    spoiled = spoil.SPOILERS[kind](base.image, base.landmarks, rng)
                    yield _case(kind, base, phone(spoiled, rng))
        yield from _once(own, other)
        yield from _set(own, other)


def _case(label: str, base: Base, pixels: spoil.Pixels) -> Case:
    return Case(label, base.person, base.truth, photos.judge(Photo(Image.fromarray(pixels)), now=NOW))


def _once(own: Sequence[Base], other: Sequence[Base]) -> Iterator[Case]:
    """What one photo a person is enough for."""
    first, last = own[0], own[3]
    rng = np.random.default_rng([first.person, 10])
    yield _case("several_faces", first, phone(spoil.beside(first.image, other[1].image), rng))
    yield _case("no_face", first, phone(spoil.nobody(first.image, first.landmarks, rng), rng))
    heap = spoil.cluttered(last.image, segment.person(last.image), rng)
    yield _case("busy_background", last, phone(heap, rng))
    for label, photo in (
        ("ai_made", _saved(last, xmp=XMP)),
        ("old", _saved(last, taken="2023:05:01 10:00:00")),
    ):
        yield Case(label, last.person, last.truth, photos.judge(photo, now=NOW))


def _saved(base: Base, *, xmp: bytes = b"", taken: str = "2026:08:01 10:00:00") -> Photo:
    """Through a file, as uploads come."""
    exif, stream = Image.Exif(), BytesIO()
    exif.get_ifd(0x8769)[0x9003] = taken
    picture = Image.fromarray(phone(base.image, np.random.default_rng(base.person)))
    picture.save(stream, "JPEG", quality=90, exif=exif, xmp=xmp)
    return intake.open_photo(stream.getvalue())


def _set(own: Sequence[Base], other: Sequence[Base]) -> Iterator[Case]:
    """Four photos, a copy of one of them, and a stranger's."""
    rng = np.random.default_rng([own[0].person, 11])
    good = [base for base in own if base.occlusion == "none" and not base.truth["agape"]]
    copy = spoil.copied(good[1].image, good[1].landmarks, rng)
    shown = [phone(base.image, rng) for base in good] + [phone(copy, rng), phone(other[2].image, rng)]
    uploaded = [Photo(Image.fromarray(picture)) for picture in shown]
    reader = load_reader(READER)
    checked = [photos.check(photo, reader.read) for photo in uploaded]
    verdicts, given = [one.verdict for one in checked], judge_set(checked, [""] * len(checked))
    labels = ["in a set"] * len(good) + ["duplicate", "not_same_person"]
    for label, base, verdict, reasons in zip(labels, [*good, good[1], other[2]], verdicts, given.reasons):
        yield Case(label, own[0].person, base.truth, verdict, tuple(reason.code for reason in reasons))
