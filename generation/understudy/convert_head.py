"""Packs the public ICT-FaceKit light head (OBJ files) into the one file that head.py reads.

The head is by ICT-VGL (https://github.com/ICT-VGL/ICT-FaceKit, MIT licence); its folder of OBJ files is
FaceXModel/. Run: ``python -m generation.understudy.convert_head FaceXModel head.npz``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generation.engine.types import BadInput

NEUTRAL = "generic_neutral_mesh.obj"
VERTICES = 26719
ROUNDED = 0.002  # cm; makes the deltas compress well and is far below a pixel
LANDMARKS_FILE = "vertex_indices.json"  # lists the 68 landmarks in iBUG order


def vertices(path: Path) -> NDArray[np.float64]:
    """(n, 3) positions of an OBJ file; raises BadInput when it is not this head's."""
    rows = [line.split()[1:4] for line in path.read_text().splitlines() if line.startswith("v ")]
    if len(rows) != VERTICES:
        raise BadInput(f"{path.name} has {len(rows)} vertices instead of {VERTICES}; use ICT-FaceKit's light head.")
    return np.array(rows, float)


def quads(path: Path) -> NDArray[np.int32]:
    """(n, 4) 0-based corners of an OBJ file's faces; a triangle's fourth is -1."""
    faces = []
    for line in path.read_text().splitlines():
        if line.startswith("f "):
            corners = [int(word.split("/")[0]) - 1 for word in line.split()[1:]]
            faces.append(corners if len(corners) == 4 else [*corners, -1])
    return np.array(faces, np.int32)


def _deltas(paths: list[Path], neutral: NDArray[np.float64]) -> NDArray[np.float16]:
    moved = np.stack([vertices(path) - neutral for path in paths])
    return (np.round(moved / ROUNDED) * ROUNDED).astype(np.float16)


def landmarks(folder: Path) -> NDArray[np.int32]:
    """(68,) vertex indices out of ICT-FaceKit's own list."""
    indices = json.loads((folder / LANDMARKS_FILE).read_text()).get("idx_to_landmark_verts", [])
    if len(indices) != 68:
        raise BadInput(f"{LANDMARKS_FILE} does not list 68 landmarks; use ICT-FaceKit's own file.")
    return np.array(indices, np.int32)


def convert(folder: Path, out: Path) -> None:
    """Writes the packed head; raises BadInput naming what the folder lacks."""
    for name in (NEUTRAL, LANDMARKS_FILE):
        if not (folder / name).is_file():
            raise BadInput(f"{folder} has no {name}; give ICT-FaceKit's FaceXModel folder.")
    neutral = vertices(folder / NEUTRAL)
    identity = sorted(folder.glob("identity[0-9][0-9][0-9].obj"))
    others = {NEUTRAL, *(path.name for path in identity)}
    expression = sorted(path for path in folder.glob("*.obj") if path.name not in others)
    np.savez_compressed(
        out,
        vertices=neutral.astype(np.float32),
        quads=quads(folder / NEUTRAL),
        identity=_deltas(identity, neutral),
        expression=_deltas(expression, neutral),
        expression_names=np.array([path.stem for path in expression]),
        landmarks68=landmarks(folder),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    convert(asked.folder, asked.out)


if __name__ == "__main__":
    main()
