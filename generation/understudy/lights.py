"""Turns a scene's light into the shader's: directions, strengths, the key's shadow map, exposure."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .colours import NOMINAL
from .scene import Scene

Array = NDArray[np.float64]

SHADOW_REACH = 27.0  # cm from the head's middle that the key's shadow map covers
_FOLDS = 0.88  # light that folds and the head's shadow leave, measured over the catalogue's looks
_CENTRE = np.array([0.0, -3.0, 0.0])


def towards(azimuth: float, elevation: float) -> Array:
    """Unit vector; azimuth > 0 to the picture's right, 0 at the camera."""
    a, e = np.radians([azimuth, elevation])
    return np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])


def seen_from(direction: Array, up: Array | None = None) -> Array:
    """(4, 4) orthographic view from a direction, for shadows."""
    upward = np.array([0.0, 1.0, 0.0]) if up is None else up
    right = np.cross(upward, direction)
    right /= np.linalg.norm(right)
    view = np.eye(4)
    view[:3, :3] = right, np.cross(direction, right), direction
    view[:3, 3] = -view[:3, :3] @ (direction * 60 + _CENTRE)
    scale = np.diag([1 / SHADOW_REACH, 1 / SHADOW_REACH, -1 / 50, 1])
    scale[2, 3] = -60 / 50
    return scale @ view


def rig(scene: Scene) -> tuple[dict[str, Any], float]:
    """Uniforms of light.glsl, and how much light falls on the chest (for clothes that show as asked)."""
    side = 1.0 if scene.key_azimuth >= 0 else -1.0
    key = towards(scene.key_azimuth, scene.key_elevation)
    fill = towards(-side * 35, 6)

    def falling(azimuth: float, elevation: float) -> float:
        normal = towards(azimuth, elevation)
        direct = max(float(normal @ key), 0) + scene.fill * max(float(normal @ fill), 0)
        return direct + scene.ambient * (1 + 0.2 * float(normal[1]))

    metered = 0.5 * (falling(0, 5) + falling(side * min(abs(scene.key_azimuth), 40.0), 5))
    strength = NOMINAL * scene.exposure / metered
    chest = _FOLDS * strength * float(np.mean([falling(scene.body_yaw + turn, 18) for turn in (-30, 0, 30)]))
    around = np.array(scene.around_rgb) * strength
    uniforms = {
        "key_at": key,
        "key_rgb": np.array(scene.key_rgb) * strength,
        "fill_at": fill,
        "fill_rgb": around * scene.fill,
        "rim_at": towards(-side * 145, 28),
        "rim_rgb": np.array(scene.key_rgb) * strength * scene.rim,
        "sky": around * scene.ambient * 1.2,
        "ground": around * scene.ambient * 0.8,
        "softness": scene.softness,
        "shadow_matrix": seen_from(key),
    }
    return uniforms, chest
