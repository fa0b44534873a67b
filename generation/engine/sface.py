"""SFace, the reader beside SDXL: who is in a face; of kept traits it knows nothing.

Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition" (IEEE TIP 2021), as
published in OpenCV Zoo; cut out and asked as OpenCV's ``FaceRecognizerSF`` does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from .faces import align
from .production import listing
from .types import BadModel, Bounds, Pixels, Reading, Seen
from .weights import digest

FILE = "face_recognition_sface_2021dec.onnx"
SIZE = 112  # pixels of the square that it was taught on
# Where the five points lie in that square; OpenCV's objdetect/src/face_recognize.cpp names the same.
POINTS = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))
TEMPLATE = np.array(POINTS) / SIZE
# OpenCV's threshold on LFW (docs.opencv.org/5.0, "DNN-based Face Detection And Recognition").
BOUNDS = Bounds(same_person=0.363, stranger=0.363)


class SFace:
    """The network behind the Protocol ``reader.Reader``. One thread at a time."""

    def __init__(self, net: Any) -> None:
        self.net = net

    def read(self, faces: Sequence[Seen]) -> list[Reading]:
        """One Reading for each face, in order, without traits."""
        return [self._read(align(picture, face, SIZE, TEMPLATE)) for picture, face in faces]

    def _read(self, crop: Pixels) -> Reading:
        (embedding,) = _answer(self.net, crop)
        return Reading(embedding / max(float(np.linalg.norm(embedding)), 1e-9), {}, BOUNDS)


def _answer(net: Any, crop: Pixels) -> Any:
    """(SIZE, SIZE, 3) -> (1, 128); the network itself scales the bytes."""
    net.setInput(cv2.dnn.blobFromImage(crop))
    return net.forward()


def load(folder: Path) -> SFace:
    """SFace of ``folder``, held against the model's listing before it is opened. Raises BadModel."""
    file = folder / FILE
    expected = listing(folder.parent).get(f"{folder.name}/{FILE}")
    if expected and digest(file) != expected:
        raise BadModel(f"{file} was altered (its sha256 is not the listed one); restore the model folder.")
    try:
        net = cv2.dnn.readNetFromONNX(str(file))
        shape = _answer(net, np.zeros((SIZE, SIZE, 3), np.uint8)).shape
    except cv2.error as error:
        raise BadModel(f"{file} cannot be read as a network; restore the model folder.") from error
    if shape != (1, 128):
        raise BadModel(f"{file} is not SFace: it answers {shape} instead of (1, 128); restore it.")
    return SFace(net)
