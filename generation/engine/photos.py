"""The verdict on one photo: what is wrong, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import quality, rules, segment
from .faces import detect, doubtful, mirror_mesh, pixels, reduced, scaled
from .reasons import advice, refusal
from .together import Checked
from .types import BadInput, Face, Month, Photo, Pixels, Reading, Reason, Seen, StoredPhoto, Verdict
from .view import face_height, view_of

Array = NDArray[np.float64]

PRINT = 24  # pixels of a fingerprint's side


def judge(photo: Photo, *, now: Month | None = None) -> Verdict:
    """Whether one photo may teach the model a face.

    ``now`` is the current month; without it no photo counts as old. ``Verdict.measures`` holds what was
    measured, for tests and for calibration. Takes some 0.2 s at 12 megapixels on one core.
    """
    image = pixels(photo.image)
    work, factor = reduced(image)
    found = detect(work)
    marks = [refusal("ai_made")] if photo.ai_made else []
    if rules.old(photo.month, now):
        marks.append(advice("old"))
    if not found:
        return _faceless(image, work, factor, marks)
    main = scaled(found[0], factor)
    measures = {**quality.measure(image, main), **_reduced(work, found[0]), **_company(found)}
    reasons = (*marks, *rules.reasons(measures))
    return Verdict(reasons, main, measures)


def _faceless(image: Pixels, work: Pixels, factor: int, marks: list[Reason]) -> Verdict:
    """Why no sure face is seen: too dark, blown, blurred or covered, if that shows; else there is none."""
    person = segment.person(work)
    whole = quality.whole(work, person)
    hidden = doubtful(work)
    if hidden is None:
        return Verdict((*marks, *rules.unseen(whole, None)), None, whole)
    face = scaled(hidden, factor)
    measures = {**whole, **quality.measure(image, face), **_reduced(work, hidden)}
    measures["person"] = segment.within(person, hidden)
    reasons = rules.unseen(whole, measures)
    if not reasons:
        return Verdict((*marks, *rules.reasons(measures)), face, measures)
    return Verdict((*marks, *reasons), None, measures)


def _company(found: Sequence[Face]) -> dict[str, float]:
    """``company``: the next largest face as a share of the largest."""
    heights = [face_height(face) for face in found]
    return {"faces": float(len(found)), "company": max(heights[1:], default=0.0) / heights[0]}


def _reduced(work: Pixels, face: Face) -> dict[str, float]:
    """What the reduced picture is enough for: the expression and the backdrop."""
    behind = segment.backdrop(segment.person(work), face)
    meshes = face.landmarks, mirror_mesh(work, face)
    return {"busy": quality.busyness(work, behind, face), **quality.expression(*meshes)}


def opened(stored: StoredPhoto) -> Photo:
    """A photo that intake has made safe, in memory again; raises BadInput where its bytes were damaged."""
    try:
        with Image.open(BytesIO(stored.data), formats=("JPEG", "PNG")) as image:
            return Photo(image.convert("RGB"), stored.month, stored.name, stored.ai_made)
    except OSError:
        raise BadInput(f"{stored.name or 'The photo'} can no longer be read; upload it again.") from None


def check(
    photo: Photo, read: Callable[[Sequence[Seen]], Sequence[Reading]], *, now: Month | None = None
) -> Checked:
    """All that the verdict on the set needs to know of a photo; ``read`` is a ``Reader``'s."""
    verdict = judge(photo, now=now)
    faces = [(photo.image, verdict.face)] if verdict.face else []
    return Checked(verdict, next(iter(read(faces)), None), fingerprint(photo, verdict))


def fingerprint(photo: Photo, verdict: Verdict) -> Array:
    """(2 * 24 * 24,) of unit length: the face at its place and the whole picture, brightness taken out."""
    work, factor = reduced(pixels(photo.image))
    whole = quality.thumbnail(work, PRINT)
    if verdict.face is None:
        return np.asarray(np.concatenate([whole, whole]) / np.sqrt(2))
    view = view_of(work, scaled(verdict.face, 1 / factor))
    return np.asarray(np.concatenate([quality.thumbnail(view.pixels, PRINT), whole]) / np.sqrt(2))
