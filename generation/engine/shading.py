"""Which half of a face is lit, whatever way the head is turned: from its shading over the mesh's normals."""

from __future__ import annotations

import cv2
import numpy as np

from . import pose, tints
from .geometry import rotation
from .types import Floats
from .view import VIEW, Array, View

NEIGHBOURS = 10  # mesh points that a plane is laid through
FACING = 0.1  # least part of a normal that points to the camera
DEPTH = 0.8  # outer-eye-corner distances from the mesh's middle to the head's
ROUNDS = 20
LIGHTNESS = 36.0  # L* between the cheeks for a slope of 1: the two measures' ratio on the renders


def side(view: View) -> float:
    """How much more light the picture-left half of the face gets, as L* between the cheeks: 0 is even.

    The mean of the cheeks' difference and of the slope that the shading has across the head: each errs by
    itself where a turn hides a cheek or a beard darkens it; together they err a fifth less.
    """
    return (tints.shadow(view) - LIGHTNESS * slope(view)) / 2


def slope(view: View) -> float:
    """Light from the head's picture-right over light from everywhere; 0 even, 0.2 a window beside the face.

    Linear light on skin points as 1 and their normals in the head's axes (spherical harmonics up to the
    first order, Ramamoorthi and Hanrahan 2001), by least absolute deviations with a small ridge.
    """
    outward, turn = _normals(view.landmarks)
    x, y = np.clip(np.round(view.landmarks[:, :2]).astype(int), 0, VIEW - 1).T
    seen = view.skin[y, x] & (outward[:, 2] > FACING)
    if seen.sum() < 20:
        return 0.0
    smooth = cv2.GaussianBlur(view.pixels, (0, 0), 3)[y, x][seen].astype(np.float64)
    light = (smooth / 255) ** 2.2 @ [0.299, 0.587, 0.114]
    light /= max(float(np.median(light)), 1e-4)
    fit = _fit(np.c_[np.ones(len(light)), (outward @ turn)[seen]], light)
    return float(fit[1] / max(fit[0], 0.3))


def _normals(landmarks: Floats) -> tuple[Array, Array]:
    """(468, 3) unit normals out of the head, x right, y up, z to the camera; and the head's own axes."""
    points = np.asarray(landmarks, np.float64) * [1, -1, -1]
    near = np.argsort(((points[:, None] - points[None]) ** 2).sum(-1), axis=1)[:, :NEIGHBOURS]
    patches = points[near] - points[near].mean(1, keepdims=True)
    normals = np.linalg.svd(patches)[2][:, 2]
    head = pose.head_pose(landmarks)
    turn = rotation(head.yaw, head.pitch / pose.PITCH_SCALE, head.roll)
    middle = points.mean(0) - DEPTH * float(np.linalg.norm(points[263] - points[33])) * turn[:, 2]
    outwards = np.sign(((points - middle) * normals).sum(1, keepdims=True))
    return np.asarray(normals * outwards), turn


def _fit(design: Array, values: Array) -> Array:
    weight = np.ones(len(design))
    fit = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        weighted = design * weight[:, None]
        gram = weighted.T @ design
        ridge = 0.01 * np.trace(gram) / len(fit) * np.diag([0.0, 1.0, 1.0, 1.0])
        fit = np.linalg.solve(gram + ridge, weighted.T @ values)
        weight = 1 / np.maximum(np.abs(values - design @ fit), 0.03)
    return fit
