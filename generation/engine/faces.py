"""Find faces, read their mesh and pose, and cut the reader's square."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .alignment import TEMPLATE, umeyama
from .mesh import face_boxes, face_mesh, near_boxes
from .pose import head_pose
from .types import Face, Floats, Pixels

Array = NDArray[np.float64]

SCORE_FLOOR = 0.5  # the detector's own advice is 0.6; the mesh's presence sorts out the rest
PRESENCE_FLOOR = 3.0  # logit; 99 % of rendered faces, profiles included, have 6 and more
FAINT, CANDIDATES = 0.2, 4  # least score in the second look, and most faces tried of either detector
OVERLAP = 0.3  # intersection over union above which two boxes are one face
NESTED = 0.5  # share of the smaller face inside the larger one above which they are one face
WORKING_SIDE = 1536  # pixels of the longer side that detection works on
TILE = 0.6  # share of a side; four tiles overlap in the middle
LEFT_EYE = (33, 133, 159, 145, 158, 153)  # picture left: corners and lids
RIGHT_EYE = (263, 362, 386, 374, 385, 380)


def pixels(image: Image.Image | Pixels) -> Pixels:
    """(height, width, 3) sRGB bytes of a picture."""
    return np.asarray(image.convert("RGB")) if isinstance(image, Image.Image) else image


def detect(image: Image.Image | Pixels) -> list[Face]:
    """All faces, the largest first, in the pixels of ``image`` (upright; a face upside down is not found).

    The full-range detector sees the whole picture, its four overlapping quarters and, where the whole
    shows nothing, the picture with a margin: a face is found from about 2 % of the longer side upwards.
    """
    full = pixels(image)
    work, factor = reduced(full)
    found = [face for box in _candidates(work) if (face := _face(work, box, PRESENCE_FLOOR)) is not None]
    faces = sorted(_distinct(found), key=lambda face: face.box[0] - face.box[2])
    return [scaled(face, factor) for face in faces] if factor > 1 else faces


def doubtful(image: Pixels) -> Face | None:
    """The likeliest of the faces that ``detect`` is not sure of: blurred, covered, blown; or None.

    A second look by both detectors at a low threshold, with and without a margin. ``score`` is that of the
    short-range detector, which still sees a head where the mesh finds nothing to hold on to.
    """
    padded, margin = _padded(image)
    back = _shift(-margin, -margin)
    near = merged(np.concatenate([near_boxes(image, FAINT), near_boxes(padded, FAINT) + back]))
    wide = merged(np.concatenate([face_boxes(image, FAINT), face_boxes(padded, FAINT) + back]))
    for box in wide:
        box[4] = near[overlap(box[:4], near[:, :4]) > OVERLAP, 4].max(initial=0.0)
    boxes = np.concatenate([near[:CANDIDATES], wide[:CANDIDATES]])
    found = [face for box in boxes if (face := _face(image, box, -np.inf)) is not None]
    return max(found, key=lambda face: (face.score >= SCORE_FLOOR, face.presence), default=None)


def reduced(image: Pixels) -> tuple[Pixels, int]:
    """The picture at no more than ``WORKING_SIDE`` and the whole factor that it was shrunk by."""
    factor = -(-max(image.shape[:2]) // WORKING_SIDE)
    if factor == 1:
        return image, 1
    height, width = (side // factor for side in image.shape[:2])
    cut = image[: height * factor, : width * factor]
    return np.asarray(cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA), np.uint8), factor


def largest(image: Image.Image | Pixels) -> Face | None:
    """The face of the picture's main person, None where there is none."""
    return next(iter(detect(image)), None)


def five_points(face: Face) -> Array:
    """(5, 2) pixels in the order of ``alignment.TEMPLATE``."""
    mesh = face.landmarks[:, :2].astype(np.float64)
    eyes = [mesh[list(eye)].mean(0) for eye in (LEFT_EYE, RIGHT_EYE)]
    return np.stack([*eyes, mesh[4], mesh[61], mesh[291]])


def mirror_mesh(image: Pixels, face: Face) -> Floats:
    """(468, 3) the face's mesh as a mirror shows it: the network errs to one side, and the mean does not."""
    low, high = (np.array(face.box[i : i + 2], np.float64) for i in (0, 2))
    across = (face.landmarks[263] - face.landmarks[33])[:2].astype(np.float64)
    tilt = float(np.degrees(np.arctan2(across[1], across[0])))
    centre, side = (low + high) / 2, float((high - low).max())
    left, top = np.maximum(0, centre - 1.2 * side).astype(int)  # more than the turned crop can reach
    right, bottom = np.ceil(centre + 1.2 * side).astype(int)
    near = image[top:bottom, left:right]
    return face_mesh(near, centre - [left, top], side, tilt, mirrored=True)[0]


