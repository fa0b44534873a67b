"""Ready sizes of a headshot: cut by head height and eye line, never enlarged, none for passports or IDs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from .types import Direction

TOLERANCE = 0.05  # of the size's own head height and eye line
MOST_HEAD = 0.84  # of the height: with more, hair or chin touch the edge


@dataclass(frozen=True)
class Size:
    """What a place wants: pixels, and how the head sits in them, as shares of the height."""

    name: str
    width: int
    height: int
    round: bool = False  # the corners are transparent
    # A little closer than the catalogue's 0.62 and 0.44, so that a head off its place can be put right.
    head_height: float = 0.66  # crown to chin
    eye_line: float = 0.45  # from the top


SIZES: dict[str, Size] = {
    "linkedin-400": Size("LinkedIn", 400, 400),
    "linkedin-800": Size("LinkedIn, large", 800, 800),
    "slack-512": Size("Slack", 512, 512),
    "teams-648": Size("Teams", 648, 648),
    "square-1024": Size("Square", 1024, 1024),
    "round-512": Size("Round", 512, 512, round=True),
    "cv-4x5": Size("CV, upright 4:5", 800, 1000, eye_line=0.44),
    "cv-2x3": Size("CV, upright 3:2", 800, 1200, eye_line=0.43),
    "web-3x2": Size("Web page, wide 3:2", 1200, 800, head_height=0.72, eye_line=0.46),
}


@dataclass(frozen=True)
class Framing:
    """Where the head is in a headshot: shares of its height, and of its width for ``centre``."""

    head_height: float
    eye_line: float
    centre: float = 0.5  # the middle of the head, hair included, from the left edge

    @classmethod
    def of(cls, direction: Direction) -> Framing:
        return cls(direction.head_height, direction.eye_line)


@dataclass(frozen=True)
class Sized:
    """A headshot at a ready size; mode RGBA where the size is round, else RGB."""

    image: Image.Image
    framing: Framing  # as it came out
    reduced: bool  # fewer pixels than the size names, because the headshot has no more
    as_asked: bool  # head and eyes are within TOLERANCE of the size's; else the headshot is closer than it


def fits(size: Size, framing: Framing, width: int, height: int) -> bool:
    """Whether the whole head finds room: a wide size cannot be cut from a close headshot."""
    return framing.head_height * height / _loosest(size, framing, width, height) <= MOST_HEAD


def cut(image: Image.Image, size: Size, framing: Framing) -> Sized:
    """The part of a headshot that a size wants, at its pixels or at fewer; some 10 ms.

    Where the headshot is closer than the size, as much of it as has the size's shape is taken.
    """
    tall = _height(size, framing, *image.size)
    wide = tall * size.width / size.height
    top = _top(size, framing, tall, image.height)
    left = min(max(framing.centre * image.width - wide / 2, 0.0), image.width - wide)
    scale = min(1.0, tall / size.height)
    pixels = max(1, round(size.width * scale)), max(1, round(size.height * scale))
    box = (left, top, left + wide, top + tall)
    part = image.convert("RGB").resize(pixels, Image.Resampling.LANCZOS, box=box)
    result = Framing(
        head_height=framing.head_height * image.height / tall,
        eye_line=(framing.eye_line * image.height - top) / tall,
        centre=(framing.centre * image.width - left) / wide,
    )
    near = _off(result.head_height, size.head_height) <= TOLERANCE
    near = near and _off(result.eye_line, size.eye_line) <= TOLERANCE
    return Sized(_rounded(part) if size.round else part, result, pixels[0] < size.width, near)


def fitted(image: Image.Image, size: Size) -> Image.Image:
    """The middle of a picture in a size's shape: by its edges alone, whatever it shows. Never enlarged."""
    scale = min(1.0, image.width / size.width, image.height / size.height)
    pixels = max(1, round(size.width * scale)), max(1, round(size.height * scale))
    part = ImageOps.fit(image.convert("RGB"), pixels, Image.Resampling.LANCZOS)
    return _rounded(part) if size.round else part


def _off(found: float, wanted: float) -> float:
    return abs(found / wanted - 1)


def _loosest(size: Size, framing: Framing, width: int, height: int) -> float:
    """Height of the cut that makes the head as high as asked, or of the largest of that shape."""
    return min(framing.head_height * height / size.head_height, height, width * size.height / size.width)


def _height(size: Size, framing: Framing, width: int, height: int) -> float:
    """The cut's height: where the edge keeps the eyes off their line, up to half the tolerance closer."""
    loosest = _loosest(size, framing, width, height)
    closest = framing.head_height * height / size.head_height / (1 + TOLERANCE / 2)
    tries = [float(tall) for tall in np.linspace(loosest, min(loosest, closest), 5)]

    def miss(tall: float) -> float:
        top = _top(size, framing, tall, height)
        return round(_off((framing.eye_line * height - top) / tall, size.eye_line), 6)

    return min(tries, key=miss)


def _top(size: Size, framing: Framing, tall: float, height: int) -> float:
    return min(max(framing.eye_line * height - size.eye_line * tall, 0.0), height - tall)


def _rounded(image: Image.Image) -> Image.Image:
    """The circle within a square picture, its edge one pixel soft."""
    side = image.width
    rows, columns = np.ogrid[:side, :side]
    distance = np.hypot(rows - (side - 1) / 2, columns - (side - 1) / 2)
    alpha = np.clip(side / 2 - distance + 0.5, 0, 1) * 255
    result = image.convert("RGBA")
    result.putalpha(Image.fromarray(np.round(alpha).astype(np.uint8)))
    return result
