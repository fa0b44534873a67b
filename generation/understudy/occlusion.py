"""Bakes how much sky each vertex of the mean head sees, once, and keeps it in the cache folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import moderngl
import numpy as np
from numpy.typing import NDArray

from .gpu import SHADOW_SIZE, ShadowMap, program, put, vertex_array
from .head import LASHES, Head
from .lights import seen_from

_DIRECTIONS = 96


def cached(gl: moderngl.Context, head: Head) -> NDArray[np.float32]:
    """(count,) occlusion in 0-1, 1 open; baked on the first call for a head file."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = hashlib.sha256(head.mean.tobytes()).hexdigest()[:16]
    path = base / "headshots" / f"occlusion-{name}.npy"
    if path.is_file():
        return np.load(path).astype(np.float32)  # type: ignore[no-any-return]
    baked = bake(gl, head)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.stem}.{os.getpid()}.npy")
    np.save(partial, baked.astype(np.float16))
    partial.replace(path)
    return baked


def bake(gl: moderngl.Context, head: Head) -> NDArray[np.float32]:
    """Depth pictures from directions spread evenly over the sphere; cosine-weighted share that is open."""
    shadow, depth = ShadowMap(gl), program(gl, "surface.vert", ["depth.frag"])
    normals = head.normals(head.mean)
    points = np.concatenate([head.mean, head.mean], 1).astype(np.float32)
    attributes = [("position", 3), ("rest", 3)]
    indices = gl.buffer(head.triangles.tobytes())
    mesh = vertex_array(gl, depth, [(gl.buffer(points.tobytes()), attributes)], indices)
    raised = np.c_[head.mean + 0.12 * normals, np.ones(head.count)]
    seen, total = np.zeros(head.count), np.zeros(head.count)
    gl.enable(moderngl.DEPTH_TEST)
    for i in range(_DIRECTIONS):
        height = 1 - 2 * (i + 0.5) / _DIRECTIONS
        turn, flat = i * 2.39996, np.sqrt(1 - height * height)
        direction = np.array([np.cos(turn) * flat, height, np.sin(turn) * flat])
        matrix = seen_from(direction, None if abs(height) < 0.95 else np.array([1.0, 0, 0]))
        same = {"view_projection": matrix, "head_matrix": np.eye(4), "body_matrix": np.eye(4), "on_body": 0.0}
        put(depth, same)
        shadow.begin()
        mesh.render()
        clip = (raised @ matrix.T)[:, :3] * 0.5 + 0.5
        column, row = (np.clip((clip[:, k] * SHADOW_SIZE).astype(int), 0, SHADOW_SIZE - 1) for k in (0, 1))
        facing = np.maximum(normals @ direction, 0)
        seen += facing * (clip[:, 2] < shadow.read()[row, column] + 0.003)
        total += facing
    result = seen / np.maximum(total, 1e-6)
    result[head.material == LASHES] = 1
    return result.astype(np.float32)
