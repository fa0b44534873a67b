"""Headscarf, turban and mask: cloth laid over a person's head as it is in this picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .colours import albedo
from .head import Head
from .regions import smooth
from .wardrobe import COVERING, Mesh, grid_triangles, outward

Array = NDArray[Any]


def _draped(
    head: Head, points: Array, normals: Array, where: NDArray[np.bool_], off: float, rgb: ArrayLike
) -> Mesh:
    """The part of the head's surface at ``where``, ``off`` cm outside it."""
    triangles = head.triangles[where[head.triangles].all(1)]
    used = np.unique(triangles)
    place = np.zeros(head.count, np.int64)
    place[used] = np.arange(len(used))
    lifted = points[used] + normals[used] * off
    return Mesh(lifted, normals[used], place[triangles], albedo(rgb), COVERING, False, phase=2.0)


# The scarf's edge down one side, from the forehead to the chin: shares of the skull's radii, then landmarks.
_FOREHEAD = ((0.0, 0.53), (0.36, 0.48), (0.66, 0.32), (0.84, 0.10))
_JAW = (1, 2, 3, 4, 5, 6, 7)


def _opening(head: Head, points: Array, centre: Array, radii: Array) -> Array:
    """(n, 3) closed edge of a scarf around the face; the lower half follows the jaw."""
    marks = points[head.landmarks]
    side = []
    for x, y in _FOREHEAD:
        depth = radii[2] * np.sqrt(max(1 - x * x - y * y, 0.0)) + 0.35
        side.append(centre + np.array([-x * radii[0], y * radii[1], depth]))
    side += [marks[i] * [0.97, 1, 1] + [0, -0.35, 0.35] for i in _JAW]
    other = [marks[16 - i] * [0.97, 1, 1] + [0, -0.35, 0.35] for i in reversed(_JAW)]
    other += [point * [-1, 1, 1] + [2 * centre[0], 0, 0] for point in reversed(side[1 : len(_FOREHEAD)])]
    loop = np.array([*side, marks[8] + [0, -0.6, 0.1], *other])
    ends = np.concatenate([loop[-2:], loop, loop[:3]])
    fine = np.linspace(2, 2 + len(loop), 96, endpoint=False)
    edge = np.stack([np.interp(fine, np.arange(len(ends)), ends[:, k]) for k in range(3)], 1)
    for _ in range(4):
        edge = (np.roll(edge, 1, 0) + 2 * edge + np.roll(edge, -1, 0)) / 4
    return edge


def _hood(edge: Array, centre: Array, radii: Array) -> list[Array]:
    """Rings from the edge, tucked under and rolled out, over the head to a point behind it."""
    middle = edge.mean(0)
    angle = np.arctan2(-(edge[:, 0] - centre[0]), edge[:, 1] - 2.5)
    top, bottom = centre[1] + radii[1] + 1.3, -10.0
    rings = [(edge - middle) * [0.97, 0.975, 1] + middle - [0, 0, 0.7], edge]
    for u in np.linspace(0.06, 1, 22):
        closing = np.sqrt(max(1 - max(0.0, (u - 0.42) / 0.58) ** 2, 0.0))
        x = centre[0] - (radii[0] + 1.35) * closing * np.sin(angle)
        y = (top + bottom) / 2 + (top - bottom) / 2 * closing * np.cos(angle)
        z = np.full_like(x, 5.5 - (radii[2] - centre[2] + 6.6) * u)
        share = float(smooth(0, 0.4, u))
        bulge = 1 + 0.045 * float(smooth(0, 0.1, u))
        near = (edge - middle) * bulge + middle - [0, 0, 2.2 * u]
        ring = near * (1 - share) + np.stack([x, y, z], 1) * share
        fold = 0.14 * np.sin(7 * angle + 9 * u) * smooth(0, 0.3, u) * closing
        rings.append(_clear(ring + (ring - middle) * fold[:, None] / radii[0], centre, radii + 0.7))
    return rings


def _clear(points: Array, centre: Array, radii: Array) -> Array:
    """Points pushed out of an ellipsoid; those below its middle are left to the neck."""
    scaled = (points - centre) / radii
    length = np.linalg.norm(scaled, axis=1, keepdims=True)
    inside = (length < 1) & (points[:, 1:2] > centre[1] - 2)
    return np.where(inside, centre + scaled / np.maximum(length, 1e-6) * radii, points)


