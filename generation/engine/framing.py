"""Measure where the head is in a headshot, hair included: what its ready sizes are cut by."""

from __future__ import annotations

import numpy as np
from PIL import Image

from . import segment
from .describe import HEAD
from .faces import five_points
from .sizes import Framing
from .types import Face
from .view import face_height


def measured(image: Image.Image, face: Face) -> Framing:
    """Head height and eye line as ``describe`` measures them, and the middle of the head with its hair.

    The eyes' middle would not do: in a turned head they are far to one side, and a narrow size would cut
    through the back of it.
    """
    width, height = image.size
    head = HEAD * face_height(face)
    eyes = five_points(face)[:2].mean(axis=0)
    top, bottom = max(0, round(eyes[1] - head / 2)), min(height, round(eyes[1] + head / 4))
    left, right = max(0, round(eyes[0] - head * 0.75)), min(width, round(eyes[0] + head * 0.75))
    columns = (segment.person(image)[top:bottom, left:right] > 0.5).sum(axis=0)
    # Columns that the head fills in part: an earring or a strand alone does not move the middle.
    filled = np.flatnonzero(columns > 0.15 * (bottom - top))
    middle = left + (filled[0] + filled[-1] + 1) / 2 if filled.size else float(eyes[0])
    return Framing(head / height, float(eyes[1]) / height, float(middle) / width)
