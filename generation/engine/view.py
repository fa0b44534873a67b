"""The face cut out at one size and place, so that no measure of it depends on the photo's size."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from . import segment
from .alignment import umeyama
from .faces import five_points
from .types import Face, Floats, Pixels

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

VIEW = 192  # pixels: the eyes are 46 apart, as on a face at the least size that is accepted
EYES_APART = 0.24 * VIEW  # pixels between the eye centres, see ``alignment.TEMPLATE``


@dataclass(frozen=True)
class View:
    """The face at the template's place: pixels (192, 192, 3), the mesh in them, and its skin."""

    pixels: Pixels
    landmarks: Floats
    skin: Mask
    scale: float  # view pixels per photo pixel

    @property
    def luma(self) -> Array:
        return np.asarray(self.pixels, np.float64) @ [0.299, 0.587, 0.114]


def view_of(image: Pixels, face: Face) -> View:
    matrix = umeyama(five_points(face), VIEW)
    scale = float(np.hypot(matrix[0, 0], matrix[0, 1]))
    left, top, right, bottom = _surround(image, face)
    source = image[top:bottom, left:right]
    small = np.column_stack([matrix[:, :2], matrix[:, 2] + matrix[:, :2] @ [left, top]])
    if scale < 0.5:
        source = cv2.resize(source, None, fx=2 * scale, fy=2 * scale, interpolation=cv2.INTER_AREA)
        small = np.column_stack([small[:, :2] / (2 * scale), small[:, 2]])
    crop = cv2.warpAffine(
        source, small, (VIEW, VIEW), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    flat = face.landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    points = np.c_[flat, face.landmarks[:, 2] * scale].astype(np.float32)
    return View(np.asarray(crop, np.uint8), points, segment.skin_of(points, (VIEW, VIEW)), scale)


def _surround(image: Pixels, face: Face) -> tuple[int, int, int, int]:
    """The part of the photo that the view can show: the face's box and as much again on every side."""
    left, top, right, bottom = face.box
    reach = 1.2 * max(right - left, bottom - top)
    height, width = image.shape[:2]
    return (
        int(max(0, left - reach)),
        int(max(0, top - reach)),
        int(min(width, right + reach)) + 1,
        int(min(height, bottom + reach)) + 1,
    )


def face_height(face: Face) -> float:
    """Hairline to chin in photo pixels, whatever the pose (the mesh is three-dimensional)."""
    return float(np.linalg.norm(face.landmarks[10] - face.landmarks[152]))
