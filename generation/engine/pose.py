"""What a face mesh says without pixels: head pose, expression, eye openness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .geometry import rotation
from .types import Expression, Floats

Array = NDArray[np.float64]

# Mesh points that no expression moves, in a head's own axes (x right, y up, z to the camera), unit spread.
# Mean of the meshes of 126 frontal renders, turned back by their true pose, made symmetric.
# (index, y, z) on the middle line:
MIDDLE = (
    (10, 1.027, 0.149),
    (151, 0.765, 0.227),
    (9, 0.508, 0.284),
    (8, 0.347, 0.273),
    (168, 0.195, 0.280),
    (6, 0.051, 0.363),
    (197, -0.067, 0.458),
    (195, -0.174, 0.560),
    (5, -0.289, 0.664),
    (4, -0.433, 0.713),
    (1, -0.551, 0.683),
)
# (picture-left index, picture-right index, x, y, z):
SIDES = (
    (33, 263, 0.783, 0.059, -0.081),
    (133, 362, 0.302, 0.041, 0.017),
    (109, 338, 0.328, 1.015, 0.126),
    (67, 297, 0.607, 0.960, 0.019),
    (54, 284, 1.026, 0.663, -0.373),
    (127, 356, 1.184, -0.054, -0.925),
    (234, 454, 1.164, -0.304, -0.986),
    (93, 323, 1.141, -0.556, -0.977),
    (117, 346, 0.908, -0.223, -0.069),
    (48, 278, 0.317, -0.535, 0.421),
    (98, 327, 0.287, -0.653, 0.296),
    (50, 280, 0.845, -0.483, 0.050),
    (205, 425, 0.696, -0.619, 0.156),
)
INDICES = [i for i, _, _ in MIDDLE] + [i for left, right, *_ in SIDES for i in (left, right)]
CANONICAL: Array = np.array(
    [(0.0, y, z) for _, y, z in MIDDLE] + [(s * x, y, z) for *_, x, y, z in SIDES for s in (-1, 1)]
)
CANONICAL -= CANONICAL.mean(0)

PITCH_SCALE = 0.87  # the mesh exaggerates nods: least squares against the renders' true pitch
SLIGHT, BROAD = 0.28, 0.66  # smile measure: neutral below, smile above
BROWS = ((105, 159), (52, 159), (334, 386), (282, 386))  # brow and the upper lid below it, both eyes
LIDS = ((159, 145), (158, 153), (386, 374), (385, 380))  # upper and lower, both eyes


@dataclass(frozen=True)
class Pose:
    """Degrees, with the signs of ``Direction``."""

    yaw: float
    pitch: float
    roll: float


def _upright(landmarks: Floats) -> Array:
    return np.asarray(landmarks, np.float64) * [1, -1, -1]


def head_pose(landmarks: Floats) -> Pose:
    """Pose of (468, 3) mesh landmarks: the rigid turn that best fits ``CANONICAL`` (Kabsch 1976).

    On the rendered people: median error 1.4 degrees of yaw, 2.8 of pitch, 0.6 of roll; beyond 50 degrees
    of yaw the mesh reads some 5 to 9 too few.
    """
    points = _upright(landmarks)[INDICES]
    points -= points.mean(0)
    u, _, vt = np.linalg.svd(points.T @ CANONICAL)
    turn = u @ np.diag([1, 1, np.sign(np.linalg.det(u @ vt))]) @ vt
    yaw = np.arcsin(np.clip(-turn[2, 0], -1, 1))
    pitch = -np.arctan2(turn[2, 1], turn[2, 2])
    roll = -np.arctan2(turn[1, 0], turn[0, 0])
    return Pose(float(np.degrees(yaw)), float(np.degrees(pitch)) * PITCH_SCALE, float(np.degrees(roll)))


def _frontal(landmarks: Floats) -> Array:
    """The mesh turned to face the camera, y up, the outer eye corners one apart."""
    pose = head_pose(landmarks)
    points = _upright(landmarks) @ rotation(pose.yaw, pose.pitch / PITCH_SCALE, pose.roll)
    span = float(np.linalg.norm(points[263] - points[33]))
    return np.asarray(points / max(span, 1e-6), np.float64)


def smile(landmarks: Floats) -> float:
    """How much the mouth smiles: about 0 neutral, 0.45 slight, 0.9 and more with teeth.

    A linear fit on the renders' true expressions: a smile widens the mouth, draws its corners back towards
    the ears and lifts them over the lips' middle.
    """
    face = _frontal(landmarks)
    corners = (face[61] + face[291]) / 2
    width = face[291, 0] - face[61, 0]
    back = corners[2] - face[2, 2]
    rise = corners[1] - face[2, 1]
    lift = corners[1] - (face[13, 1] + face[14, 1]) / 2
    return float(2.689 * width - 3.624 * back + 0.828 * rise + 3.814 * lift - 1.712)


def expression(landmarks: Floats) -> Expression:
    value = smile(landmarks)
    if value < SLIGHT:
        return "neutral"
    return "slight smile" if value < BROAD else "smile"


def mouth_open(landmarks: Floats) -> float:
    """Gap between the lips in outer-eye-corner distances: 0 closed, 0.17 in a laugh."""
    face = _frontal(landmarks)
    return float(face[13, 1] - face[14, 1])


def mouth_width(landmarks: Floats) -> float:
    """Mouth corner to mouth corner in outer-eye-corner distances: 0.53 at rest, 0.67 smiling."""
    face = _frontal(landmarks)
    return float(face[291, 0] - face[61, 0])


def eye_openness(landmarks: Floats) -> float:
    """Mean lid gap in outer-eye-corner distances: 0.09 open, below 0.05 closed."""
    face = _frontal(landmarks)
    return float(np.mean([face[upper, 1] - face[lower, 1] for upper, lower in LIDS]))


def brow_height(landmarks: Floats) -> float:
    """Brows over the upper lids in outer-eye-corner distances: 0.22 at rest, 0.3 raised in surprise."""
    face = _frontal(landmarks)
    return float(np.mean([face[brow, 1] - face[lid, 1] for brow, lid in BROWS]))