def align(image: Image.Image | Pixels, face: Face, size: int, template: Array = TEMPLATE) -> Pixels:
    """(size, size, 3) crop with the face's five points at (5, 2) ``template``; edges are repeated."""
    matrix = umeyama(five_points(face), size, template)
    source = pixels(image)
    scale = float(np.hypot(matrix[0, 0], matrix[0, 1]))
    if scale < 0.5:  # a bilinear warp would alias: shrink by area first
        source = cv2.resize(source, None, fx=2 * scale, fy=2 * scale, interpolation=cv2.INTER_AREA)
        matrix = np.c_[matrix[:, :2] / (2 * scale), matrix[:, 2]]
    crop = cv2.warpAffine(
        source, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(crop, np.uint8)


def _candidates(image: Pixels) -> Array:
    height, width = image.shape[:2]
    boxes = [face_boxes(image, SCORE_FLOOR)]
    for top in (0, round(height * (1 - TILE))):
        for left in (0, round(width * (1 - TILE))):
            tile = image[top : top + round(height * TILE), left : left + round(width * TILE)]
            inner = face_boxes(tile, SCORE_FLOOR) + _shift(left, top)
            boxes.append(inner[_uncut(inner, left, top, tile.shape[1], tile.shape[0], width, height)])
    if not len(boxes[0]):  # a face that fills the picture needs room around it
        padded, margin = _padded(image)
        boxes.append(face_boxes(padded, SCORE_FLOOR) + _shift(-margin, -margin))
    return merged(np.concatenate(boxes))


def _padded(image: Pixels) -> tuple[Pixels, int]:
    """The picture with its edges continued by a third of its longer side, and that margin."""
    margin = max(image.shape[:2]) // 3
    wide = cv2.copyMakeBorder(image, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    return np.asarray(wide, np.uint8), margin


def _shift(left: float, top: float) -> Array:
    return np.array([left, top, left, top, 0, left, top, left, top], np.float64)


def _uncut(
    boxes: Array, left: int, top: int, wide: int, high: int, width: int, height: int
) -> NDArray[np.bool_]:
    """Boxes that no inner edge of their tile cuts: a cut face is whole in a neighbour or in the picture."""
    slack = 0.04 * max(wide, high)
    return np.asarray(
        ((boxes[:, 0] > left + slack) | (left == 0))
        & ((boxes[:, 1] > top + slack) | (top == 0))
        & ((boxes[:, 2] < left + wide - slack) | (left + wide >= width - 1))
        & ((boxes[:, 3] < top + high - slack) | (top + high >= height - 1))
    )


def merged(boxes: Array) -> Array:
    """Weighted non-maximum suppression: overlapping boxes become their mean by score (BlazeFace, section 4).

    (n, 9) of ``mesh.face_boxes`` -> (m, 9), best score first; a merged box keeps its best score.
    """
    left = boxes[np.argsort(-boxes[:, 4])]
    result: list[Array] = []
    while len(left):
        same = overlap(left[0, :4], left[:, :4]) > OVERLAP
        weight = left[same, 4]
        box = (left[same] * weight[:, None]).sum(0) / weight.sum()
        box[4] = weight.max()
        result.append(box)
        left = left[~same]
    return np.array(result).reshape(-1, 9)


def overlap(box: Array, boxes: Array) -> Array:
    """Intersection over union of one (4,) box with (n, 4)."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), 1)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], 1)
    own = np.prod(box[2:] - box[:2])
    return np.asarray(shared / np.maximum(areas + own - shared, 1e-9))


def _face(image: Pixels, box: Array, floor: float) -> Face | None:
    """Two mesh passes: the second one is centred and turned by the first."""
    centre, side = (box[:2] + box[2:4]) / 2, float(max(box[2] - box[0], box[3] - box[1]))
    across = box[7:9] - box[5:7]
    mesh, _ = face_mesh(image, centre, side, float(np.degrees(np.arctan2(across[1], across[0]))))
    low, high = mesh[:, :2].min(0).astype(np.float64), mesh[:, :2].max(0).astype(np.float64)
    across = (mesh[263] - mesh[33])[:2].astype(np.float64)
    tilt = float(np.degrees(np.arctan2(across[1], across[0])))
    span = float((high - low).max())
    if not 0.3 * side < span < 3 * side:  # the first pass did not see a face
        return None
    mesh, presence = face_mesh(image, (low + high) / 2, span, tilt)
    if presence < floor:
        return None
    left, top = (float(v) for v in mesh[:, :2].min(0))
    right, bottom = (float(v) for v in mesh[:, :2].max(0))
    pose = head_pose(mesh)
    return Face((left, top, right, bottom), float(box[4]), mesh, presence, pose.yaw, pose.pitch, pose.roll)


def _distinct(found: list[Face]) -> list[Face]:
    """One face of several candidates on the same place: the one most present."""
    kept: list[Face] = []
    for face in sorted(found, key=lambda face: -face.presence):
        if not any(_same_place(face, other) for other in kept):
            kept.append(face)
    return kept


def _same_place(a: Face, b: Face) -> bool:
    """One lies mostly inside the other, as an eye behind glasses that was taken for a face."""
    first, second = np.array(a.box), np.array(b.box)
    low, high = np.maximum(first[:2], second[:2]), np.minimum(first[2:], second[2:])
    shared = float(np.prod(np.clip(high - low, 0, None)))
    smaller = min(float(np.prod(box[2:] - box[:2])) for box in (first, second))
    return shared > NESTED * smaller


def scaled(face: Face, factor: float) -> Face:
    """The same face in a picture ``factor`` times as large."""
    left, top, right, bottom = (float(v) * factor for v in face.box)
    return Face(
        (left, top, right, bottom),
        face.score,
        face.landmarks * np.float32(factor),
        face.presence,
        face.yaw,
        face.pitch,
        face.roll,
    )
