"""Numbers that verdicts are made of, each measured on the face cut to one size, so that none depends on it.

No measure looks at the mean brightness: dark skin is not a dark photo. Sharpness is a ratio of the picture's
own fine and coarse edges, exposure is clipping, noise and the whites that every face has, eyes and mouth.
"""

from __future__ import annotations

import cv2
import numpy as np

from . import pose, segment, shading
from .hidden import coverings
from .tints import colour
from .types import Face, Floats, Pixels
from .view import VIEW, Array, Mask, View, face_height, view_of

FINE, COARSE = 0.7, 2.8  # Gaussian scales of edges, pixels of the view
CLIPPED = 244  # a phone's own contrast curve and JPEG leave white a little below 255
NOISE_SHARE = 0.25  # quantile of local noise: the flattest quarter of the face tells it


def measure(image: Pixels, face: Face) -> dict[str, float]:
    """Measures of one face that need every pixel; the keys are stable and go into ``Verdict.measures``."""
    view = view_of(image, face)
    return {
        "face_height": face_height(face),
        "score": face.score,
        "presence": face.presence,
        "yaw": face.yaw,
        "pitch": face.pitch,
        "roll": face.roll,
        **sharpness(view),
        **exposure(view),
        **coverings(view, face.yaw),
        **colour(view),
        "light": shading.side(view),
    }


def expression(*meshes: Floats) -> dict[str, float]:
    """Mouth, eyes and brows: the mean over meshes of one face, as it is and mirrored."""
    measures = (pose.smile, pose.mouth_open, pose.mouth_width, pose.eye_openness, pose.brow_height)
    return {m.__name__: float(np.mean([m(mesh) for mesh in meshes])) for m in measures}


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
