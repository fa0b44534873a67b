"""Meshes that a person wears: clothes on the body, glasses and coverings on the head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from generation.engine.types import Rgb

from .colours import albedo
from .head import Head
from .people import Person
from .regions import smooth

Array = NDArray[Any]
Triangles = NDArray[np.int64]

CLOTH, HARD, TRIM, COVERING = 5.0, 6.0, 7.0, 8.0  # materials of surface.frag.glsl
OUTER, SHIRT, TIE = np.eye(3)  # a trim's colour is one of the scene's three cloth colours

# Height at which an outfit's neckline ends; below everything where it has none.
OPENINGS = {"blazer and shirt": -23.0, "suit and tie": -22.0, "shirt": -15.6, "sweater": -16.5}
NO_OPENING = -99.0


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles of one material; ``on_body`` says whether they turn with the shoulders or the head."""

    points: Array
    normals: Array
    triangles: Triangles
    colour: Array  # (3,) linear albedo, or the trim's choice
    material: float
    on_body: bool
    occlusion: Array | None = None  # (n,) 0-1; fully open when absent
    phase: float = 0.0  # shifts the pattern, or the strength of highlights

    def packed(self) -> NDArray[np.float32]:
        """(n, 15) vertices: position, normal, colour, shine, rest, material, occlusion."""
        n = len(self.points)
        occlusion = np.ones(n) if self.occlusion is None else self.occlusion
        colour = np.broadcast_to(np.append(self.colour, self.phase), (n, 4))
        kind = np.c_[np.full(n, self.material), occlusion]
        return np.concatenate([self.points, self.normals, colour, self.points, kind], 1).astype(np.float32)


def grid_triangles(rows: int, columns: int, *, closed: bool) -> Triangles:
    """Triangles of a rows x columns grid of vertices; closed joins the last column to the first."""
    index = np.arange(rows * columns).reshape(rows, columns)
    right = np.roll(index, -1, 1)
    a, b, c, d = index[:-1], index[1:], right[1:], right[:-1]
    if not closed:
        a, b, c, d = a[:, :-1], b[:, :-1], c[:, :-1], d[:, :-1]
    pairs = (np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3))
    return np.concatenate(pairs)


def outward(points: Array, triangles: Triangles, middle: ArrayLike) -> Array:
    """(n, 3) unit normals of a mesh, on the side away from ``middle``."""
    a, b, c = (points[triangles[:, i]] for i in range(3))
    faces = np.cross(b - a, c - a)
    corner = triangles.ravel()
    total: Array = np.stack(
        [np.bincount(corner, np.repeat(faces[:, i], 3), len(points)) for i in range(3)], 1
    )
    total /= np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9)
    sign = 1.0 if float((total * (points - np.asarray(middle))).sum()) >= 0 else -1.0
    return np.asarray(total * sign)


def _rings(outfit: str, shoulders: float) -> Array:
    """(k, 5) rings down the body: height, half width, half depth, centre z, tilt."""
    top = [(-9.6, 6.9, 6.6, -2.2, -1.7)]
    if outfit == "turtleneck":
        top = [(-6.2, 6.0, 5.9, -2.2, -1.3), (-8.3, 6.3, 6.2, -2.2, -1.5)]
    elif outfit == "blouse":
        top = [(-11.0, 8.4, 7.2, -2.2, -1.2)]
    k = shoulders
    body = [
        (-11.4, 9.0 * k, 7.9, -2.4, -1.6),
        (-12.9, 12.4 * k, 8.9, -2.5, -1.4),
        (-14.3, 16 * k, 9.7, -2.6, -1.0),
        (-16.2, 18.9 * k, 10.4, -2.6, -0.6),
        (-19, 20.6 * k, 11.0, -2.6, -0.2),
        (-24, 21.2 * k, 11.6, -2.5, 0),
        (-34, 21 * k, 12.0, -2.3, 0),
        (-60, 20 * k, 12.0, -2.0, 0),
    ]
    return np.array(top + body)


def _torso(outfit: str, person: Person) -> Mesh:
    rings = _rings(outfit, person.shoulders)
    steps = np.linspace(0, len(rings) - 1, len(rings) * 4)
    fine = np.stack([np.interp(steps, np.arange(float(len(rings))), rings[:, j]) for j in range(5)], 1)
    for _ in range(2):
        fine[1:-1] = (fine[:-2] + 2 * fine[1:-1] + fine[2:]) / 4
    turn = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    c, s = np.cos(turn), np.sin(turn)
    x, z = np.sign(s) * np.abs(s) ** 0.86, np.sign(c) * np.abs(c) ** 0.86
    height, wide, deep, centre, tilt = (fine[:, j : j + 1] for j in range(5))
    points = np.stack([wide * x, height + tilt * c, centre + deep * z], -1).reshape(-1, 3)
    triangles = grid_triangles(len(fine), len(turn), closed=True)
    shade = smooth(-6, -12, points[:, 1]) * 0.4 + 0.6
    normals = outward(points, triangles, [0, -30, -2.3])
    phase = float(np.random.default_rng(person.seed + 5).random() * 50)
    return Mesh(points, normals, triangles, OUTER, CLOTH, True, shade, phase)


def _collar(colour: Array, gap: tuple[float, float]) -> Mesh:
    """A folded collar: stand, fold and leaf; ``gap`` is the half angle open at the front, top and bottom."""
    share = np.linspace(-1, 1, 90)
    stand = ((5.6, 2.4), (6.0, 0.1), (6.35, 0.0), (6.7, 0.6))
    rows = [_collar_row(share, radius, drop, gap[0], 0.0) for radius, drop in stand]
    rows += [
        _collar_row(share, 6.7 + 1.0 * t, 0.6 + 2.2 * t, gap[0] + (gap[1] - gap[0]) * t, t)
        for t in np.linspace(0.25, 1, 4)
    ]
    points = np.concatenate(rows)
    triangles = grid_triangles(len(rows), len(share), closed=False)
    shade = np.repeat([0.5, 0.85, 0.9, 0.95, 1, 1, 1, 1], len(share))
    return Mesh(points, outward(points, triangles, [0, -9, -2.2]), triangles, colour, TRIM, True, shade, 3.0)


