"""Colours of a face's skin and of the light on it: filters, lamps of two colours, the side that is lit."""

from __future__ import annotations

import cv2
import numpy as np

from . import segment
from .skin import lab
from .view import EYES_APART, VIEW, Array, View

ROUNDS = 20  # of reweighting: the tint's slope is steady to 0.01 after a dozen
SPARSE = 3  # every third pixel is enough, the colours are smoothed over as many


def colour(view: View) -> dict[str, float]:
    """Saturation clipped by filters, skin smoothed by them, and how unlike the light of both sides is.

    ``saturated``: share of lit skin with a saturation over 0.92; ``texture``: of the skin against the edges;
    ``chroma``: C* of the skin; ``tint`` and ``shadow``: see there.
    """
    values = np.asarray(view.pixels, np.float64)[view.skin]
    top, low = values.max(1, initial=0), values.min(1, initial=255)
    lit = top > 40
    texture = np.abs(view.luma - cv2.GaussianBlur(view.luma, (0, 0), 1.5))
    flat = float(np.median(texture[view.skin])) if view.skin.any() else 0.0
    colours = lab(view.pixels)
    return {
        "saturated": float(np.mean((top - low)[lit] > 0.92 * top[lit])) if lit.any() else 0.0,
        "texture": flat / max(float(np.quantile(texture, 0.97)), 1e-6),
        "chroma": float(np.median(np.hypot(*colours[view.skin].T[1:]))) if view.skin.any() else 0.0,
        "tint": tint(view),
        "shadow": shadow(view),
    }


def shadow(view: View) -> float:
    """L* of the picture-left cheek over the other's; 0 where a turn hides either."""
    cheeks = (segment.LEFT_CHEEK, segment.RIGHT_CHEEK)
    regions = [segment.region(view.landmarks, cheek, (VIEW, VIEW)) for cheek in cheeks]
    if any(region.sum() <= 40 for region in regions):
        return 0.0
    left, right = (float(np.median(lab(view.pixels[region])[:, 0])) for region in regions)
    return left - right


def tint(view: View) -> float:
    """How much the light's colour changes across the face, per distance of the eyes; two lamps 0.55 and more.

    The colour is (log red over green, log blue over green) of linear light: lamp and skin add up in it, and
    the skin's own tone, the same on both sides, falls out of the slope. A plane is fitted to the skin above
    the mouth by least absolute deviations (reweighted least squares), so that a strand of hair, glasses, or
    the wall behind a turned head, which are few pixels of another colour, do not tilt it.
    """
    skin = view.skin.copy()
    skin[int(np.clip(view.landmarks[2, 1], 0, VIEW - 1)) :] = (
        False  # no beard, it grows on one side of a profile
    )
    y, x = np.nonzero(skin[::SPARSE, ::SPARSE])
    if len(x) < 40:
        return 0.0
    smooth = cv2.GaussianBlur(view.pixels, (0, 0), 2)[::SPARSE, ::SPARSE][y, x]
    linear = np.log((np.asarray(smooth, np.float64) / 255) ** 2.2 + 0.003)
    colours = linear[:, [0, 2]] - linear[:, [1]]
    places = SPARSE * np.stack([x, y], 1) / EYES_APART
    return float(np.hypot(*_plane(places - places.mean(0), colours)[1]))


def _plane(places: Array, values: Array) -> Array:
    """(3, k): constant, slope along x, slope along y of (n, k) values, by least absolute deviations."""
    design = np.c_[np.ones(len(places)), places]
    weight = np.ones(len(places))
    fit = np.zeros((3, values.shape[1]))
    for _ in range(ROUNDS):
        weighted = design * weight[:, None]
        fit = np.linalg.solve(weighted.T @ design + 1e-9 * np.eye(3), weighted.T @ values)
        weight = 1 / np.maximum(np.abs(values - design @ fit).sum(1), 0.02)
    return np.asarray(fit)
