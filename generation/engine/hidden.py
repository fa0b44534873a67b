"""What hides a face: measures of the eye openings and of the lower face against the skin about them."""

from __future__ import annotations

import numpy as np

from . import segment
from .skin import lab
from .types import Floats
from .view import VIEW, Array, Mask, View

TURNED = 20.0  # degrees of yaw from which only the nearer eye is looked at


def coverings(view: View, yaw: float) -> dict[str, float]:
    """What the eye openings and the lower face show, against the skin between them.

    ``eye_spread`` and ``eye_white``: contrast and whites of the better seen eye against its own cheek;
    ``jump``: L*a*b* between the lower face and the nose bridge or forehead, whichever is nearer;
    ``nose_jump``: the same of the nose's tip, which a mask covers and a beard does not;
    ``lip_spread``: contrast within the lips. ``yaw`` tells which eye a turn hides.
    """
    luma, points, shape = view.luma, view.landmarks, (VIEW, VIEW)
    tone = _cheek_tone(luma, points, view.skin)
    sides = ((segment.LEFT_EYE, segment.LEFT_CHEEK), (segment.RIGHT_EYE, segment.RIGHT_CHEEK))
    near = sides[:1] if yaw > TURNED else sides[1:] if yaw < -TURNED else sides
    seen = [_eye(luma, points, eye, cheek, tone) for eye, cheek in near]
    lips = segment.region(points, segment.LIPS, shape)
    ring = segment.region(points, segment.LOWER_FACE, shape) & ~lips
    colours = lab(view.pixels)
    nose = segment.region(points, segment.NOSE_TIP, shape)
    upper = [segment.region(points, part, shape) for part in (segment.BRIDGE, segment.FOREHEAD)]
    return {
        "eye_spread": max(spread for spread, _ in seen),
        "eye_white": max(white for _, white in seen),
        "jump": min(_distance(colours, ring, part) for part in upper),
        "nose_jump": min(_distance(colours, nose, part) for part in upper),
        "lip_spread": float(np.std(luma[lips])) / tone if lips.any() else 0.0,
        "lip_red": _redder(colours, lips, ring),
    }


def _cheek_tone(luma: Array, points: Floats, skin: Mask) -> float:
    """Median grey level of the brighter cheek, at least 1."""
    cheeks = [luma[segment.region(points, c, luma.shape)] for c in (segment.LEFT_CHEEK, segment.RIGHT_CHEEK)]
    seen = [cheek for cheek in [*cheeks, luma[skin]] if cheek.size > 40]
    return max([1.0, *(float(np.median(cheek)) for cheek in seen[:2])])


def _eye(
    luma: Array, points: Floats, eye: tuple[int, ...], cheek: tuple[int, ...], tone: float
) -> tuple[float, float]:
    """Contrast within an eye's opening, and its whites, against the cheek below it (``tone`` where unseen).

    The own cheek, because in hard side light one half of a face lies in shadow, eye and all.
    """
    patch = luma[segment.region(points, eye, luma.shape, 1.5)]
    below = luma[segment.region(points, cheek, luma.shape)]
    if patch.size <= 20:
        return 0.0, 0.0
    level = max(float(np.median(below)), 1.0) if below.size > 40 else tone
    return float(np.std(patch)) / level, float(np.quantile(patch, 0.95)) / level


def _redder(colours: Array, first: Mask, second: Mask) -> float:
    """a* of the first region over the second: bare lips are redder than the skin or beard about them."""
    if not first.any() or not second.any():
        return 0.0
    return float(np.median(colours[first, 1]) - np.median(colours[second, 1]))


def _distance(colours: Array, first: Mask, second: Mask) -> float:
    if not first.any() or not second.any():
        return 0.0
    return float(np.linalg.norm(np.median(colours[first], 0) - np.median(colours[second], 0)))
