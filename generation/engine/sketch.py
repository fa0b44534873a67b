"""Control images: a direction drawn as a picture, from the mean head, so that it carries nobody's identity.

Two styles. ``sketch`` is the understudy's: backdrop and garment as flat areas of the asked colours, a head
shaded from the side of the key light, features as lines (docs/decisions/0007). ``openpose`` is what SDXL's
published pose ControlNets were trained on: limbs and face points on black.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .geometry import BODY_SHARE, Camera, camera, rotation, turned
from .looks import COLOURS
from .types import Direction, Look, Rgb

Array = NDArray[np.float64]

LINES: tuple[tuple[range, bool, Rgb], ...] = (  # landmarks, closed, colour
    (range(0, 17), False, (250, 250, 250)),
    (range(17, 22), False, (250, 190, 0)),
    (range(22, 27), False, (250, 190, 0)),
    (range(27, 31), False, (0, 220, 60)),
    (range(31, 36), False, (0, 220, 60)),
    (range(36, 42), True, (0, 110, 250)),
    (range(42, 48), True, (0, 110, 250)),
    (range(48, 60), True, (240, 30, 30)),
    (range(60, 68), True, (120, 0, 0)),
)
CRANIUM = (np.array([0.0, 4.6, 0.6]), np.array([7.7, 10.0, 9.6]))  # centre and radii, cm
NECK = ((-6.5, 5.4), (-9.5, 5.8), (-13.0, 7.5))  # height, half width
SHOULDERS = (
    (-9.8, 6.6),
    (-11.4, 9.0),
    (-12.9, 12.4),
    (-14.3, 16.0),
    (-16.2, 18.9),
    (-19.0, 20.6),
    (-60.0, 21.5),
)
BODY_DEPTH = -2.3
SHADING = {"soft": 38.0, "hard": 100.0}  # grey levels from the middle of the head to its lit edge


@cache
def _mean_head() -> dict[str, Array]:
    table = json.loads((Path(__file__).parent / "mean_head.json").read_text())
    return {name: np.array(points) for name, points in table.items() if name != "source"}


def landmarks(
    direction: Direction, size: int, *, fov: float = 18.0, shift: tuple[float, float] = (0.0, 0.0)
) -> Array:
    """(68, 2) pixels where the mean head's landmarks lie in a picture shot as directed."""
    points = _mean_head()[direction.expression]
    return camera(direction, fov=fov, shift=shift).project(_posed(points, _head(direction)), size)


def _head(direction: Direction) -> Array:
    return turned(rotation(direction.yaw, direction.pitch, direction.roll))


def _posed(points: Array, matrix: Array) -> Array:
    moved: Array = points @ matrix[:3, :3].T + matrix[:3, 3]
    return moved


def _cranium() -> Array:
    around, along = np.meshgrid(np.linspace(0, 2 * np.pi, 24), np.linspace(-np.pi / 2, np.pi / 2, 12))
    unit = np.stack([np.cos(along) * np.sin(around), np.sin(along), np.cos(along) * np.cos(around)], -1)
    points: Array = CRANIUM[0] + unit.reshape(-1, 3) * CRANIUM[1]
    return points


