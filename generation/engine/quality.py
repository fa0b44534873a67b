"""Numbers that verdicts are made of, each measured on the face cut to one size, so that none depends on it.

No measure looks at the mean brightness: dark skin is not a dark photo. Sharpness is a ratio of the picture's
own fine and coarse edges, exposure is clipping, noise and the whites that every face has, eyes and mouth.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from . import pose, segment
from .alignment import umeyama
from .faces import five_points
from .skin import lab
from .types import Face, Floats, Pixels

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

VIEW = 192  # pixels: the eyes are 46 apart, as on a face at the least size that is accepted
FINE, COARSE = 0.7, 2.8  # Gaussian scales of edges, pixels of the view
CLIPPED = 244  # a phone's own contrast curve and JPEG leave white a little below 255
TURNED = 20.0  # degrees of yaw from which only the nearer eye is looked at
NOISE_SHARE = 0.25  # quantile of local noise: the flattest quarter of the face tells it


@dataclass(frozen=True)
class View:
    """The face at the template's place: pixels (192, 192, 3), the mesh in them, and its skin."""

    pixels: Pixels
    landmarks: Floats
    skin: Mask
    scale: float  # view pixels per photo pixel

    @property
    def luma(self) -> Array:
        return np.asarray(self.pixels, np.float64) @ [0.299, 0.587, 0.114]


def view_of(image: Pixels, face: Face) -> View:
    matrix = umeyama(five_points(face), VIEW)
    scale = float(np.hypot(matrix[0, 0], matrix[0, 1]))
    left, top, right, bottom = _surround(image, face)
    source = image[top:bottom, left:right]
    small = np.column_stack([matrix[:, :2], matrix[:, 2] + matrix[:, :2] @ [left, top]])
    if scale < 0.5:
        source = cv2.resize(source, None, fx=2 * scale, fy=2 * scale, interpolation=cv2.INTER_AREA)
        small = np.column_stack([small[:, :2] / (2 * scale), small[:, 2]])
    crop = cv2.warpAffine(
        source, small, (VIEW, VIEW), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    flat = face.landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    points = np.c_[flat, face.landmarks[:, 2] * scale].astype(np.float32)
    return View(np.asarray(crop, np.uint8), points, segment.skin_of(points, (VIEW, VIEW)), scale)


def _surround(image: Pixels, face: Face) -> tuple[int, int, int, int]:
    """The part of the photo that the view can show: the face's box and as much again on every side."""
    left, top, right, bottom = face.box
    reach = 1.2 * max(right - left, bottom - top)
    height, width = image.shape[:2]
    return (
        int(max(0, left - reach)),
        int(max(0, top - reach)),
        int(min(width, right + reach)) + 1,
        int(min(height, bottom + reach)) + 1,
    )


def face_height(face: Face) -> float:
    """Hairline to chin in photo pixels, whatever the pose (the mesh is three-dimensional)."""
    return float(np.linalg.norm(face.landmarks[10] - face.landmarks[152]))


def measure(image: Pixels, face: Face) -> dict[str, float]:
    """All measures of one face; the keys are stable and go into ``Verdict.measures``."""
    view = view_of(image, face)
    return {
        "face_height": face_height(face),
        "presence": face.presence,
        "yaw": face.yaw,
        "pitch": face.pitch,
        "roll": face.roll,
        "smile": pose.smile(face.landmarks),
        "mouth_open": pose.mouth_open(face.landmarks),
        "mouth_width": pose.mouth_width(face.landmarks),
        "eye_openness": pose.eye_openness(face.landmarks),
        **sharpness(view),
        **exposure(view),
        **coverings(view, face.yaw),
        **colour(view),
    }


def whole(image: Pixels, person: Floats) -> dict[str, float]:
    """Exposure of a photo on which no face is found: its brightest 2 %, and what is clipped of the person."""
    clipped = np.sort(image, 2)[..., 1] >= CLIPPED
    somebody = person > 0.5
    return {
        "whole_bright": float(np.quantile(image.max(2), 0.98)),
        "whole_clipped": float(clipped.mean()),
        "whole_blown": float(clipped[somebody].mean()) if somebody.mean() > 0.05 else 0.0,
    }


def thumbnail(image: Pixels, side: int) -> Array:
    """(side * side,) grey thumbnail, mean 0, length 1: cosine of two is their correlation."""
    small = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA).astype(np.float64).mean(2)
    flat = (small - small.mean()).ravel()
    return np.asarray(flat / max(float(np.linalg.norm(flat)), 1e-9))