def headscarf(
    head: Head, points: Array, centre: Array, radii: Array, shoulders: float, rgb: ArrayLike
) -> list[Mesh]:
    """A scarf over hair, ears and neck that leaves the face free, and its ends about the shoulders."""
    rings = _hood(_opening(head, points, centre, radii), centre, radii)
    shade = np.clip(0.55 + np.arange(len(rings)) * 0.12, 0, 1)
    return [_wound(np.stack(rings), centre, shade, rgb), _shawl(shoulders, rgb)]


def _wound(rings: Array, middle: ArrayLike, shade: Array, rgb: ArrayLike) -> Mesh:
    """Cloth of closed rings (rows, n, 3) with one occlusion value a ring."""
    rows, columns = rings.shape[:2]
    points, triangles = rings.reshape(-1, 3), grid_triangles(rows, columns, closed=True)
    normals, dark = outward(points, triangles, middle), np.repeat(shade, columns)
    return Mesh(points, normals, triangles, albedo(rgb), COVERING, False, dark, 1.0)


def _shawl(shoulders: float, rgb: ArrayLike) -> Mesh:
    """The scarf's ends: from under the chin, folded, out over the shoulders."""
    turn, k = np.linspace(0, 2 * np.pi, 72, endpoint=False), shoulders
    shape = np.array(  # height, half width, half depth, centre z, tilt
        [
            (-5.5, 7.2, 7.0, -0.8, 0.5),
            (-8.0, 7.4, 7.5, -0.2, -0.5),
            (-9.8, 7.8, 8.2, -0.2, -1.2),
            (-11.6, 9.2 * k, 8.9, -0.6, -1.8),
            (-13.2, 13.2 * k, 10.2, -1.4, -1.8),
            (-14.4, 17.2 * k, 11.1, -2.2, -1.5),
            (-15.4, 19.2 * k, 11.8, -2.5, -1.4),
        ]
    )
    steps = np.linspace(0, len(shape) - 1, 30)
    fine = np.stack([np.interp(steps, np.arange(len(shape)), shape[:, j]) for j in range(5)], 1)
    height, wide, deep, centre, tilt = (fine[:, j : j + 1] for j in range(5))
    fold = 1 + 0.02 * np.sin(5 * turn + 2.4 * height) + 0.015 * np.sin(11 * turn - 3 * height)
    x, z = wide * np.sin(turn) * fold, centre + deep * np.cos(turn) * fold
    rings = np.stack([x, height + tilt * np.cos(turn), z], -1)
    return _wound(rings, [0, -20, -1], np.clip(0.45 + np.arange(len(fine)) * 0.04, 0, 1), rgb)


def mask(head: Head, points: Array, normals: Array, rgb: ArrayLike = (150, 185, 205)) -> Mesh:
    """A surgical mask from the bridge of the nose to under the chin."""
    masks = head.regions
    where = head.skin & (masks.y < 1.6 - 0.1 * masks.side) & (masks.y > -7.9)
    where &= (masks.z > 5.2) & (masks.side < 6)
    return _draped(head, points, normals, where, 0.55, rgb)


def turban(centre: Array, radii: Array, rgb: ArrayLike) -> Mesh:
    """Cloth wound round the skull: its layers rise to a peak over the forehead."""
    turn = np.linspace(-np.pi, np.pi, 120, endpoint=False)
    rows = np.linspace(0, 1, 60)[:, None]
    front, back = np.maximum(np.cos(turn), 0), np.maximum(-np.cos(turn), 0)
    rim = centre[1] + 0.6 + 3.3 * front**1.3 - 3.6 * back
    top = centre[1] + radii[1] + 2.6
    layer = rows * 6.5 - 1.6 * np.exp(-((turn / 0.8) ** 2)) + 0.25 * np.sin(3 * turn)
    fold = layer - np.floor(layer)
    full = 0.15 + 1.9 * np.sin(np.pi * np.clip(rows, 0, 1)) ** 0.6 + 0.55 * np.sqrt(fold) * (1 - rows)
    around = np.cos(rows * np.pi / 2) ** 0.62
    height = rim + (top - rim) * np.sin(rows * np.pi / 2)
    x = centre[0] + (radii[0] + full) * around * np.sin(turn)
    z = centre[2] + (radii[2] + full) * around * np.cos(turn)
    points = np.stack([x, height, z], -1).reshape(-1, 3)
    triangles = grid_triangles(len(rows), len(turn), closed=True)
    normals = outward(points, triangles, centre)
    shade = (0.55 + 0.45 * np.sqrt(np.clip(1.4 - np.abs(fold - 0.5) * 2, 0, 1))).ravel()
    return Mesh(points, normals, triangles, albedo(rgb), COVERING, False, shade, 1.0)
