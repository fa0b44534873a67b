"""The morphable head (ICT-FaceKit light): loads the packed arrays, bends them into a person's face."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from generation.engine.types import BadInput

from .people import SHAPE_COEFFICIENTS
from .regions import Regions

Array = NDArray[np.float32]

# Vertices of the packed head by part; iris, lacrimal and blend meshes are left out (the shader draws irises).
PARTS = {
    "face": (0, 9409),
    "neck": (9409, 11248),
    "mouth": (11248, 13294),
    "sockets": (13294, 14062),
    "gums": (14062, 17039),
    "teeth": (17039, 21451),
    "left eye": (21451, 22221),
    "right eye": (23021, 23791),
    "lashes": (25351, 26719),
}
SKIN, EYE, TEETH, GUMS, LASHES = 0.0, 1.0, 2.0, 3.0, 4.0
_MATERIAL = {"mouth": GUMS, "gums": GUMS, "teeth": TEETH, "left eye": EYE, "right eye": EYE, "lashes": LASHES}

# Blend shapes of an expression at full strength; a name without a side moves both sides.
EXPRESSIONS: dict[str, dict[str, float]] = {
    "neutral": {"mouthSmile": 0.05},
    "slight smile": {"mouthSmile": 0.42, "cheekSquint": 0.18, "mouthDimple": 0.12, "eyeSquint": 0.06},
    "smile": {
        "mouthSmile": 0.78,
        "cheekSquint": 0.42,
        "mouthUpperUp": 0.30,
        "mouthLowerDown": 0.22,
        "eyeSquint": 0.20,
        "jawOpen": 0.05,
    },
    "laugh": {
        "mouthSmile": 0.85,
        "cheekSquint": 0.55,
        "mouthUpperUp": 0.42,
        "mouthLowerDown": 0.26,
        "eyeSquint": 0.32,
        "jawOpen": 0.24,
    },
    "serious": {"browDown": 0.42, "mouthPress": 0.3, "mouthFrown": 0.18, "eyeSquint": 0.12},
    "surprised": {"browInnerUp": 0.6, "browOuterUp": 0.6, "eyeWide": 0.5, "jawOpen": 0.26},
}


def head_path(path: Path | str | None = None) -> Path:
    """The packed head: the argument, or the environment's FACEKIT; a folder stands for its ict_face.npz."""
    chosen = path or os.environ.get("FACEKIT")
    if not chosen:
        raise BadInput(
            "Rendering needs the packed head: set FACEKIT to its path (docs/models.md says what it is)."
        )
    found = Path(chosen)
    found = found / "ict_face.npz" if found.is_dir() else found
    if not found.is_file():
        raise BadInput(f"There is no packed head at {found}; make one with convert_head.py.")
    return found