def busyness(image: Pixels, behind: Mask, face: Face) -> float:
    """Edges of the backdrop at a tenth of the face's size: 0 a plain wall, 10 and more clutter."""
    if behind.sum() < 0.02 * behind.size:
        return 0.0
    sigma = max(0.8, face_height(face) / 60)
    smooth = cv2.GaussianBlur(image, (0, 0), sigma).astype(np.float64) @ [0.299, 0.587, 0.114]
    dx, dy = cv2.Sobel(smooth, cv2.CV_64F, 1, 0) / 8, cv2.Sobel(smooth, cv2.CV_64F, 0, 1) / 8
    return float(np.sqrt(np.mean((dx**2 + dy**2)[behind])) * sigma)


def _edges(luma: Array, sigma: float) -> Array:
    """(4,) mean squared derivative along 0, 45, 90 and 135 degrees after a Gaussian, inside the face."""
    smooth = cv2.GaussianBlur(luma, (0, 0), sigma)
    dx, dy = cv2.Sobel(smooth, cv2.CV_64F, 1, 0) / 8, cv2.Sobel(smooth, cv2.CV_64F, 0, 1) / 8
    along = (dx, (dx + dy) / np.sqrt(2), dy, (dx - dy) / np.sqrt(2))
    return np.array([np.mean(d**2) for d in along])


