"""What can be read off one picture: MediaPipe's pose and smile, colours, framing, the judge's face."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..engine import pose, segment, skin
from ..engine.describe import HEAD
from ..engine.faces import align, largest
from ..engine.types import Face, Pixels
from ..engine.view import VIEW, View, face_height, view_of
from . import judge

Array = NDArray[np.float64]
T = TypeVar("T")

BLUR = 3.0  # pixels of the view that shading is smoothed over: what a face's features hide of it
CROP = 128  # pixels of the aligned crop that kept traits are compared in
# Where a trait shows in the aligned crop (alignment.TEMPLATE): top, bottom, left, right as shares.
REGIONS: Mapping[str, tuple[float, float, float, float]] = {
    "glasses": (0.34, 0.56, 0.22, 0.78),
    "beard": (0.58, 0.82, 0.30, 0.70),
    "covering": (0.02, 0.36, 0.12, 0.88),
    "hair colour": (0.02, 0.36, 0.12, 0.88),
}


@dataclass(frozen=True)
class Sitter:
    """Pose, smile and shading of one face, colours around it: as MediaPipe and the masks see them."""

    yaw: float
    pitch: float
    smile: float  # pose.smile
    shading: Array  # see ``shading``
    head_height: float
    backdrop: Array  # (3,) CIELAB, NaN where nothing of it shows
    garment: Array
    skin: Array
    crop: Pixels  # (CROP, CROP, 3)


@dataclass(frozen=True)
class Seen:
    """One picture under oath."""

    descriptor: Array  # (128,), NaN where no face is found
    found_by_hog: bool
    face: Sitter | None  # None where MediaPipe finds no face


def see(path: Path) -> Seen:
    """Everything about a picture."""
    image = opened(path)
    face = largest(image)
    return Seen(*judge.describe(image), _face(image, face) if face else None)


def recognise(path: Path) -> Array:
    """The judge's descriptor alone: all that is needed of other people's photos."""
    descriptor, _ = judge.describe(opened(path))
    return descriptor


def shaded(path: Path) -> Array | None:
    """The shading alone: all that is needed of renders in known lights. None without a face."""
    image = opened(path)
    face = largest(image)
    return shading(view_of(image, face)) if face else None


def opened(path: Path) -> Pixels:
    with Image.open(path) as picture:
        if max(picture.size) > judge.SHRUNK:
            picture.thumbnail((judge.SHRUNK, judge.SHRUNK))
        return np.asarray(picture.convert("RGB"))


def _face(image: Pixels, face: Face) -> Sitter:
    share = segment.person(image)
    return Sitter(
        yaw=face.yaw,
        pitch=face.pitch,
        smile=pose.smile(face.landmarks),
        shading=shading(view_of(image, face)),
        head_height=HEAD * face_height(face) / image.shape[0],
        backdrop=_median(image, segment.backdrop(share, face)),
        garment=_median(image, segment.garment(share, face)),
        skin=skin.tone(image, segment.skin_mask(image, face)),
        crop=align(image, face, CROP),
    )


def shading(view: View) -> Array:
    """(468,) log luma at the mesh's points, NaN off the skin."""
    smooth = cv2.GaussianBlur(view.luma, (0, 0), BLUR)
    x, y = np.clip(np.round(view.landmarks[:, :2]).astype(int), 0, VIEW - 1).T
    return np.asarray(np.where(view.skin[y, x], np.log(smooth[y, x] + 4), np.nan))


def nearest_light(frame: Array, renders: Sequence[Array]) -> int:
    """Index of the render of the same person and pose that is shaded most alike, whatever the exposure.

    Skin, beard and hair are the same in all of them; points count by how much the lights change them.
    """
    rows = np.stack([frame, *renders])
    rows = rows[:, np.isfinite(rows).all(axis=0)]
    rows -= np.median(rows, axis=1, keepdims=True)
    apart = np.abs(rows[1:] - rows[0]) @ rows[1:].std(axis=0)
    return int(np.argmin(apart))


def nearest_smile(frame: float, renders: Mapping[str, float]) -> str:
    """Which of the same person's expressions a mouth comes nearest to: mouths differ at rest, so no fixed
    width tells a smile."""
    return min(renders, key=lambda expression: abs(renders[expression] - frame))


def _median(image: Pixels, where: NDArray[np.bool_]) -> Array:
    return skin.lab(np.median(image[where], axis=0)) if where.sum() >= 50 else np.full(3, np.nan)


def shows(group: str, frame: Pixels, with_it: Pixels, without_it: Pixels) -> bool:
    """Forced choice between two renders of the person in the same look, one of which lacks a kept trait.

    Compared where the trait shows, in CIELAB at a scale that forgives a few pixels; on average over the
    region both renders differ by the trait alone, so light, turn and clothes favour neither.
    """
    top, bottom, left, right = (round(share * CROP) for share in REGIONS[group])
    patches = [
        cv2.GaussianBlur(skin.lab(crop), (0, 0), 1.5)[top:bottom, left:right]
        for crop in (frame, with_it, without_it)
    ]
    own, true, other = patches
    differs = np.linalg.norm(true - other, axis=2)
    weight = differs / max(float(differs.sum()), 1e-9)
    to_true = float((np.linalg.norm(own - true, axis=2) * weight).sum())
    return to_true < float((np.linalg.norm(own - other, axis=2) * weight).sum())


def all_of(look: Callable[[Path], T], paths: Iterable[Path], workers: int) -> dict[Path, T]:
    """What ``look`` says of every picture, in parallel; one process each has its own detectors."""
    ordered = list(paths)
    with get_context("spawn").Pool(workers) as pool:
        return dict(zip(ordered, pool.map(look, ordered, chunksize=8), strict=True))
