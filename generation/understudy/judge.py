"""The judge: dlib's detector and recogniser, used to evaluate and for nothing else."""

from __future__ import annotations

from functools import cache
from typing import Any

import dlib
import numpy as np
from numpy.typing import NDArray

from ..engine.types import Pixels
from .judge_models import LANDMARKS, RECOGNISER, judge_file

Array = NDArray[np.float64]

DESCRIPTOR = 128
SMALL = 400  # pixels: below this a picture is doubled first, for the detector wants faces of 80 and more
SHRUNK = 640  # pixels: a photo is not searched at more


@cache
def _tools() -> tuple[Any, Any, Any]:
    return (
        dlib.get_frontal_face_detector(),
        dlib.shape_predictor(str(judge_file(LANDMARKS))),
        dlib.face_recognition_model_v1(str(judge_file(RECOGNISER))),
    )


def describe(image: Pixels) -> Array:
    """(128,) descriptor of the largest face that HOG finds in (height, width, 3) sRGB; NaN without one.

    The distance of two is Euclidean: below 0.6 dlib's authors call them the same person.
    """
    detector, points, recogniser = _tools()
    picture = np.ascontiguousarray(image)
    found = detector(picture, 1 if max(picture.shape[:2]) < SMALL else 0)
    if not found:
        return np.full(DESCRIPTOR, np.nan)
    largest = max(found, key=lambda box: box.area())
    return np.array(recogniser.compute_face_descriptor(picture, points(picture, largest)))
