"""The studio's camera: where a head of known pose lands in a square picture.

Head space is ICT-FaceKit's: centimetres, x to the picture's right when the head faces the camera, y up,
z towards the camera. The renderer and the control maps share this module, so a map drawn at shoot time
lies exactly where the understudy saw maps in training.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .types import Direction

Array = NDArray[np.float64]

PIVOT = np.array([0.0, -5.0, -2.0])  # the neck joint that the head turns about
CROWN, CHIN, EYES = 14.5, -7.6, 3.44  # heights on the mean head
FACE_DEPTH = 3.0  # the plane z in which framing is measured
BODY_SHARE = 0.45  # of the head's yaw that the shoulders follow by default


def rotation(yaw: float, pitch: float, roll: float) -> Array:
    """(3, 3) rotation of a head, angles in degrees with the signs of ``Direction``."""
    y, p, r = np.radians([yaw, -pitch, -roll])
    cy, sy, cp, sp, cr, sr = np.cos(y), np.sin(y), np.cos(p), np.sin(p), np.cos(r), np.sin(r)
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    matrix: Array = about_z @ about_y @ about_x
    return matrix


def turned(matrix: Array) -> Array:
    """(4, 4) transform that turns by a (3, 3) rotation about the neck."""
    result = np.eye(4)
    result[:3, :3] = matrix
    result[:3, 3] = PIVOT - matrix @ PIVOT
    return result


@dataclass(frozen=True)
class Camera:
    """A camera level with the head, centred on it, that frames the mean head as a direction asks."""

    eye: Array  # (3,) position
    matrix: Array  # (4, 4) projection @ view

    def project(self, points: Array, size: int) -> Array:
        """(n, 3) points in world space -> (n, 2) pixels, y down."""
        clip = np.c_[points, np.ones(len(points))] @ self.matrix.T
        return np.stack([clip[:, 0] / clip[:, 3] + 1, 1 - clip[:, 1] / clip[:, 3]], 1) * (size / 2)


def camera(direction: Direction, *, fov: float = 18.0, shift: tuple[float, float] = (0.0, 0.0)) -> Camera:
    """The camera for a direction; ``fov`` in degrees, ``shift`` (right, up) in cm for casual photos."""
    span = (CROWN - CHIN) / direction.head_height
    distance = span / 2 / np.tan(np.radians(fov) / 2)
    head = turned(rotation(direction.yaw, direction.pitch, direction.roll))
    centre_x = 0.5 * (head @ np.array([0, EYES, FACE_DEPTH, 1]))[0] + shift[0]
    centre_y = EYES - span * (0.5 - direction.eye_line) + shift[1]
    eye = np.array([centre_x, centre_y, distance + FACE_DEPTH])
    view = np.eye(4)
    view[:3, 3] = -eye
    near, far, scale = distance * 0.4, distance * 2.2, 1 / np.tan(np.radians(fov) / 2)
    projection = np.array(
        [
            [scale, 0, 0, 0],
            [0, scale, 0, 0],
            [0, 0, (far + near) / (near - far), 2 * far * near / (near - far)],
            [0, 0, -1, 0],
        ]
    )
    return Camera(eye, projection @ view)
