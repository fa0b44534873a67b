"""What the measures of one photo mean: pure decisions, every threshold with its origin in one place.

Thresholds stand between good photos and spoiled ones of the even half of the people in
``benchmarks/verdicts.py``; recall and precision on the odd half are in ``benchmarks/results/verdicts.json``.
"""

from __future__ import annotations

from collections.abc import Mapping

from .reasons import advice, refusal
from .types import Month, Reason

Measures = Mapping[str, float]

LEAST_FACE = 96  # pixels hairline to chin: the reader's and the mesh's inputs are about that
COMPANY = 0.4  # a second face of this share of the first is a second subject, below it a passer-by
SHARP = 1.43  # fine against coarse edges, surely blurred; good photos 1.6 and more
SOFT = 1.62  # blurred if the eyes have no contrast either: noise and stripes feign sharpness
SOFT_EYES = 0.16
UNSEEN_SHARP = 1.75  # the same where the mesh did not lock on: a mask or sunglasses leave other edges
DARK = 60  # brightest 2 % of the face, whites of eyes included; good photos 100 and more on the darkest skin
BLACK = 0.5  # share of skin at 12 of 255 or less
BLOWN = 0.2  # share of skin with two channels clipped
EYES = 0.13  # contrast within the eye opening against the cheek; good photos 0.18 and more
WHITES = 0.55  # brightest of the eye opening against the cheek; good photos 0.74 and more
BLOWN_PERSON = 0.4  # the same of the whole person, where no face can be found any more
WHITE = 0.75  # the same of everything
COVERED = 0.0  # logit of the covered-face score
VIVID = 0.03  # share of lit skin with a saturation over 0.92; good photos have none
CHROMA = 38.5  # C* of skin; good photos 37 and less under the warmest lamp
SMOOTH = 0.02  # texture of skin against the picture's edges
TINT = 11.5  # a*b* between the cheeks
SHADOW = 50.0  # L* between the cheeks
GAPE = 0.185  # lips apart, in eye distances: more than a hearty laugh
ROUND_GAPE, ROUND = 0.10, 0.24  # or less, if the mouth is narrow: lips apart, and that against its width
BUSY = 5.0  # edges of the backdrop; rooms out of focus have 2 and less, clutter 11 and more
OLD_MONTHS = 24


def reasons(m: Measures) -> tuple[Reason, ...]:
    """Refusals and advice for a photo whose face was found; the most basic fault comes first."""
    found = [*_blocking(m)]
    if not found:
        found += _advice(m)
    return tuple(found)


def unseen(whole: Measures, hidden: Measures | None) -> tuple[Reason, ...]:
    """Refusals for a photo without a sure face; ``hidden`` are the measures of a doubtful one."""
    if whole["whole_bright"] < DARK:
        return (refusal("too_dark"),)
    if whole["whole_blown"] > BLOWN_PERSON:
        return (refusal("blown"),)
    if whole["whole_clipped"] > WHITE:
        return (refusal("blown"),)
    if hidden is not None and hidden["sharp"] < UNSEEN_SHARP and hidden["eye_spread"] < SOFT_EYES:
        return (refusal("blurred"),)
    if hidden is not None:
        faults = _blocking({**hidden, "face_height": float("inf")})
        if faults:
            return tuple(faults)
    return (refusal("no_face"),)


def _blocking(m: Measures) -> list[Reason]:
    if m.get("company", 0.0) >= COMPANY:
        return [refusal("several_faces")]
    if m["face_height"] < LEAST_FACE:
        return [refusal("too_small", least=LEAST_FACE)]
    if dark(m):
        return [refusal("too_dark")]
    if m["blown"] > BLOWN:
        return [refusal("blown")]
    if blurred(m):
        return [refusal("blurred")]
    found = []
    if m["eye_spread"] < EYES or m["eye_white"] < WHITES:
        found.append(refusal("eyes_hidden"))
    if covered(m) > COVERED:
        found.append(refusal("face_covered"))
    return found


def dark(m: Measures) -> bool:
    return m["bright"] < DARK or m["black"] > BLACK


def blurred(m: Measures) -> bool:
    return m["sharp"] < SHARP or (m["sharp"] < SOFT and m["eye_spread"] < SOFT_EYES)


def covered(m: Measures) -> float:
    """Logit that cloth or a hand hides mouth and chin: another colour than the nose bridge, no lips in it."""
    return 0.12 * (m["jump"] - 15) + 12 * (0.09 - m["lip_spread"]) + 0.12 * (11 - m["presence"])


def _advice(m: Measures) -> list[Reason]:
    found = []
    if max(m["saturated"] / VIVID, m["chroma"] / CHROMA) > 1 or m["texture"] < SMOOTH:
        found.append(advice("heavy_filter"))
    elif m["tint"] > TINT or abs(m["light"]) > SHADOW:  # a filter would exaggerate the tint
        found.append(advice("mixed_light"))
    if m.get("busy", 0.0) > BUSY:
        found.append(advice("busy_background"))
    if agape(m):
        found.append(advice("extreme_expression"))
    return found


def agape(m: Measures) -> bool:
    gap = m["mouth_open"]
    return gap > GAPE or (gap > ROUND_GAPE and gap > ROUND * m["mouth_width"])


def old(taken: Month | None, now: Month | None) -> bool:
    """Whether more than two years lie between the months."""
    if taken is None or now is None:
        return False
    return (now[0] - taken[0]) * 12 + now[1] - taken[1] > OLD_MONTHS
