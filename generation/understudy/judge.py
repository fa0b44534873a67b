"""The judge: dlib's detector and recogniser, used to evaluate and for nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import cv2
import dlib
import numpy as np
from numpy.typing import NDArray

from ..engine.faces import largest
from ..engine.types import Pixels
from .judge_models import LANDMARKS, RECOGNISER, judge_file

Array = NDArray[np.float64]

DESCRIPTOR = 128
SMALL = 400  # pixels: below this a picture is doubled first, for the detector wants faces of 80 and more
HOG_SIDE = 0.93  # side of HOG's box as a share of the mesh's height
SHRUNK = 640  # pixels: a photo is not searched at more


@cache
def _detector() -> Any:
    return dlib.get_frontal_face_detector()


@cache
def _recogniser() -> tuple[Any, Any]:
    return (
        dlib.shape_predictor(str(judge_file(LANDMARKS))),
        dlib.face_recognition_model_v1(str(judge_file(RECOGNISER))),
    )


def describe(image: Pixels) -> tuple[Array, bool]:
    """(128,) descriptor of the largest face in (height, width, 3) sRGB, NaN without one; if HOG found it.

    The distance of two is Euclidean: below 0.6 dlib's authors call them the same person. A face that HOG
    overlooks is described where MediaPipe sees it.
    """
    points, recogniser = _recogniser()
    picture = np.ascontiguousarray(image)
    found = boxes(picture) or boxes(evened(picture))
    place = max(found, key=lambda box: box.area()) if found else _meshed(picture)
    if place is None:
        return np.full(DESCRIPTOR, np.nan), False
    return np.array(recogniser.compute_face_descriptor(picture, points(picture, place))), bool(found)


def boxes(picture: Pixels) -> Sequence[Any]:
    """What HOG finds."""
    found: Sequence[Any] = _detector()(picture, 1 if max(picture.shape[:2]) < SMALL else 0)
    return found


def evened(picture: Pixels) -> Pixels:
    """The same with local contrast evened out (CLAHE, Zuiderveld 1994).

    HOG knows few faces in which a white beard outshines the eyes: without this it overlooks most pictures of
    deep skin beside grey hair, renders too.
    """
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(clipLimit=2.0, tileGridSize=(8, 8)).apply(lab[..., 0])
    rgb: Pixels = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)
    return rgb


def _meshed(picture: Pixels) -> Any:
    """The box that HOG would have drawn around MediaPipe's face, by 78 that both find; None without one."""
    face = largest(picture)
    if face is None:
        return None
    low, high = face.landmarks[:, :2].min(axis=0), face.landmarks[:, :2].max(axis=0)
    (x, y), half = (low + high) / 2, HOG_SIDE * (high[1] - low[1]) / 2
    return dlib.rectangle(*(round(float(side)) for side in (x - half, y - half, x + half, y + half)))