def noise_of(luma: Array, where: Mask) -> float:
    """Standard deviation of pixel noise, grey levels, on the flattest quarter (Immerkaer 1996)."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float64)
    response = np.abs(cv2.filter2D(luma, cv2.CV_64F, kernel)) / 6
    local = cv2.blur(response, (7, 7))[where]
    if local.size < 50:
        return 0.0
    return float(np.sqrt(np.pi / 2) * np.quantile(local, NOISE_SHARE))


def sharpness(view: View) -> dict[str, float]:
    """``sharp``: fine against coarse edges in the direction that has least (motion blurs one only)."""
    top, bottom, left, right = (int(share * VIEW) for share in (0.33, 0.75, 0.27, 0.73))
    luma = view.luma[top:bottom, left:right]
    noise = noise_of(luma, view.skin[top:bottom, left:right])
    fine, coarse = _edges(luma, FINE), _edges(luma, COARSE)
    # White noise of deviation s leaves s^2 / (8 pi sigma^4) in a derivative after a Gaussian of that sigma.
    fine = np.maximum(fine - noise**2 / (8 * np.pi * FINE**4), 0)
    ratio = np.sqrt(fine / np.maximum(coarse, 1e-6))
    return {"sharp": float(ratio.min()), "noise": noise}


def exposure(view: View) -> dict[str, float]:
    """Clipping and the brightest parts of the face, the whites of eyes and teeth included."""
    oval = segment.region(view.landmarks, segment.OVAL, (VIEW, VIEW))
    inside, skin = view.pixels[oval], view.pixels[view.skin]
    bare = view.skin.copy()
    bare[int(np.clip(view.landmarks[2, 1], 0, VIEW - 1)) :] = False  # a beard does not turn white
    upper = view.pixels[bare]
    if not len(upper) or not len(inside):
        return {"bright": 0.0, "black": 1.0, "blown": 0.0}
    return {
        "bright": float(np.quantile(inside.max(1), 0.98)),
        "black": float(np.mean(skin.max(1) <= 12)),
        "blown": float(np.mean(np.sort(upper, 1)[:, 1] >= CLIPPED)),
    }


def coverings(view: View, yaw: float) -> dict[str, float]:
    """What the eye openings and the lower face show, against the skin between them.

    ``eye_spread`` and ``eye_white``: contrast and whites of the better seen eye against its own cheek;
    ``jump``: L*a*b* between the lower face and the nose bridge or forehead, whichever is nearer;
    ``nose_jump``: the same of the nose's tip, which a mask covers and a beard does not;
    ``lip_spread``: contrast within the lips. ``yaw`` tells which eye a turn hides.
    """
    luma, points, shape = view.luma, view.landmarks, (VIEW, VIEW)
    tone = _cheek_tone(luma, points, view.skin)
    sides = ((segment.LEFT_EYE, segment.LEFT_CHEEK), (segment.RIGHT_EYE, segment.RIGHT_CHEEK))
    near = sides[:1] if yaw > TURNED else sides[1:] if yaw < -TURNED else sides
    seen = [_eye(luma, points, eye, cheek, tone) for eye, cheek in near]
    lips = segment.region(points, segment.LIPS, shape)
    ring = segment.region(points, segment.LOWER_FACE, shape) & ~lips
    colours = lab(view.pixels)
    nose = segment.region(points, segment.NOSE_TIP, shape)
    upper = [segment.region(points, part, shape) for part in (segment.BRIDGE, segment.FOREHEAD)]
    return {
        "eye_spread": max(spread for spread, _ in seen),
        "eye_white": max(white for _, white in seen),
        "jump": min(_distance(colours, ring, part) for part in upper),
        "nose_jump": min(_distance(colours, nose, part) for part in upper),
        "lip_spread": float(np.std(luma[lips])) / tone if lips.any() else 0.0,
        "lip_red": _redder(colours, lips, ring),
    }


def _cheek_tone(luma: Array, points: Floats, skin: Mask) -> float:
    """Median grey level of the brighter cheek, at least 1."""
    cheeks = [luma[segment.region(points, c, luma.shape)] for c in (segment.LEFT_CHEEK, segment.RIGHT_CHEEK)]
    seen = [cheek for cheek in [*cheeks, luma[skin]] if cheek.size > 40]
    return max([1.0, *(float(np.median(cheek)) for cheek in seen[:2])])


def _eye(
    luma: Array, points: Floats, eye: tuple[int, ...], cheek: tuple[int, ...], tone: float
) -> tuple[float, float]:
    """Contrast within an eye's opening, and its whites, against the cheek below it (``tone`` where unseen).

    The own cheek, because in hard side light one half of a face lies in shadow, eye and all.
    """
    patch = luma[segment.region(points, eye, luma.shape, 1.5)]
    below = luma[segment.region(points, cheek, luma.shape)]
    if patch.size <= 20:
        return 0.0, 0.0
    level = max(float(np.median(below)), 1.0) if below.size > 40 else tone
    return float(np.std(patch)) / level, float(np.quantile(patch, 0.95)) / level


def _redder(colours: Array, first: Mask, second: Mask) -> float:
    """a* of the first region over the second: bare lips are redder than the skin or beard about them."""
    if not first.any() or not second.any():
        return 0.0
    return float(np.median(colours[first, 1]) - np.median(colours[second, 1]))


def _distance(colours: Array, first: Mask, second: Mask) -> float:
    if not first.any() or not second.any():
        return 0.0
    return float(np.linalg.norm(np.median(colours[first], 0) - np.median(colours[second], 0)))


def colour(view: View) -> dict[str, float]:
    """Saturation clipped by filters, skin smoothed by them, and how unlike the light of both sides is.

    ``saturated``: share of lit skin with a saturation over 0.92; ``texture``: of the skin against the edges;
    ``chroma``: C* of the skin; ``tint``: how the light's colour (log red and blue over green, so that the
    skin's own tone cancels) differs between the two sides of flanks, cheeks or forehead, whichever differ
    least, because hair may fall over one of them; ``light``: L* of the picture-left cheek over the
    other.
    """
    values = np.asarray(view.pixels, np.float64)[view.skin]
    top, low = values.max(1, initial=0), values.min(1, initial=255)
    lit = top > 40
    texture = np.abs(view.luma - cv2.GaussianBlur(view.luma, (0, 0), 1.5))
    flat = float(np.median(texture[view.skin])) if view.skin.any() else 0.0
    colours = lab(view.pixels)
    pairs = (
        (segment.LEFT_FLANK, segment.RIGHT_FLANK),
        (segment.LEFT_CHEEK, segment.RIGHT_CHEEK),
        (segment.LEFT_BROW_BONE, segment.RIGHT_BROW_BONE),
    )
    light = np.log((np.asarray(view.pixels, np.float64) / 255) ** 2.2 + 0.003)
    tints = light - light[..., 1:2]  # log of red and blue over green: the lamp's colour times the skin's
    halves = [_sides(tints, view, left, right) for left, right in pairs]
    cheeks = _sides(colours, view, segment.LEFT_CHEEK, segment.RIGHT_CHEEK)
    return {
        "saturated": float(np.mean((top - low)[lit] > 0.92 * top[lit])) if lit.any() else 0.0,
        "texture": flat / max(float(np.quantile(texture, 0.97)), 1e-6),
        "chroma": float(np.median(np.hypot(*colours[view.skin].T[1:]))) if view.skin.any() else 0.0,
        "tint": min((float(np.hypot(half[0], half[2])) for half in halves if half is not None), default=0.0),
        "light": 0.0 if cheeks is None else float(cheeks[0]),
    }


def _sides(colours: Array, view: View, left: tuple[int, ...], right: tuple[int, ...]) -> Array | None:
    """(3,) median of the picture-left region minus the right one's; None where a turn hides either."""
    regions = [segment.region(view.landmarks, side, (VIEW, VIEW)) for side in (left, right)]
    if any(region.sum() <= 40 for region in regions):
        return None
    first, second = (np.median(colours[region], 0) for region in regions)
    return np.asarray(first - second)
