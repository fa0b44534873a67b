"""What ranking needs to know of a picture: face, reader, sharpness, flaws and skin, measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from . import skin
from .alignment import umeyama
from .faces import align, detect, five_points, pixels, reduced, scaled
from .gate import Gate
from .pose import expression, eye_openness
from .ranking import Measures, Own
from .reader import SIZE, Reader
from .segment import skin_mask
from .traits import lost
from .types import Face, Floats, Frame, Keep, Photo, Pixels, Reading

Array = NDArray[np.float64]

PRINT_SIDE = 16  # a print is a 16 x 16 thumbnail of head, shoulders and what is behind them
PRINT_SCALE = 0.55  # of the reader's square, so that backdrop and clothes are in it
WHOLE = 20.0  # mesh presence (logit) of a face without flaws
FINE_BLUR = 1.0  # pixels of the reader's square: finer detail than this is sharpness


def sharpness(crop: Pixels) -> float:
    """Fine detail in the middle of an aligned (SIZE, SIZE, 3) crop, as a share of its brightness.

    Root mean square of what a one-pixel blur takes away; about 0.01 smeared, 0.04 and more crisp.
    """
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float64)
    fine = grey - cv2.GaussianBlur(grey, (0, 0), FINE_BLUR)
    middle = slice(SIZE * 3 // 10, SIZE * 7 // 10)
    return float(np.sqrt((fine[middle, middle] ** 2).mean()) / max(grey[middle, middle].mean(), 1.0))


def print_of(image: Pixels, face: Face) -> Floats:
    """(768,) unit vector: the picture around the face, coarse, without its mean brightness."""
    matrix = umeyama(five_points(face), PRINT_SIDE) * PRINT_SCALE
    matrix[:, 2] += PRINT_SIDE * (1 - PRINT_SCALE) / 2
    shrink = 2 * float(np.hypot(matrix[0, 0], matrix[0, 1]))  # a bilinear warp of more would alias
    source = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    matrix[:, :2] /= shrink
    small = cv2.warpAffine(source, matrix, (PRINT_SIDE, PRINT_SIDE), borderMode=cv2.BORDER_REPLICATE)
    flat = skin.lab(small).reshape(-1, 3)
    flat = (flat - flat.mean(axis=0)).ravel()
    return cast(Floats, (flat / max(float(np.linalg.norm(flat)), 1e-9)).astype(np.float32))


def flaws(image: Pixels, face: Face) -> float:
    """0-1: how far the mesh doubts the face, and how much of it has burnt out."""
    left, top, right, bottom = (max(0, round(v)) for v in face.box)
    inside = image[top:bottom, left:right]
    burnt = float((inside.max(axis=-1) >= skin.CLIPPED).mean()) if inside.size else 1.0
    return float(np.clip(1 - face.presence / WHOLE, 0, 1) + min(1.0, 2 * burnt)) / 2


def _faceless(frame: Frame, nude: bool) -> Measures:
    nothing = float("nan")
    return Measures(
        faces=0,
        size=0.0,
        embedding=np.zeros(128, np.float32),
        print=np.zeros(3 * PRINT_SIDE**2, np.float32),
        pose=(nothing, nothing, nothing),
        expression="neutral",
        eyes=0.0,
        sharpness=0.0,
        flaws=1.0,
        skin=np.full(3, nothing),
        lost=(),
        nude=nude,
        look=frame.look.id,
    )


def measure(frames: Sequence[Frame], reader: Reader, gate: Gate, keep: Keep) -> list[Measures]:
    """One ``Measures`` per frame, in order; about 0.12 s each on one core at 256 pixels."""
    return [_measure(frame, reader, gate, keep) for frame in frames]


def _measure(frame: Frame, reader: Reader, gate: Gate, keep: Keep) -> Measures:
    nude, faces = gate.flags(frame.image), detect(frame.image)
    if not faces:
        return _faceless(frame, nude)
    (reading,) = reader.read([(frame.image, faces[0])])
    image, face = pixels(frame.image), faces[0]
    return Measures(
        faces=len(faces),
        size=(face.box[3] - face.box[1]) / image.shape[0],
        embedding=reading.embedding,
        print=print_of(image, face),
        pose=(face.yaw, face.pitch, face.roll),
        expression=expression(face.landmarks),
        eyes=eye_openness(face.landmarks),
        sharpness=sharpness(align(image, face, SIZE)),
        flaws=flaws(image, face),
        skin=skin.tone(image, skin_mask(image, face)),
        lost=lost(reading, keep),
        nude=nude,
        look=frame.look.id,
    )


def own_photos(photos: Sequence[tuple[Photo, Face]], readings: Sequence[Reading]) -> Own:
    """What ranking compares with: the person's accepted photos, each with its face and its reading."""
    views = [_working(photo, face) for photo, face in photos]
    return Own(
        embeddings=np.stack([reading.embedding for reading in readings]),
        prints=np.stack([print_of(image, face) for image, face in views]),
        poses=np.array([(face.yaw, face.pitch, face.roll) for _, face in views]),
        skin=np.stack([skin.tone(image, skin_mask(image, face)) for image, face in views]),
        stranger=readings[0].bounds.stranger,
    )


def _working(photo: Photo, face: Face) -> tuple[Pixels, Face]:
    """A photo and its face at the size that faces are searched at: 12 megapixels tell skin no better."""
    image, factor = reduced(pixels(photo.image))
    return image, scaled(face, 1 / factor)