class Head:
    """The mean head, its shape and expression bases, and what is derived from them once.

    Positions in centimetres as in ``engine.geometry``; vertices are those of PARTS, in that order.
    """

    def __init__(self, path: Path | str | None = None) -> None:
        self.path = head_path(path)
        with np.load(self.path) as packed:
            keep = np.zeros(len(packed["vertices"]), bool)
            for start, end in PARTS.values():
                keep[start:end] = True
            place = np.where(keep, np.cumsum(keep) - 1, -1)
            self.mean: Array = packed["vertices"][keep].astype(np.float32)
            self.count = len(self.mean)
            self._shape = packed["identity"][:SHAPE_COEFFICIENTS, keep].astype(np.float32)
            self._expression = packed["expression"][:, keep].astype(np.float32).reshape(-1, self.count * 3)
            self._names = {str(name): row for row, name in enumerate(packed["expression_names"])}
            self.landmarks = place[packed["landmarks68"]]
            quads = packed["quads"]
        triangles = np.concatenate([quads[:, [0, 1, 2]], quads[quads[:, 3] >= 0][:, [0, 2, 3]]])
        self.triangles: NDArray[np.int32] = place[triangles[keep[triangles].all(1)]].astype(np.int32)
        self.part = {name: slice(place[a], place[b - 1] + 1) for name, (a, b) in PARTS.items()}
        self.material = np.zeros(self.count, np.float32)
        for name, value in _MATERIAL.items():
            self.material[self.part[name]] = value
        face, skin = np.zeros(self.count, bool), np.zeros(self.count, bool)
        face[self.part["face"]] = skin[self.part["face"]] = skin[self.part["neck"]] = True
        self.skin = skin
        self.regions = Regions(self.mean, self.mean[self.landmarks], face, skin)
        balls = (self.mean[self.part[f"{side} eye"]] for side in ("left", "right"))
        self.eyes = np.array([(ball.min(0) + ball.max(0)) / 2 for ball in balls])
        self._corners = [np.ascontiguousarray(self.triangles[:, i]) for i in range(3)]
        faces = np.tile(np.arange(len(self.triangles)), 3)
        ones = np.ones(len(faces), np.float32)
        self._incidence = csr_matrix(
            (ones, (self.triangles.T.ravel(), faces)), shape=(self.count, len(self.triangles))
        )

    def shaped(self, coefficients: Array) -> Array:
        """(count, 3) neutral head of a person; coefficients (80,) unit normal."""
        return self.mean + np.tensordot(coefficients.astype(np.float32), self._shape, 1)

    def weights(self, shapes: Mapping[str, float]) -> tuple[NDArray[np.intp], Array]:
        """Rows of the expression basis and their weights; a name without a side moves both."""
        rows: dict[int, float] = {}
        for name, value in shapes.items():
            for row in (name, f"{name}_L", f"{name}_R"):
                if row in self._names and abs(value) > 1e-3:
                    rows[self._names[row]] = rows.get(self._names[row], 0.0) + value
        return np.array(list(rows), np.intp), np.array(list(rows.values()), np.float32)

    def expressed(self, shaped: Array, shapes: Mapping[str, float]) -> Array:
        """(count, 3) head with blend shapes applied to a shaped one."""
        rows, values = self.weights(shapes)
        result = shaped.ravel().copy()
        for row, value in zip(rows, values):
            result += value * self._expression[row]
        return result.reshape(-1, 3)

    def normals(self, points: Array) -> Array:
        """(count, 3) unit normals, triangles weighted by their area."""
        a, b, c = (points[corner] for corner in self._corners)
        u, v = b - a, c - a
        cross = np.empty_like(u)
        cross[:, 0] = u[:, 1] * v[:, 2] - u[:, 2] * v[:, 1]
        cross[:, 1] = u[:, 2] * v[:, 0] - u[:, 0] * v[:, 2]
        cross[:, 2] = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
        total = self._incidence @ cross
        length = np.sqrt(np.einsum("ij,ij->i", total, total))
        return np.asarray(total / np.maximum(length, 1e-9)[:, None], np.float32)

    def mean_landmarks_at(self, shapes: Mapping[str, float]) -> Array:
        """(68, 3) landmarks of the mean head under blend shapes."""
        rows, values = self.weights(shapes)
        moved: Array = self.mean[self.landmarks].copy()
        for row, value in zip(rows, values):
            moved += value * self._expression[row].reshape(-1, 3)[self.landmarks]
        return moved

    def mean_landmarks(self, expression: str) -> Array:
        """(68, 3) landmarks of the mean head with an expression of EXPRESSIONS at full strength."""
        if expression not in EXPRESSIONS:
            raise BadInput(f"Unknown expression {expression!r}; choose from: {', '.join(EXPRESSIONS)}.")
        return self.mean_landmarks_at(EXPRESSIONS[expression])

    def mean_points(self) -> dict[str, Array]:
        """The table that control maps are drawn from: expression -> (68, 3) mean landmarks."""
        return {expression: self.mean_landmarks(expression) for expression in EXPRESSIONS}
