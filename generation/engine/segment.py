"""Which pixels are what: skin, eyes, mouth, person and backdrop."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import mesh
from .types import Face, Floats, Pixels

Mask = NDArray[np.bool_]

# Closed polygons of the 468-point mesh (MediaPipe's face_mesh_connections); left and right as in the picture.
OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
LEFT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
RIGHT_EYE = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
LEFT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
RIGHT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
LEFT_CHEEK = (116, 117, 118, 119, 100, 126, 203, 206, 216, 207, 187, 123)
RIGHT_CHEEK = (345, 346, 347, 348, 329, 355, 423, 426, 436, 427, 411, 352)
FOREHEAD = (54, 103, 67, 109, 10, 338, 297, 332, 284, 333, 299, 337, 151, 108, 69, 104)
LOWER_FACE = (98, 203, 206, 216, 212, 202, 204, 194, 201, 200, 421, 418, 424, 422, 432, 436, 426, 423, 327, 2)
NOSE_TIP = (5, 281, 275, 274, 354, 19, 125, 44, 45, 51)
BRIDGE = (107, 336, 285, 412, 399, 174, 188, 55)

OPENINGS = (LEFT_EYE, RIGHT_EYE, LIPS, LEFT_BROW, RIGHT_BROW)
MARGIN = 0.10  # of the outer eye corners' distance: lashes, lipstick and a fringe's shadow stay out


def region(points: Floats, polygon: Sequence[int], shape: tuple[int, ...], grow: float = 0.0) -> Mask:
    """Pixels inside a polygon of mesh points; ``grow`` pixels are added (or taken away, when negative)."""
    canvas = np.zeros(shape[:2], np.uint8)
    corners = np.round(np.asarray(points)[list(polygon), :2]).astype(np.int32)
    cv2.fillPoly(canvas, [corners], 1)
    if abs(grow) >= 1:
        reach = 2 * round(abs(grow)) + 1
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
        canvas = (cv2.dilate if grow > 0 else cv2.erode)(canvas, kernel)
    return np.asarray(canvas, np.bool_)


def skin_of(points: Floats, shape: tuple[int, ...]) -> Mask:
    """Face skin by geometry: the oval without eyes, brows and lips, each with a margin."""
    span = float(np.linalg.norm(points[263, :2] - points[33, :2]))
    skin = region(points, OVAL, shape, -MARGIN * span)
    for opening in OPENINGS:
        skin &= ~region(points, opening, shape, MARGIN * span * 0.6)
    return skin


def skin_mask(image: Image.Image | Pixels, face: Face) -> Mask:
    """(height, width) true on the face's skin, a beard included: colour decides about that, in ``skin``."""
    height, width = (image.height, image.width) if isinstance(image, Image.Image) else image.shape[:2]
    return skin_of(face.landmarks, (height, width))


def person(image: Image.Image | Pixels) -> Floats:
    """(height, width) share of each pixel that belongs to a person, 0-1."""
    source = np.asarray(image.convert("RGB")) if isinstance(image, Image.Image) else image
    return mesh.person_mask(source)


def within(person_share: Floats, face: Face) -> float:
    """Mean share of the person inside a face's box, 0-1: near 1 on a head, 0 on a wall."""
    left, top, right, bottom = (max(0, round(edge)) for edge in face.box)
    inside = person_share[top:bottom, left:right]
    return float(inside.mean()) if inside.size else 0.0


@cache
def _ellipse(reach: int) -> NDArray[np.uint8]:
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(shape, np.uint8)


def backdrop(person_share: Floats, face: Face) -> Mask:
    """Pixels that surely are not the person: a low share, well away from the outline and from the head."""
    height, width = person_share.shape
    reach = max(1, round(0.02 * max(height, width)))
    near = cv2.dilate((person_share > 0.3).astype(np.uint8), _ellipse(reach)) > 0
    left, top, right, bottom = face.box
    wide, high = right - left, bottom - top
    rows, columns = np.ogrid[:height, :width]
    head = (
        (columns > left - 0.35 * wide)
        & (columns < right + 0.35 * wide)
        & (rows > top - 0.6 * high)
        & (rows < bottom + 0.2 * high)
    )
    return np.asarray(~near & ~head & (rows < bottom), np.bool_)


def garment(person_share: Floats, face: Face) -> Mask:
    """Pixels of the person's clothes: below the chin by half a face, inside the person."""
    height, width = person_share.shape
    left, _, right, bottom = face.box
    chin = float(face.landmarks[152, 1])
    rows, columns = np.ogrid[:height, :width]
    below = rows > max(chin, bottom) + 0.35 * (right - left)
    beside = (columns > left - 0.8 * (right - left)) & (columns < right + 0.8 * (right - left))
    return np.asarray((person_share > 0.7) & below & beside, np.bool_)