def _collar_row(share: Array, radius: float, drop: float, opening: float, leaf: float) -> Array:
    turn = np.pi + share * (np.pi - np.radians(opening))
    front = np.cos(turn)
    point = smooth(0.45, 0.97, front) * leaf
    height = -7.7 - 1.5 * front - drop - 1.9 * point
    reach = radius + 2.3 * point
    return np.stack([reach * np.sin(turn) * 1.02, height, -2.2 + reach * front], -1)


def _knot() -> Mesh:
    """The knot of a tie, between the leaves of the collar."""
    turn = np.linspace(-np.pi / 2, np.pi / 2, 13)
    rows = []
    for t in np.linspace(0, 1, 7):
        half, depth = 1.5 - 0.55 * t, 1.0 * np.sin(np.pi * (0.15 + 0.7 * t)) + 0.25
        z = 4.5 + 1.5 * t + depth * np.cos(turn)
        rows.append(np.stack([half * np.sin(turn), np.full_like(turn, -9.3 - 2.7 * t), z], -1))
    points = np.concatenate(rows)
    triangles = grid_triangles(7, len(turn), closed=False)
    return Mesh(points, outward(points, triangles, [0, -10.6, 2]), triangles, TIE, TRIM, True)


def garment(outfit: str, person: Person) -> list[Mesh]:
    """The clothes of one person on their shoulders; colours are the scene's and come later."""
    meshes = [_torso(outfit, person)]
    if outfit == "suit and tie":
        meshes += [_collar(SHIRT, (2.5, 17)), _knot()]
    elif outfit == "blazer and shirt":
        meshes.append(_collar(SHIRT, (9, 22)))
    elif outfit == "shirt":
        meshes.append(_collar(OUTER, (12, 24)))
    return meshes


def _tube(
    path: ArrayLike, radius: float, *, closed: bool = False, sides: int = 6
) -> tuple[Array, Array, Triangles]:
    line = np.asarray(path, float)
    along = np.roll(line, -1, 0) - np.roll(line, 1, 0)
    if not closed:
        along[0], along[-1] = line[1] - line[0], line[-1] - line[-2]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    u = np.cross(along, [0.13, 0.97, 0.2])
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    w = np.cross(along, u)
    turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    normals = u[:, None] * np.cos(turn)[None, :, None] + w[:, None] * np.sin(turn)[None, :, None]
    points = line[:, None] + radius * normals
    if closed:
        points, normals = (np.concatenate([v, v[:1]]) for v in (points, normals))
    triangles = grid_triangles(len(points), sides, closed=True)
    return points.reshape(-1, 3), normals.reshape(-1, 3), triangles


def glasses(head: Head, shaped: Array, style: str, rgb: Rgb, *, dark: bool = False) -> list[Mesh]:
    """Frames that sit on a person's neutral face; ``dark`` adds sunglass lenses."""
    marks = shaped[head.landmarks]
    thick = 0.085 if style == "thin glasses" else 0.16
    half = (2.35, 2.2) if style == "round glasses" else (2.7, 1.9)
    power = 2 / (2.0 if style == "round glasses" else 3.6)
    front = max(float(marks[[37, 38, 43, 44], 2].max()) + 0.9, float(marks[27, 2]) + 0.15)
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    colour, parts = albedo(rgb), []

    def add(path: ArrayLike, *, closed: bool = False) -> None:
        parts.append(Mesh(*_tube(path, thick, closed=closed), colour, HARD, False))

    centres = []
    for first, last in ((36, 42), (42, 48)):
        x0, y0, _ = marks[first:last].mean(0)
        x = x0 * 1.04 + np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** power * half[0]
        y = y0 - 0.35 + np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** power * half[1]
        rim = np.stack([x, y, front - 0.025 * x * x], -1)
        add(rim, closed=True)
        centres.append((x0 * 1.04, y0 - 0.35))
        if dark:
            parts.append(_lens(rim))
    (low_x, low_y), (high_x, high_y) = sorted(centres)
    inner = (low_x + half[0], high_x - half[0])
    add([[inner[0], low_y + 0.5, front], [0, low_y + 0.95, front + 0.15], [inner[1], high_y + 0.5, front]])
    part = head.part["neck"]
    level = np.abs(head.mean[part][:, 1] - 4) < 1.5
    ear = max(float(np.abs(shaped[part][level, 0]).max()), 7.4)
    for (x0, y0), side in (((low_x, low_y), -1), ((high_x, high_y), 1)):
        hinge = x0 + side * half[0]
        bend = [side * (ear + 0.1), y0 + 0.8, 5.5]
        add([[hinge, y0 + 0.7, front - 0.025 * hinge**2], bend, [side * (ear + 0.25), y0 + 0.7, 0.0]])
    return parts


def _lens(rim: Array) -> Mesh:
    points = np.vstack([rim, rim.mean(0) + np.array([0, 0, 0.12])])
    n = len(rim)
    triangles = np.stack([np.arange(n), (np.arange(n) + 1) % n, np.full(n, n)], 1)
    normals = np.tile([0.0, 0.0, 1.0], (n + 1, 1))
    return Mesh(points, normals, triangles, np.full(3, 0.006), HARD, False)
