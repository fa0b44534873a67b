"""A headshot as a brand wants it: before its exact backdrop, upright, head and eyes at their place; measured.

Imported by workers only: mask and face come from networks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import backdrop, faces, framing, segment, sizes
from .skin import delta_e, lab
from .types import BadInput, Face, Floats, Style

Array = NDArray[np.float64]

MOST_TILT = 8.0  # degrees that are put right; more was meant, and the shoulders would lean with it
PERSON = 0.5  # share from which a pixel is the person's


@dataclass(frozen=True)
class Conformity:
    """How a picture came out."""

    backdrop: float  # CIEDE2000 that 95 % of the backdrop's pixels stay below
    head_height: float  # shares of the height
    eye_line: float
    tilt: float  # degrees, as ``Direction.roll``


def branded(image: Image.Image, style: Style) -> Image.Image:
    """The largest square of the headshot in which head and eyes lie as the brand says, never enlarged.

    Where the headshot has not room enough around the head, the head comes out larger; its eyes are on the
    line and its middle is in the middle all the same. Raises BadInput where no face is found.
    """
    face = _face(image)
    head = framing.measured(image, face)
    tilt = math.radians(min(max(face.roll, -MOST_TILT), MOST_TILT))
    eyes = np.array([head.centre * image.width, head.eye_line * image.height])
    turn = np.array([[math.cos(tilt), -math.sin(tilt)], [math.sin(tilt), math.cos(tilt)]])
    torn = (_torn(segment.person(image)) - eyes) @ turn  # the inverse of a turn is its transpose
    side = min(head.head_height * image.height / style.head_height, _room(torn, style.eye_line))
    pixels = max(1, math.floor(side))
    return _cut(backdrop.swapped(image, style.backdrop), eyes, turn, pixels, style)


def _face(image: Image.Image) -> Face:
    face = faces.largest(image)
    if face is None:
        raise BadInput("No face is found in this headshot; choose another one.")
    return face


def _torn(share: Floats) -> Array:
    """(n, 2) pixels where an edge of the picture cuts the person: the only places that cannot be added to.

    Beyond them nothing is known of the person; elsewhere beyond the edge there is just more backdrop.
    """
    height, width = share.shape
    rows, columns = np.nonzero(share > PERSON)
    edge = (rows == 0) | (rows == height - 1) | (columns == 0) | (columns == width - 1)
    return np.stack([columns[edge], rows[edge]], -1) + 0.5


def _room(torn: Array, eye_line: float) -> float:
    """Side of the largest square around the eyes that has no torn pixel (relative to them) inside."""
    if not len(torn):
        return math.inf
    across, down = 2 * np.abs(torn[:, 0]), torn[:, 1]
    along = np.where(down < 0, -down / eye_line, down / (1 - eye_line))
    return float(np.maximum(across, along).min())


def _cut(image: Image.Image, eyes: Array, turn: Array, side: int, style: Style) -> Image.Image:
    """The turned square of that side with the eyes' middle at its place; beyond the edge is backdrop."""
    start = eyes - turn @ np.array([side / 2, side * style.eye_line])
    (a, b), (d, e) = turn
    affine = (a, b, start[0], d, e, start[1])
    return image.transform(
        (side, side), Image.Transform.AFFINE, affine, Image.Resampling.BICUBIC, fillcolor=style.backdrop
    )


def conformity(image: Image.Image, style: Style) -> Conformity:
    """Measured on the finished picture as it would be on a stranger's. Raises BadInput without a face."""
    face = _face(image)
    behind = segment.backdrop(segment.person(image), face)
    colours = lab(np.asarray(image.convert("RGB"))[behind])
    off = delta_e(colours, lab(style.backdrop)) if len(colours) else np.zeros(1)
    head = framing.measured(image, face)
    return Conformity(float(np.quantile(off, 0.95)), head.head_height, head.eye_line, face.roll)


def cuts(image: Image.Image, style: Style, keys: list[str]) -> Iterator[tuple[str, Image.Image]]:
    """Each ready size of those keys from a branded square, with the brand's own framing."""
    placed = sizes.Framing(style.head_height, style.eye_line)
    for key in keys:
        size = replace(sizes.SIZES[key], head_height=style.head_height, eye_line=style.eye_line)
        yield key, sizes.cut(image, size, placed).image
