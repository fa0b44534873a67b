"""Where things are on the mean head: smooth masks per vertex for lips, brows, beard, hairline and folds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]

# Hairline height (cm) by angle from straight ahead (degrees): forehead, temple, sideburn, ear, nape.
_HAIRLINE_ANGLE = (0, 25, 42, 55, 68, 80, 92, 105, 118, 130, 145, 180)
_HAIRLINE_HEIGHT = (10.9, 10.8, 9.6, 7.6, 5.0, 2.4, 4.6, 6.0, 4.6, 0.6, -2.6, -3.6)


def smooth(start: float, end: float, x: ArrayLike) -> Array:
    """Hermite step from 0 at ``start`` to 1 at ``end``; the ends may be in either order."""
    t = np.clip((np.asarray(x) - start) / (end - start), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def path_distance(points: Array, path: Array) -> Array:
    """(n,) distance of (n, 3) points to a polyline (k, 3)."""
    nearest = np.full(len(points), np.inf)
    for a, b in zip(path[:-1], path[1:]):
        along = np.clip((points - a) @ (b - a) / max(float((b - a) @ (b - a)), 1e-9), 0, 1)
        nearest = np.minimum(nearest, np.linalg.norm(points - (a + along[:, None] * (b - a)), axis=1))
    return nearest.astype(np.float32)


def _inside(points: Array, polygon: Array) -> NDArray[np.bool_]:
    """Even-odd test of (n, 2) points in a (k, 2) polygon."""
    x, y = points.T
    result = np.zeros(len(points), bool)
    for (ax, ay), (bx, by) in zip(polygon, np.roll(polygon, -1, 0)):
        crosses = (ay > y) != (by > y)
        result ^= crosses & (x < (bx - ax) * (y - ay) / (by - ay + 1e-12) + ax)
    return result


class Regions:
    """Masks in 0-1, one value per vertex of the kept head; see the attribute names."""

    def __init__(self, points: Array, marks: Array, face: NDArray[np.bool_], skin: NDArray[np.bool_]) -> None:
        x, y, z = points.T
        self.x, self.side, self.y, self.z = x, np.abs(x), y, z
        self._lips(points, marks, face)
        self.brow = path_distance(points, marks[17:22])
        self.brow = np.where(face & (z > 6), np.minimum(self.brow, path_distance(points, marks[22:27])), 9)
        self._eyes(points, marks, face)
        self._flush(points, face, skin)
        self._hair(face, skin)
        self._beard(face)

    def _lips(self, points: Array, marks: Array, face: NDArray[np.bool_]) -> None:
        self.in_lips = _inside(points[:, :2], marks[48:60, :2]) & face & (self.z > 7)
        distance = path_distance(points, marks[[*range(48, 60), 48]])
        signed = np.where(self.in_lips, -distance, distance)
        self.lips_distance = np.where(self.in_lips, 0, distance)
        self.lips = smooth(0.22, -0.12, signed) * (face & (self.z > 8))
        self.lip_line = smooth(0.22, 0, path_distance(points, marks[[48, 60, 61, 62, 63, 64, 54]])) * face

    def _eyes(self, points: Array, marks: Array, face: NDArray[np.bool_]) -> None:
        def near(*rows: list[int], drop: float = 0.0) -> Array:
            paths = [path_distance(points, marks[row] - [0, drop, 0]) for row in rows]
            return np.asarray(np.minimum(*paths))

        self.lid = smooth(1.1, 0.2, near([36, 37, 38, 39], [42, 43, 44, 45])) * face
        self.lid_edge = smooth(0.3, 0.05, near([36, 37, 38, 39], [42, 43, 44, 45])) * face
        self.under_eye = smooth(1, 0.1, near([36, 41, 40, 39], [42, 47, 46, 45], drop=0.7)) * face

    def _flush(self, points: Array, face: NDArray[np.bool_], skin: NDArray[np.bool_]) -> None:
        def blob(centre: tuple[float, float, float], spread: tuple[float, float, float]) -> Array:
            return np.asarray(
                np.exp(-(((points - np.array(centre)) ** 2) / np.array(spread)).sum(1)), np.float32
            )

        self.cheek = np.maximum(blob((4.3, 0.6, 8.6), (6, 6, 6)), blob((-4.3, 0.6, 8.6), (6, 6, 6))) * face
        self.nose = blob((0, 0.2, 12.5), (3, 3, 3)) * face
        shine = blob((0, 8.5, 10), (16, 5, 8)) + blob((0, 1.5, 12), (1, 8, 4)) + 0.6 * self.cheek
        self.oil = np.clip(shine, 0, 1) * skin
        fold = np.array([[1.6, 0.2, 10.6], [2.9, -2, 10.2], [3.3, -4, 9.4]])
        self.fold = (
            smooth(0.5, 0, np.minimum(*(path_distance(points, fold * [s, 1, 1]) for s in (1, -1)))) * face
        )
        wrinkle = np.abs(
            self.y[:, None] - (7.6 + np.array([0, 0.9, 1.8]) + 0.15 * np.cos(self.x * 0.9)[:, None])
        )
        self.forehead = smooth(0.25, 0, wrinkle.min(1)) * smooth(5.5, 3, self.side) * face * (self.z > 5)
        self.ear = face & (self.side > 7.35) & (self.z < 3.6) & (self.y < 7) & (self.y > -4)

    def _hair(self, face: NDArray[np.bool_], skin: NDArray[np.bool_]) -> None:
        self.angle = np.degrees(np.arctan2(self.side, self.z - 0.6))
        self.over_hairline = self.y - np.interp(self.angle, _HAIRLINE_ANGLE, _HAIRLINE_HEIGHT)
        self.over_hairline[~skin | self.ear] = -9
        self.skin = skin

    def _beard(self, face: NDArray[np.bool_]) -> None:
        x, y, z = self.side, self.y, self.z
        cheek_line = np.interp(x, [0, 2.2, 3, 5, 6.5, 7.3], [-2, -2.4, -3.6, -3.2, -0.5, 3.5])
        beard = smooth(0.5, -0.5, y - cheek_line) * smooth(-9.4, -7.9, y - 0.12 * (z - 8))
        beard *= smooth(1, 3.2, z + 0.25 * (y + 9).clip(0)) * face * ~self.ear
        clear = smooth(0.12, 0.45, self.lips_distance)
        self.beard = beard * clear
        upper = smooth(0.2, -0.35, y + 1.5 + 0.16 * x) * smooth(3.1, 1.7, x) * (y > -3.7)
        self.moustache = upper * smooth(0.9, 1.1, z - 7.5) * face * clear

    def scalp(self, hairline: float, wave: float) -> Array:
        """Where hair grows; ``hairline`` in cm up, ``wave`` a phase that makes its edge irregular."""
        raised = self.over_hairline - hairline * smooth(70, 30, self.angle)
        return np.asarray(smooth(-0.15, 0.35, raised + 0.25 * np.sin(self.x * 2.3 + wave)) * self.skin)

    def beard_area(self, beard: str) -> Array:
        """Where a beard of that name grows; zero for none."""
        if beard == "no beard":
            return np.zeros_like(self.beard)
        if beard == "moustache":
            return np.asarray(self.moustache)
        if beard == "goatee":
            chin = self.beard * smooth(2.8, 2, self.side) * smooth(-1.5, -3, self.y)
            return np.asarray(np.clip(0.9 * self.moustache + chin, 0, 1))
        return np.asarray(np.clip(self.beard + self.moustache, 0, 1))
