"""Headscarf, turban and mask: cloth laid over a person's head as it is in this picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .colours import albedo
from .head import Head
from .regions import smooth
from .wardrobe import COVERING, Mesh, grid_triangles, outward

Array = NDArray[np.float64]


def _draped(head: Head, points: Array, normals: Array, where: NDArray[np.bool_], off: Array, rgb: ArrayLike) -> Mesh:
    """The part of the head's surface at ``where``, ``off`` cm outside it."""
    triangles = head.triangles[where[head.triangles].all(1)]
    used = np.unique(triangles)
    place = np.zeros(head.count, np.int64)
    place[used] = np.arange(len(used))
    lifted = points[used] + normals[used] * off[used, None]
    return Mesh(lifted, normals[used], place[triangles], albedo(rgb), COVERING, False, phase=2.0)


def headscarf(head: Head, points: Array, normals: Array, rgb: ArrayLike) -> Mesh:
    """A scarf over hair, ears and neck that leaves the face free."""
    masks = head.regions
    y, z = masks.y, masks.z
    where = (masks.over_hairline > -0.6) | (y < -8.2) | ((z < 2.6) & (y < 6)) | ((y < -6.4) & (z < 8.4))
    where = ((where & head.skin & ~masks.ear) & (y > -19)) | masks.ear
    mesh = _draped(head, points, normals, where, 0.75 + 0.35 * smooth(0, -8, y), rgb)
    used = np.unique(head.triangles[where[head.triangles].all(1)])
    shape = mesh.points
    shape[masks.ear[used], 0] = np.clip(shape[masks.ear[used], 0], -8.6, 8.6)
    low = smooth(-5, -11, y[used])
    shape[:, 0] *= 1 + 0.25 * low * smooth(-17, -12, y[used])
    shape[:, 2] += 0.8 * low
    return mesh


def mask(head: Head, points: Array, normals: Array, rgb: ArrayLike = (150, 185, 205)) -> Mesh:
    """A surgical mask from the bridge of the nose to under the chin."""
    masks = head.regions
    where = head.skin & (masks.y < 1.6 - 0.1 * masks.side) & (masks.y > -7.9) & (masks.z > 5.2) & (masks.side < 6)
    return _draped(head, points, normals, where, np.full(head.count, 0.55), rgb)


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
