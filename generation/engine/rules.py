"""What the measures of one photo mean: pure decisions, every threshold with its origin in one place.

Thresholds stand between good photos and spoiled ones of the even half of the people in
``benchmarks/verdicts.py``; recall and precision on the odd half are in ``benchmarks/results/verdicts.json``.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from .reasons import advice, refusal
from .types import Month, Reason

Measures = Mapping[str, float]

LEAST_FACE = 96  # pixels hairline to chin: the reader's and the mesh's inputs are about that
PLAUSIBLE = -1.5  # the mesh's presence logit from which a faultless doubtful face is taken for one
HEAD = 0.46  # score of the short-range detector; nobody has 0.41 and less, unlocked heads 0.51 and more
FAINT_HEAD, MANNED = (
    0.3,
    0.9,
)  # the same where the person mask fills the place; heads 0.97, walls 0, clothes 0.8
COMPANY = 0.4  # a second face of this share of the first is a second subject, below it a passer-by
SHARP = 1.43  # fine against coarse edges, surely blurred; good photos 1.6 and more
SOFT = 1.62  # blurred if the eyes have no contrast either: noise and stripes feign sharpness
SOFT_EYES = 0.16
# Where the mesh did not lock on: a mask or sunglasses leave other edges, and clipped skin none.
UNSEEN_SHARP, UNSEEN_EYES, UNSEEN_BLURRED, UNSEEN_BLOWN = 1.72, 0.16, 1.55, 0.5
DARK = 60  # brightest 2 % of the face, whites of eyes included; good photos 100 and more on the darkest skin
BLACK = 0.5  # share of skin at 12 of 255 or less
BLOWN = 0.2  # share of skin with two channels clipped
EYES = 0.11  # contrast within the eye opening against the cheek; good photos 0.18 and more
SQUINT, SQUINT_WHITES = 0.15, 0.80  # more contrast than that must come with whites
EYES_OVER_CLOTH = 0.10  # the same where the cheek is a bright mask
WHITES = 0.55  # brightest of the eye opening against the cheek; good photos 0.74 and more
NEARLY_WHITE, FLAT = 230, 0.015  # brightest of the face, texture of its skin
BLOWN_PERSON = 0.4  # the same of the whole person, where no face can be found any more
WHITE = 0.65  # the same of everything
PROFILE = 38.0  # degrees of yaw
DARK_GLASSES, LIPS = 0.52, 0.11  # whites behind tinted lenses; lips that no cloth covers
COVERED = 0.0  # logit of the covered-face score
VIVID = 0.03  # share of lit skin with a saturation over 0.92; good photos have none
CHROMA = 38.5  # C* of skin; good photos 37 and less under the warmest lamp
SMOOTH = 0.02  # texture of skin against the picture's edges
TINT = 0.45  # slope of the light's colour across the face; good photos 0.34 and less, two lamps 0.57 up
SHADOW = 50.0  # L* between the cheeks
EXTREME = 0.0  # logit of the extreme expression; smiles -1.1 and less, natural laughs -0.3
FULL_SMILE = 1.2  # smile measure beyond which more smile is no excuse for more gap
BUSY = 6.6  # edges of the backdrop; rooms out of focus have 2 and less, clutter 11 and more
OLD_MONTHS = 24


def reasons(m: Measures) -> tuple[Reason, ...]:
    """Refusals and advice for a photo whose face was found; the most basic fault comes first."""
    found = [*_blocking(m)]
    if not found:
        found += _advice(m)
    return tuple(found)


def unseen(whole: Measures, hidden: Measures | None) -> tuple[Reason, ...]:
    """Refusals for a photo without a sure face; ``hidden`` are the measures of a doubtful one.

    None at all means that the doubtful face is good enough: an open mouth or a profile, say.
    """
    if whole["whole_bright"] < DARK:
        return (refusal("too_dark"),)
    if whole["whole_blown"] > BLOWN_PERSON or whole["whole_clipped"] > WHITE:
        return (refusal("blown"),)
    if hidden is None or not somebody(hidden):
        return (refusal("no_face"),)
    if hidden["blown"] > UNSEEN_BLOWN:
        return (refusal("blown"),)
    if hidden["sharp"] < UNSEEN_BLURRED or (
        hidden["sharp"] < UNSEEN_SHARP and hidden["eye_spread"] < UNSEEN_EYES
    ):
        return (refusal("blurred"),)
    jump = max(hidden["jump"], hidden["nose_jump"])  # the mesh lies askew: one of the two is off the face
    faults = _blocking({**hidden, "jump": jump, "nose_jump": jump, "face_height": float("inf")})
    if faults or hidden["presence"] > PLAUSIBLE:
        return tuple(faults)
    return (refusal("no_face"),)


def somebody(hidden: Measures) -> bool:
    """Whether a doubtful face is one at all: the short-range detector or the mesh says so.

    A fainter score is enough where the person mask, too, sees somebody in that place.
    """
    manned = hidden["score"] >= FAINT_HEAD and hidden["person"] > MANNED
    return manned or hidden["score"] >= HEAD or hidden["presence"] > PLAUSIBLE


def _blocking(m: Measures) -> list[Reason]:
    if m.get("company", 0.0) >= COMPANY:
        return [refusal("several_faces")]
    if m["face_height"] < LEAST_FACE:
        return [refusal("too_small", least=LEAST_FACE)]
    if dark(m):
        return [refusal("too_dark")]
    hidden, cloth = eyes_hidden(m), covered(m) > COVERED
    if washed_out(m) or (m["blown"] > BLOWN and not cloth):  # a white mask is clipped, too
        return [refusal("blown")]
    if blurred(m):
        return [refusal("blurred")]
    return [refusal("eyes_hidden")] * hidden + [refusal("face_covered")] * cloth


def dark(m: Measures) -> bool:
    return m["bright"] < DARK or m["black"] > BLACK


def blurred(m: Measures) -> bool:
    return m["sharp"] < SHARP or (m["sharp"] < SOFT and m["eye_spread"] < SOFT_EYES)


def washed_out(m: Measures) -> bool:
    """Skin without any texture and nearly white: clipped light after a phone's contrast curve."""
    return m["texture"] < FLAT and m["bright"] > NEARLY_WHITE