def _hull(points: Array) -> list[tuple[float, float]]:
    """Convex hull of (n, 2) points, by Andrew's monotone chain."""
    ordered = sorted(map(tuple, points))

    def half(sequence: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
        chain: list[tuple[float, ...]] = []
        for p in sequence:
            while len(chain) > 1 and _cross(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        return chain[:-1]

    return [(x, y) for x, y in half(ordered) + half(ordered[::-1])]


def _cross(o: tuple[float, ...], a: tuple[float, ...], b: tuple[float, ...]) -> float:
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


def _outline(
    rings: tuple[tuple[float, float], ...], body: Array, view: Camera, size: int
) -> list[tuple[float, float]]:
    left = [(-half, height, BODY_DEPTH) for height, half in rings]
    right = [(half, height, BODY_DEPTH) for height, half in reversed(rings)]
    return [(x, y) for x, y in view.project(_posed(np.array(left + right), body), size)]


def draw_sketch(
    direction: Direction,
    backdrop: Rgb,
    garment: Rgb,
    size: int,
    *,
    fov: float = 18.0,
    shift: tuple[float, float] = (0.0, 0.0),
) -> Image.Image:
    """The understudy's control image, RGB (size, size)."""
    view = camera(direction, fov=fov, shift=shift)
    body = turned(rotation(direction.yaw * BODY_SHARE, 0, 0))
    face = landmarks(direction, size, fov=fov, shift=shift)
    image = Image.new("RGB", (size, size), backdrop)
    pen = ImageDraw.Draw(image)
    pen.polygon(_outline(NECK, body, view, size), fill=(110, 110, 110))
    pen.polygon(_outline(SHOULDERS, body, view, size), fill=garment)
    skull = view.project(_posed(_cranium(), _head(direction)), size)
    hull = _hull(np.concatenate([skull, face]))
    image.paste(_shaded(direction, hull, size), mask=_filled(hull, size))
    width = max(1, round(size / 128))
    for indices, closed, colour in LINES:
        line = [(float(x), float(y)) for x, y in face[list(indices)]]
        pen.line(line + line[: int(closed)], fill=colour, width=width)
    return image


def _filled(hull: list[tuple[float, float]], size: int) -> Image.Image:
    mask = Image.new("L", (size, size))
    ImageDraw.Draw(mask).polygon(hull, fill=255)
    return mask


def _shaded(direction: Direction, hull: list[tuple[float, float]], size: int) -> Image.Image:
    left, right = min(x for x, _ in hull), max(x for x, _ in hull)
    swing = SHADING[direction.light]
    if direction.light_side == "front":
        row = np.full(size, 128 + swing)
    else:
        across = (np.arange(size) + 0.5 - (left + right) / 2) / max(right - left, 1) * 2
        row = 128 + swing * across * (1 if direction.light_side == "right" else -1)
    grey = np.broadcast_to(row.clip(0, 255).astype(np.uint8)[None, :, None], (size, size, 3))
    return Image.fromarray(np.ascontiguousarray(grey))


# OpenPose's body drawing (COCO order): (from, to, colour); points as in ``_keypoints``.
_LIMBS: tuple[tuple[str, str, Rgb], ...] = (
    ("neck", "right shoulder", (255, 0, 0)),
    ("neck", "left shoulder", (255, 85, 0)),
    ("neck", "nose", (0, 0, 255)),
    ("nose", "right eye", (85, 0, 255)),
    ("right eye", "right ear", (170, 0, 255)),
    ("nose", "left eye", (255, 0, 255)),
    ("left eye", "left ear", (255, 0, 170)),
)


def draw_openpose(direction: Direction, size: int) -> Image.Image:
    """Limbs and face points as SDXL's pose ControlNets expect them, RGB (size, size)."""
    view, head = camera(direction), _head(direction)
    body = turned(rotation(direction.yaw * BODY_SHARE, 0, 0))
    face = landmarks(direction, size)
    shoulders = view.project(
        _posed(np.array([[0, -11, -2], [-16, -14, -2], [16, -14, -2]], float), body), size
    )
    ears = view.project(_posed(np.array([[-7.6, 3.0, 1.0], [7.6, 3.0, 1.0]]), head), size)
    points = {
        "nose": face[30],
        "neck": shoulders[0],
        "right shoulder": shoulders[1],  # the subject's right is the picture's left
        "left shoulder": shoulders[2],
        "right eye": face[36:42].mean(0),
        "left eye": face[42:48].mean(0),
        "right ear": ears[0],
        "left ear": ears[1],
    }
    image = Image.new("RGB", (size, size))
    pen = ImageDraw.Draw(image)
    for start, end, (r, g, b) in _LIMBS:
        ends = [tuple(map(float, points[start])), tuple(map(float, points[end]))]
        pen.line(ends, fill=(r * 3 // 5, g * 3 // 5, b * 3 // 5), width=max(2, size // 100))
    dot = max(1, size // 400)
    for x, y in face:
        pen.ellipse((x - dot, y - dot, x + dot, y + dot), fill=(255, 255, 255))
    return image


def control_image(look: Look, direction: Direction, size: int, style: str = "sketch") -> Image.Image:
    """What ControlNet is shown for a look shot in a direction; ``style`` is the model's (see above)."""
    if style == "openpose":
        return draw_openpose(direction, size)
    return draw_sketch(direction, COLOURS[look.backdrop_colour], COLOURS[look.outfit_colour], size)
