"""The verdict on the set: what only photos side by side show. Pure decisions on what was found in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import coverage
from .coverage import Coverage
from .reasons import refusal
from .types import BadInput, Reading, Reason, Verdict

Array = NDArray[np.float64]

FEWEST, MOST = 1, 20  # photos of one person
SAME_PHOTO = 0.9  # correlation of two fingerprints: copies 0.94 and more, other photos 0.80 and less


@dataclass(frozen=True)
class Checked:
    """What was found in one photo; enough to judge the set without the photo."""

    verdict: Verdict
    reading: Reading | None  # None without a face
    fingerprint: Array  # (1152,) of unit length, photos.fingerprint


@dataclass(frozen=True)
class SetVerdict:
    """What ``judge_set`` says: further reasons per photo, advice on the whole, and the coverage map."""

    reasons: tuple[tuple[Reason, ...], ...]  # one tuple per photo, in order
    advice: tuple[Reason, ...]
    coverage: Coverage

    def accepted(self, index: int) -> bool:
        return not any(reason.blocking for reason in self.reasons[index])


def judge_set(checked: Sequence[Checked], names: Sequence[str]) -> SetVerdict:
    """What only the set shows: another person, the same photo twice, angles that are missing.

    ``names`` are the photos', "" where there is none. A photo that was not read is nobody's stranger.
    Raises BadInput for fewer than 1 or more than 20 photos.
    """
    check_count(len(checked))
    usable = [i for i, one in enumerate(checked) if one.verdict.accepted and one.verdict.face is not None]
    reasons: list[list[Reason]] = [[] for _ in checked]
    read = {i: reading for i in usable if (reading := checked[i].reading)}
    for i in strangers(read):
        reasons[i].append(refusal("not_same_person"))
    for i, first in copies([one.fingerprint for one in checked]).items():
        reasons[i].append(refusal("duplicate", other=names[first] or f"photo {first + 1}"))
    kept = [i for i in usable if not reasons[i]]
    covered = coverage.cover([checked[i].verdict.measures for i in kept])
    return SetVerdict(tuple(tuple(own) for own in reasons), coverage.advise(covered), covered)


def check_count(count: int) -> None:
    if count < FEWEST:
        raise BadInput("There is no photo; add 1 to 20 photos of one person.")
    if count > MOST:
        raise BadInput(f"There are {count} photos; choose the best {MOST}.")


def strangers(readings: Mapping[int, Reading]) -> list[int]:
    """Photos that show somebody else than most photos do; on a tie the earlier photos win.

    ``readings``: by photo, all of one reader. Average-linkage grouping: groups merge while their mean cosine
    is at least the reader's for the same person.
    """
    photos = sorted(readings)
    if len(photos) < 2:
        return []
    rows = np.stack([np.asarray(readings[photo].embedding, np.float64) for photo in photos])
    likeness = rows @ rows.T
    groups = [[i] for i in range(len(photos))]
    while len(groups) > 1:
        best = max(
            (
                (float(likeness[np.ix_(a, b)].mean()), i, j)
                for i, a in enumerate(groups)
                for j, b in enumerate(groups[:i])
            ),
        )
        if best[0] < readings[photos[0]].bounds.same_person:
            break
        _, i, j = best
        groups[j] = sorted(groups[j] + groups.pop(i))
    subject = max(groups, key=lambda group: (len(group), -group[0]))
    return [photo for i, photo in enumerate(photos) if i not in subject]


def copies(prints: Sequence[Array]) -> Mapping[int, int]:
    """Photo -> the earlier photo that it repeats."""
    found: dict[int, int] = {}
    for i, own in enumerate(prints):
        for j in range(i):
            if j not in found and float(own @ prints[j]) >= SAME_PHOTO:
                found[i] = j
                break
    return found