def eyes_hidden(m: Measures) -> bool:
    """Neither contrast nor whites in the better seen eye; squinting in a laugh keeps the whites."""
    if covered(m) > COVERED:
        return m["eye_spread"] < EYES_OVER_CLOTH
    return (
        m["eye_white"] < WHITES
        or m["eye_spread"] < EYES
        or (m["eye_spread"] < SQUINT and m["eye_white"] < SQUINT_WHITES)
    )


def covered(m: Measures) -> float:
    """Logit that cloth hides nose, mouth and chin: both unlike the skin above, no lips, an unsure mesh.

    Logistic regression on the even people. A beard leaves the nose's tip bare, and so the colours alike.
    """
    jump = min(m["jump"], m["nose_jump"])
    logit = 1.98 * log(jump + 1) - 1.62 * log(m["lip_spread"] + 0.01) - 0.17 * m["presence"] - 5.72
    beyond = max(0.0, abs(m["yaw"]) - PROFILE)  # the nose's outline and the wall behind it get mixed
    glasses = m["eye_white"] < DARK_GLASSES and m["lip_spread"] > LIPS  # they darken the bridge compared with
    return logit - 0.08 * beyond - 4.0 * glasses


def _advice(m: Measures) -> list[Reason]:
    found = []
    if max(m["saturated"] / VIVID, m["chroma"] / CHROMA) > 1 or m["texture"] < SMOOTH:
        found.append(advice("heavy_filter"))
    elif m["tint"] > TINT or (
        abs(m["shadow"]) > SHADOW and abs(m["yaw"]) < PROFILE
    ):  # a filter would exaggerate the tint
        found.append(advice("mixed_light"))
    if m.get("busy", 0.0) > BUSY:
        found.append(advice("busy_background"))
    if extreme(m) > EXTREME:
        found.append(advice("extreme_expression"))
    return found


def extreme(m: Measures) -> float:
    """Logit that the mouth is open further than the smile explains, wide for it and under raised brows.

    Logistic regression on the even people: mouths open twice as far as in natural laughter and surprise.
    """
    smile = min(max(m["smile"], 0.0), FULL_SMILE)
    return 81.5 * m["mouth_open"] - 20.3 * smile + 16.3 * m["brow_height"] + 58.3 * m["mouth_width"] - 38.2


def old(taken: Month | None, now: Month | None) -> bool:
    """Whether more than two years lie between the months."""
    if taken is None or now is None:
        return False
    return (now[0] - taken[0]) * 12 + now[1] - taken[1] > OLD_MONTHS
