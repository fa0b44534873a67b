"""From colours as asked (sRGB) to the albedo that renders as them: the inverse of light.glsl's film curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

NOMINAL = 1.9  # light that falls on a surface which faces the camera, in every studio set-up

# CIELAB of lit skin on Monk's scale 1-10: the swatches' order and hue; the palest are lowered so that
# highlights survive, and all carry the red that skin has and printed swatches lack.
SKIN_LAB = (
    (85, 8, 12),
    (82, 9, 13.5),
    (79, 9.5, 15),
    (75, 10, 17.5),
    (68, 11.5, 19.5),
    (56, 13.5, 20.5),
    (44, 13.5, 19.5),
    (34, 12, 16),
    (26, 9, 12),
    (19.5, 5.5, 7.5),
)
HAIR: dict[str, tuple[float, float, float]] = {  # linear albedo
    "black hair": (0.012, 0.010, 0.010),
    "brown hair": (0.075, 0.040, 0.022),
    "auburn hair": (0.13, 0.040, 0.018),
    "red hair": (0.28, 0.080, 0.022),
    "blonde hair": (0.40, 0.28, 0.145),
    "grey hair": (0.21, 0.205, 0.20),
    "white hair": (0.62, 0.61, 0.59),
}
IRIS: dict[str, tuple[float, float, float]] = {
    "brown": (0.065, 0.028, 0.012),
    "dark brown": (0.026, 0.013, 0.008),
    "hazel": (0.10, 0.065, 0.024),
    "green": (0.065, 0.090, 0.045),
    "blue": (0.060, 0.115, 0.19),
    "grey": (0.115, 0.13, 0.145),
}


def linear(rgb: ArrayLike) -> Array:
    """sRGB 0-255 -> linear 0-1."""
    c = np.asarray(rgb, np.float64) / 255
    return np.asarray(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4))


def unfilmed(value: Array) -> Array:
    """Linear 0-1 on the picture -> the light that the film curve c (1 + c / 3.2) / (1 + c) turns into it."""
    gap = 1 - value
    return np.asarray(1.6 * (np.sqrt(gap * gap + 1.25 * value) - gap))


def lab_linear(lab: ArrayLike) -> Array:
    """CIELAB (D65) -> linear sRGB."""
    lightness, a, b = np.asarray(lab, np.float64)
    f = np.array([(lightness + 16) / 116 + a / 500, (lightness + 16) / 116, (lightness + 16) / 116 - b / 200])
    xyz = np.where(f > 6 / 29, f**3, (f - 4 / 29) * 3 * (6 / 29) ** 2) * [0.95047, 1, 1.08883]
    matrix = [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]
    return np.asarray(np.clip(np.array(matrix) @ xyz, 0.001, 1))


def albedo(rgb: ArrayLike, light: float = NOMINAL) -> Array:
    """Albedo that shows as ``rgb`` (0-255) where ``light`` falls."""
    return unfilmed(linear(rgb)) / light


def skin_albedo(tone: float) -> Array:
    """Albedo of skin for a tone on Monk's scale, 1-10."""
    scale = np.array(SKIN_LAB)
    lab = [np.interp(tone, np.arange(1, 11), scale[:, channel]) for channel in range(3)]
    return unfilmed(lab_linear(lab)) / (0.9 * NOMINAL)  # a cheek is turned a little from the light
