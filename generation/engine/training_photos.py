"""Photos as training takes them: framed like headshots, masked, captioned by our own measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image

from .describe import describe
from .geometry import CHIN, CROWN, EYES
from .looks import caption
from .pipeline import Engine
from .segment import person
from .types import Direction, Face, Floats, Keep, Month, Photo

Box = tuple[int, int, int, int]  # left, top, right, bottom

CHIN_POINT, EYE_CORNERS = 152, (33, 133, 362, 263)  # of the face mesh
NECK = 0.16  # of the head's height: how far below the chin the neck is the person's own
MEDIUM = "phone photo"  # said of every photo; its light is left unsaid, for a face tells its side too rarely
GARMENT = "shirt"  # said of every photo: its colour is measured, its kind is not
# Framings of the catalogue's headshots: (head height, eye line), as in Direction.
FRAMINGS = ((0.62, 0.44), (0.74, 0.46))


@dataclass(frozen=True)
class TrainingPhoto:
    """One framing of one photo."""

    image: Image.Image  # mode RGB, the model's size
    caption: str
    mask: Floats  # (size, size) share of face, hair and neck, 0-1
    month: Month | None = None
    source: int = 0  # which photo it was cut from
    yaw: float = 0.0


def prepare(
    photos: Sequence[Photo], faces: Sequence[Face], engine: Engine, *, keep: Keep = Keep()
) -> list[TrainingPhoto]:
    """Cut every photo into a headshot and a close-up; ``faces`` are the subject's, one a photo.

    A framing that the photo has no room for is moved and, at last, made closer: nothing is ever painted
    around a photo, because training would learn the border. No flips and no colour changes either.
    """
    size, token = engine.settings.size, engine.settings.recipe.token
    prepared = []
    for source, (photo, face) in enumerate(zip(photos, faces)):
        measured = describe(photo, face)
        head = _head_mask(photo.image, face)
        for box in _squares(face, photo.image.size):
            direction = _framed(measured.direction, face, box)
            prepared.append(
                TrainingPhoto(
                    photo.image.crop(box).resize((size, size), Image.Resampling.LANCZOS),
                    caption(
                        direction,
                        medium=MEDIUM,
                        backdrop=f"{measured.backdrop} {measured.backdrop_colour}",
                        garment=f"{measured.outfit_colour} {GARMENT}",
                        keep=keep,
                        token=token,
                    ),
                    cv2.resize(_cut(head, box), (size, size), interpolation=cv2.INTER_AREA),
                    photo.month,
                    source,
                    face.yaw,
                )
            )
    return prepared


def split(prepared: Sequence[TrainingPhoto]) -> tuple[list[TrainingPhoto], list[TrainingPhoto]]:
    """(to learn from, held out): one photo of 5 or more is held out, two of 10 or more.

    The most frontal ones after the very best, which training needs: the reader is surest there.
    """
    sources = sorted({photo.source for photo in prepared})
    count = 0 if len(sources) < 5 else 1 if len(sources) < 10 else 2
    turn = {photo.source: abs(photo.yaw) for photo in prepared}
    held = set(sorted(sources, key=lambda source: turn[source])[1 : 1 + count])
    kept = [photo for photo in prepared if photo.source not in held]
    firsts = {photo.source: photo for photo in reversed(prepared) if photo.source in held}
    return kept, [firsts[source] for source in sorted(firsts)]


def _span(face: Face) -> tuple[float, float, float]:
    """(x of the head's middle, y of the eyes, crown to chin) in pixels; the crown is the mean head's."""
    points = face.landmarks[:, :2]
    eyes, chin = points[list(EYE_CORNERS)].mean(0), points[CHIN_POINT]
    head = float(np.linalg.norm(chin - eyes)) * (CROWN - CHIN) / (EYES - CHIN)
    middle = (points[:, 0].min() + points[:, 0].max()) / 2
    return float(middle), float(eyes[1]), max(head, 1.0)


def _squares(face: Face, size: tuple[int, int]) -> list[Box]:
    """One box a framing; a second that a small photo makes all but the same as the first is left out."""
    boxes = [_square(face, size, *framing) for framing in FRAMINGS]
    sides = [right - left for left, _, right, _ in boxes]
    return boxes[:1] if min(sides) > 0.95 * max(sides) else boxes


def _square(face: Face, size: tuple[int, int], head_height: float, eye_line: float) -> Box:
    """The square (left, top, right, bottom) that frames the head so, inside a picture of that size."""
    middle, eyes, head = _span(face)
    side = min(round(head / head_height), *size)
    left = min(max(round(middle - side / 2), 0), size[0] - side)
    top = min(max(round(eyes - eye_line * side), 0), size[1] - side)
    return left, top, left + side, top + side


def _framed(direction: Direction, face: Face, box: Box) -> Direction:
    """The direction with the framing as it came out."""
    _, eyes, head = _span(face)
    side = box[2] - box[0]
    return replace(direction, head_height=head / side, eye_line=(eyes - box[1]) / side)


def _head_mask(image: Image.Image, face: Face) -> Floats:
    """(height, width) the person down to the neck: what lies lower is clothes, and changes."""
    share = person(image)
    *_, head = _span(face)
    collar = float(face.landmarks[CHIN_POINT, 1]) + NECK * head
    rows = np.arange(share.shape[0])[:, None]
    above = np.clip((collar - rows) / (0.05 * head) + 0.5, 0, 1)
    return np.asarray(share * above, np.float32)


def _cut(mask: Floats, box: Box) -> Floats:
    left, top, right, bottom = box
    return np.ascontiguousarray(mask[top:bottom, left:right])
