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

BOX_SIDE, MESH_SIDE, MASK_SIDE = 192, 192, 256  # the networks' inputs
GRID = 48  # the full-range detector has one anchor a cell, at the cell's centre (stride 4)
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
def _anchors() -> Array:
    centres = (np.arange(GRID) + 0.5) / GRID
    x, y = np.meshgrid(centres, centres)
    return np.stack([x.ravel(), y.ravel()], 1)


def face_boxes(image: Pixels, floor: float) -> Array:
    """Candidates of the full-range detector: (n, 9) left, top, right, bottom, score, then the two eyes.

    Pixels of ``image``, which is letterboxed to the network's square; ``floor`` is the lowest score kept.
    Overlapping candidates are still in. Faces of some 8 to 160 of the square's 192 pixels are found.
    """
    height, width = image.shape[:2]
    side = max(height, width)
    scale = BOX_SIDE / side
    small = cv2.resize(
        image, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA
    )
    square = np.zeros((BOX_SIDE, BOX_SIDE, 3), np.float32)
    square[: small.shape[0], : small.shape[1]] = small
    outputs = _run("face_detection_full_range_sparse.tflite", square / 127.5 - 1)
    raw, logits = sorted(outputs, key=lambda output: -output.shape[-1])
    scores = 1 / (1 + np.exp(-np.clip(logits[:, 0].astype(np.float64), -80, 80)))
    kept = scores >= floor
    values, centres = raw[kept].astype(np.float64) / BOX_SIDE, _anchors()[kept]
    centre, half = values[:, :2] + centres, values[:, 2:4] / 2
    eyes = [values[:, 4:6] + centres, values[:, 6:8] + centres]
    geometry = np.concatenate([centre - half, centre + half, *eyes], 1) * side
    return np.concatenate([geometry[:, :4], scores[kept, None], geometry[:, 4:]], 1)


def face_mesh(image: Pixels, centre: Array, side: float, tilt: float) -> tuple[Floats, float]:
    """(468, 3) landmarks in the image's pixels (z in the same scale, towards the camera negative), presence.

    ``side`` is the face's, in pixels, before the crop's margin; ``tilt`` the eye line's angle in degrees,
    positive where the picture-right eye is lower. Presence is a logit: 28 on a sharp face, below 0 on none.
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
