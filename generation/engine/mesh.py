"""MediaPipe's networks through LiteRT: face boxes, the 468-point face mesh, the person mask."""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .types import Floats, Pixels
from .weights import model_file

Array = NDArray[np.float64]

FULL_SIDE, NEAR_SIDE, MESH_SIDE, MASK_SIDE = 192, 128, 192, 256  # the networks' inputs
CROP = 1.5  # the mesh network wants the face box enlarged by half, turned upright


@cache
def _network(name: str) -> Any:
    """One interpreter a file and process; an interpreter serves one thread at a time."""
    from ai_edge_litert.interpreter import Interpreter

    network = Interpreter(model_path=str(model_file(name)), num_threads=1)
    network.allocate_tensors()
    return network


def _run(name: str, tensor: Floats) -> list[Floats]:
    network = _network(name)
    network.set_tensor(network.get_input_details()[0]["index"], tensor[None].astype(np.float32))
    network.invoke()
    return [network.get_tensor(output["index"])[0] for output in network.get_output_details()]


@cache
def _full_anchors() -> Array:
    """(2304, 2) one anchor a cell, shares of the square."""
    return _cells(48)


@cache
def _near_anchors() -> Array:
    """(896, 2) two anchors a cell of a fine grid, then six a cell of a coarse one."""
    return np.concatenate([np.repeat(_cells(16), 2, 0), np.repeat(_cells(8), 6, 0)])


def _cells(count: int) -> Array:
    centres = (np.arange(count) + 0.5) / count
    x, y = np.meshgrid(centres, centres)
    return np.stack([x.ravel(), y.ravel()], 1)


def face_boxes(image: Pixels, floor: float) -> Array:
    """Candidates of the full-range detector: (n, 9) left, top, right, bottom, score, then the two eyes.

    Pixels of ``image``, which is letterboxed to the network's square; ``floor`` is the lowest score kept.
    Overlapping candidates are still in. Faces of some 8 to 160 of the square's 192 pixels are found.
    """
    return _boxes("face_detection_full_range_sparse.tflite", image, FULL_SIDE, _full_anchors(), floor)


def near_boxes(image: Pixels, floor: float) -> Array:
    """The same of the short-range detector: faces of a sixth of the picture and more, blurred ones too."""
    return _boxes("face_detection_short_range.tflite", image, NEAR_SIDE, _near_anchors(), floor)


def _boxes(network: str, image: Pixels, side: int, anchors: Array, floor: float) -> Array:
    height, width = image.shape[:2]
    longest = max(height, width)
    scale = side / longest
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    square = np.zeros((side, side, 3), np.float32)
    square[: small.shape[0], : small.shape[1]] = small
    raw, logits = sorted(_run(network, square / 127.5 - 1), key=lambda output: -output.shape[-1])
    scores = 1 / (1 + np.exp(-np.clip(logits[:, 0].astype(np.float64), -80, 80)))
    kept = scores >= floor
    values, centres = raw[kept].astype(np.float64) / side, anchors[kept]
    centre, half = values[:, :2] + centres, values[:, 2:4] / 2
    eyes = [values[:, 4:6] + centres, values[:, 6:8] + centres]
    geometry = np.concatenate([centre - half, centre + half, *eyes], 1) * longest
    return np.concatenate([geometry[:, :4], scores[kept, None], geometry[:, 4:]], 1)


def face_mesh(
    image: Pixels, centre: Array, side: float, tilt: float, *, mirrored: bool = False
) -> tuple[Floats, float]:
    """(468, 3) landmarks in the image's pixels (z in the same scale, towards the camera negative), presence.

    ``side`` is the face's, in pixels, before the crop's margin; ``tilt`` the eye line's angle in degrees,
    positive where the picture-right eye is lower. ``mirrored`` reads the face as a mirror shows it, reflected
    at the middle of its own crop. Presence is a logit: 28 on a sharp face, below 0 on none.
    """
    scale = MESH_SIDE / (side * CROP)
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), tilt, scale)
    turn[:, 2] += MESH_SIDE / 2 - np.asarray(centre)
    source = image
    if scale < 0.5:  # a bilinear warp would alias: shrink by area first
        shrink = 2 * scale
        source = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        turn_small = turn.copy()
        turn_small[:, :2] /= shrink
    else:
        turn_small = turn
    crop = cv2.warpAffine(source, turn_small, (MESH_SIDE, MESH_SIDE), flags=cv2.INTER_LINEAR)
    if mirrored:
        crop = crop[:, ::-1]
    outputs = _run("face_landmark.tflite", crop.astype(np.float32) / 255)
    points, presence = sorted((output.ravel() for output in outputs), key=lambda output: -output.size)
    mesh = points.reshape(468, 3).astype(np.float64)
    back = cv2.invertAffineTransform(turn)
    flat = mesh[:, :2] @ back[:, :2].T + back[:, 2]
    return np.c_[flat, mesh[:, 2] / scale].astype(np.float32), float(presence[0])


def person_mask(image: Pixels) -> Floats:
    """(height, width) share of each pixel that belongs to a person, 0-1."""
    small = cv2.resize(image, (MASK_SIDE, MASK_SIDE), interpolation=cv2.INTER_AREA)
    (mask,) = _run("selfie_segmentation.tflite", small.astype(np.float32) / 255)
    height, width = image.shape[:2]
    return np.asarray(cv2.resize(mask[..., 0], (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
