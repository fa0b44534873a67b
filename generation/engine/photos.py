"""The verdict on one photo, and on the set: what is wrong, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import coverage, quality, rules, segment
from .coverage import Coverage
from .faces import detect, doubtful, mirror_mesh, pixels, reduced, scaled
from .reasons import advice, refusal
from .types import BadInput, Face, Floats, Month, Photo, Pixels, Reason, Verdict
from .view import face_height, view_of

Array = NDArray[np.float64]

FEWEST, MOST = 1, 20  # photos of one person
SAME_PERSON = 0.5  # cosine of two embeddings, average of a group; the reader's training sets the scale
SAME_PHOTO = 0.9  # correlation of two fingerprints: copies 0.94 and more, other photos 0.80 and less
PRINT = 24  # pixels of a fingerprint's side


@dataclass(frozen=True)
class SetVerdict:
    """What ``judge_set`` says: further reasons per photo, advice on the whole, and the coverage map."""

    reasons: tuple[tuple[Reason, ...], ...]  # one tuple per photo, in order
    advice: tuple[Reason, ...]
    coverage: Coverage

    def accepted(self, index: int) -> bool:
        return not any(reason.blocking for reason in self.reasons[index])


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


def judge_set(
    photos: Sequence[Photo], verdicts: Sequence[Verdict], embeddings: Floats | None = None
) -> SetVerdict:
    """What only the set shows: another person, the same photo twice, angles that are missing.

    ``embeddings`` (n, 128), unit rows, one per photo (rows of refused photos are not looked at); without
    them nobody is called another person. Raises BadInput for fewer than 1 or more than 20 photos.
    """
    check_count(len(photos))
    usable = [i for i, verdict in enumerate(verdicts) if verdict.accepted and verdict.face is not None]
    reasons: list[list[Reason]] = [[] for _ in photos]
    if embeddings is not None:
        for i in strangers(embeddings, usable):
            reasons[i].append(refusal("not_same_person"))
    for i, first in copies([fingerprint(photos[i], verdicts[i]) for i in range(len(photos))]).items():
        reasons[i].append(refusal("duplicate", other=photos[first].name or f"photo {first + 1}"))
    kept = [i for i in usable if not reasons[i]]
    covered = coverage.cover([verdicts[i].measures for i in kept])
    return SetVerdict(tuple(tuple(own) for own in reasons), coverage.advise(covered), covered)


def check_count(count: int) -> None:
    if count < FEWEST:
        raise BadInput("There is no photo; add 1 to 20 photos of one person.")
    if count > MOST:
        raise BadInput(f"There are {count} photos; choose the best {MOST}.")


def strangers(embeddings: Floats, usable: Sequence[int]) -> list[int]:
    """Indices of photos that show somebody else than most photos do; on a tie the earlier photos win.

    Average-linkage grouping: groups merge while their mean cosine is at least ``SAME_PERSON``.
    """
    if len(usable) < 2:
        return []
    rows = np.asarray(embeddings, np.float64)[list(usable)]
    likeness = rows @ rows.T
    groups = [[i] for i in range(len(usable))]
    while len(groups) > 1:
        best = max(
            (
                (float(likeness[np.ix_(a, b)].mean()), i, j)
                for i, a in enumerate(groups)
                for j, b in enumerate(groups[:i])
            ),
        )
        if best[0] < SAME_PERSON:
            break
        _, i, j = best
        groups[j] = sorted(groups[j] + groups.pop(i))
    subject = max(groups, key=lambda group: (len(group), -group[0]))
    return [usable[i] for i in range(len(usable)) if i not in subject]


def fingerprint(photo: Photo, verdict: Verdict) -> Array:
    """(2 * 24 * 24,) of unit length: the face at its place and the whole picture, brightness taken out."""
    work, factor = reduced(pixels(photo.image))
    whole = quality.thumbnail(work, PRINT)
    if verdict.face is None:
        return np.asarray(np.concatenate([whole, whole]) / np.sqrt(2))
    view = view_of(work, scaled(verdict.face, 1 / factor))
    return np.asarray(np.concatenate([quality.thumbnail(view.pixels, PRINT), whole]) / np.sqrt(2))


def copies(prints: Sequence[Array]) -> Mapping[int, int]:
    """Photo -> the earlier photo that it repeats."""
    found: dict[int, int] = {}
    for i, own in enumerate(prints):
        for j in range(i):
            if j not in found and float(own @ prints[j]) >= SAME_PHOTO:
                found[i] = j
                break
    return found
