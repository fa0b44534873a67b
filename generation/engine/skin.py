"""Skin tone in CIELAB, and how far a headshot's skin stands from the same person's own photos."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

D65 = np.array([0.95047, 1.0, 1.08883])  # 2 degree observer, the white of sRGB
SRGB_TO_XYZ = np.array(  # IEC 61966-2-1
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
TRIM = (0.25, 0.85)  # lightness quantiles kept: shadow side, beard and highlights fall outside
CLIPPED = 250  # a channel at or above this has lost its hue
LIGHTNESS_WEIGHT = 2.0  # k_L of CIEDE2000: exposure differs between photos, hue and chroma should not
NEAREST = 1 / 3  # share of own photos that count as taken under like light


def lab(rgb: ArrayLike) -> Array:
    """(..., 3) sRGB in 0-255 -> (..., 3) CIELAB under D65, L* in 0-100."""
    coded = np.asarray(rgb, np.float64) / 255
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    ratio = linear @ SRGB_TO_XYZ.T / D65
    bent = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = bent[..., 0], bent[..., 1], bent[..., 2]
    return cast(Array, np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1))


def _turned(first: Array, second: Array) -> Array:
    """Hue angle from first to second in degrees, the short way round; opposite hues keep their order."""
    turn = second % 360 - first % 360
    return cast(Array, turn - 360 * (turn > 180 + 1e-9) + 360 * (turn < -180 - 1e-9))


def delta_e(first: ArrayLike, second: ArrayLike, *, lightness_weight: float = 1.0) -> Array:
    """CIEDE2000 between (..., 3) CIELAB arrays that broadcast; ``lightness_weight`` is the formula's k_L.

    Source: Sharma, Wu, Dalal, "The CIEDE2000 color-difference formula", Color Res. Appl. 30 (2005) 21-30.
    """
    one, two = np.broadcast_arrays(np.asarray(first, np.float64), np.asarray(second, np.float64))
    chroma = (np.hypot(one[..., 1], one[..., 2]) + np.hypot(two[..., 1], two[..., 2])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    a1, a2 = one[..., 1] * stretch, two[..., 1] * stretch
    c1, c2 = np.hypot(a1, one[..., 2]), np.hypot(a2, two[..., 2])
    h1, h2 = np.degrees(np.arctan2(one[..., 2], a1)), np.degrees(np.arctan2(two[..., 2], a2))
    turn = np.where(c1 * c2 == 0, 0.0, _turned(h1, h2))
    lightness, mean_c = (one[..., 0] + two[..., 0]) / 2, (c1 + c2) / 2
    # A colour without chroma has hue 0 here (arctan2), so the paper's sum of both hues is the other's hue.
    hue = np.radians(np.where(c1 * c2 == 0, h1 + h2, h1 + turn / 2) % 360)
    weight = (
        1
        - 0.17 * np.cos(hue - np.pi / 6)
        + 0.24 * np.cos(2 * hue)
        + 0.32 * np.cos(3 * hue + np.radians(6))
        - 0.20 * np.cos(4 * hue - np.radians(63))
    )
    s_l = 1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)
    d_l = (two[..., 0] - one[..., 0]) / (s_l * lightness_weight)
    d_c = (c2 - c1) / (1 + 0.045 * mean_c)
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2) / (1 + 0.015 * mean_c * weight)
    blue = np.radians(60 * np.exp(-(((np.degrees(hue) - 275) / 25) ** 2)))
    rotate = -np.sin(blue) * 2 * np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7))
    return cast(Array, np.sqrt(np.maximum(d_l**2 + d_c**2 + d_h**2 + rotate * d_c * d_h, 0)))


def ita(tone: ArrayLike) -> Array:
    """Individual typology angle in degrees of (..., 3) CIELAB skin: above 55 very light, below -30 dark.

    Source: Chardon, Cretois, Hourseau, Int. J. Cosmet. Sci. 13 (1991) 191-208.
    """
    skin = np.asarray(tone, np.float64)
    return cast(Array, np.degrees(np.arctan2(skin[..., 0] - 50, skin[..., 2])))


def tone(pixels: NDArray[np.uint8], mask: NDArray[np.bool_]) -> Array:
    """(3,) CIELAB of the skin in a (height, width, 3) picture where ``mask`` (height, width) is true.

    The median of the middle lightnesses: highlights, shadow, lashes and stray hair do not count.
    NaN where fewer than 30 usable pixels are left.
    """
    chosen = pixels[mask]
    chosen = chosen[(chosen.max(axis=-1) < CLIPPED) & (chosen.max(axis=-1) > 8)]
    if len(chosen) < 30:
        return np.full(3, np.nan)
    colours = lab(chosen)
    low, high = np.quantile(colours[:, 0], TRIM)
    middle = (colours[:, 0] >= low) & (colours[:, 0] <= high)
    return cast(Array, np.median(colours[middle], axis=0))


def like_light(skin: ArrayLike, own: ArrayLike) -> Array:
    """(3,) CIELAB: the person's skin in those of their (n, 3) photos whose light is most like ``skin``'s.

    Photos are taken under casts of every colour, so no single one is the truth: the third that is nearest
    in lightness (three at least) is taken, and its median.
    """
    photos = np.asarray(own, np.float64).reshape(-1, 3)
    photos = photos[np.isfinite(photos).all(axis=1)]
    if not len(photos):
        return np.full(3, np.nan)
    far = np.abs(photos[:, 0] - np.asarray(skin, np.float64)[0])
    count = max(3, round(NEAREST * len(photos)))
    return cast(Array, np.median(photos[np.argsort(far, kind="stable")[:count]], axis=0))


def shift(skin: ArrayLike, own: ArrayLike) -> float:
    """CIEDE2000 of a headshot's skin (3,) against own photos' (n, 3) under like light.

    NaN when either could not be measured. Lightness counts half (k_L = 2): it follows the exposure.
    """
    value = np.asarray(skin, np.float64)
    return float(delta_e(value, like_light(value, own), lightness_weight=LIGHTNESS_WEIGHT))
