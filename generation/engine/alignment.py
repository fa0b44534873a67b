"""Where a face lies in the reader's square: one template, one similarity fit, numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

# Shares of the square: picture-left eye, picture-right eye, nose tip, picture-left and picture-right mouth
# corner. Eyes 0.24 apart leave the hair, the chin and a scarf inside; nose and corners are the mean head's.
TEMPLATE: Array = np.array([[0.38, 0.45], [0.62, 0.45], [0.5, 0.553], [0.408, 0.64], [0.592, 0.64]])


def umeyama(points: ArrayLike, size: int, template: Array = TEMPLATE) -> Array:
    """(2, 3) similarity that carries (5, 2) points, in pixels, onto the (5, 2) template of a ``size`` square.

    Least squares over rotation, uniform scale and shift, never a mirror (Umeyama 1991, eq. 40-42).
    Raises ValueError when the points coincide.
    """
    source = np.asarray(points, np.float64)
    target = template * size
    from_mean, to_mean = source.mean(0), target.mean(0)
    centred = source - from_mean
    spread = float((centred**2).sum())
    if spread < 1e-9:
        raise ValueError("five different points are needed to align a face")
    u, singular, vt = np.linalg.svd((target - to_mean).T @ centred)
    keep = np.array([1.0, np.sign(np.linalg.det(u @ vt))])
    turn = (u * keep) @ vt
    scale = float((singular * keep).sum()) / spread
    return np.column_stack([scale * turn, to_mean - scale * turn @ from_mean])


def five_of_68(points: ArrayLike) -> Array:
    """(68, 2) landmarks in the iBUG order -> the (5, 2) points that ``umeyama`` takes."""
    p = np.asarray(points, np.float64)
    return np.stack([p[36:42].mean(0), p[42:48].mean(0), p[30], p[48], p[54]])
