"""Puts a photo into the catalogue's own words, from measurements alone: what training captions say."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import pose, segment, shading
from .faces import five_points, pixels, reduced, scaled
from .looks import COLOURS
from .skin import delta_e, lab
from .types import Direction, Face, LightSide, Photo, Pixels, Softness
from .view import View, face_height, view_of

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

SIDE_LIGHT = 4.0  # L* between the cheeks: half the renders lit from a side have 7 and more
HARD = 0.5  # probability of hard light, see ``hardness``
HEAD = 1.25  # crown to chin against hairline to chin, both on the mean head
GRID = 96  # pixels of the small picture that the backdrop is read from
FLAT = 0.6  # L* that remain of a plain or graded wall after a smooth surface is taken away
SHADED = 1.1  # L* over a wall that count as a gradient
LEAFY, CHROMATIC, UPRIGHT = 1.6, 0.8, 0.55  # greenest spots; a*b* spread; share of vertical stripes


@dataclass(frozen=True)
class Measured:
    """What a photo shows, in words of ``looks``; framing in the direction is that of the whole picture."""

    direction: Direction
    backdrop: str
    backdrop_colour: str
    outfit_colour: str


def describe(photo: Photo | Image.Image, face: Face) -> Measured:
    """Words for one picture whose subject is ``face`` (in the picture's own pixels).

    Raises nothing: where a backdrop or a garment cannot be seen, the most ordinary word stands for it.
    """
    image = pixels(photo.image if isinstance(photo, Photo) else photo)
    work, factor = reduced(image)
    near = scaled(face, 1 / factor)
    share = segment.person(work)
    behind = segment.backdrop(share, near)
    return Measured(
        direction=direction_of(image, face),
        backdrop=backdrop_kind(work, behind),
        backdrop_colour=colour_word(work, behind, "grey"),
        outfit_colour=colour_word(work, segment.garment(share, near), "grey"),
    )


def direction_of(image: Pixels, face: Face) -> Direction:
    """Pose, expression, light and framing as the picture shows them."""
    height = image.shape[0]
    side, softness = light_of(view_of(image, face))
    return Direction(
        yaw=face.yaw,
        pitch=face.pitch,
        roll=face.roll,
        expression=pose.expression(face.landmarks),
        light_side=side,
        light=softness,
        head_height=HEAD * face_height(face) / height,
        eye_line=float(five_points(face)[:2, 1].mean()) / height,
    )


def light_of(view: View) -> tuple[LightSide, Softness]:
    """The picture side that the key light comes from, and whether its shadows are hard."""
    difference = shading.side(view)
    side: LightSide = "front"
    if abs(difference) >= SIDE_LIGHT:
        side = "left" if difference > 0 else "right"
    return side, "hard" if hardness(view) >= HARD else "soft"


def hardness(view: View) -> float:
    """Probability of hard light, 0-1: how dark the face's shadows are against its lit skin.

    The shadow's depth, as a ratio of linear light, does not depend on the skin's own tone.
    """
    luma = view.luma[view.skin]
    if luma.size < 100:
        return 0.0
    light = (luma / 255) ** 2.2
    depth = np.log(np.quantile(light, 0.9) / max(float(np.quantile(light, 0.04)), 1e-4))
    return float(1 / (1 + np.exp(-3 * (depth - 1.6))))


def colour_word(image: Pixels, where: Mask, otherwise: str) -> str:
    """The catalogue's colour nearest to the median of these pixels; lightness counts half."""
    if int(where.sum()) < 50:
        return otherwise
    median = lab(np.median(image[where], 0))
    names = list(COLOURS)
    distances = delta_e(median[None], lab([COLOURS[name] for name in names]), lightness_weight=1.5)
    return names[int(distances.argmin())]


def backdrop_kind(image: Pixels, behind: Mask) -> str:
    """A word of ``looks.BACKDROPS`` for the pixels behind the person.

    What a smooth surface explains is a plain or a graded wall; what remains is told apart by colour
    (leaves), by upright edges (shelves, windows), and is texture otherwise.
    """
    small = cv2.resize(image, (GRID, GRID), interpolation=cv2.INTER_AREA)
    inside = cv2.resize(behind.astype(np.float32), (GRID, GRID), interpolation=cv2.INTER_AREA) > 0.99
    if int(inside.sum()) < 200:
        return "plain"
    colours = lab(cv2.GaussianBlur(small, (0, 0), 1.0))[inside]
    y, x = np.mgrid[-1 : 1 : GRID * 1j, -1 : 1 : GRID * 1j]
    surface = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], -1)[inside]
    rest = colours - surface @ np.linalg.lstsq(surface, colours, rcond=None)[0]
    spread = rest.std(0)
    if spread[0] < FLAT:
        return "plain" if colours[:, 0].std() < SHADED else "gradient"
    if -float(np.quantile(rest[:, 1], 0.05)) > LEAFY:
        return "outdoors"
    upright = _columns(rest[:, 0], inside) / max(float(spread[0]), 1e-6)
    if upright > UPRIGHT:
        return "office"
    return "outdoors" if float(np.hypot(spread[1], spread[2])) > CHROMATIC else "textured"


def _columns(values: Array, inside: Mask) -> float:
    """Standard deviation of the columns' means, over columns that are mostly seen."""
    full = np.zeros(inside.shape)
    full[inside] = values
    count = inside.sum(0)
    seen = count > 15
    return float((full.sum(0)[seen] / count[seen]).std()) if seen.sum() > 3 else 0.0
