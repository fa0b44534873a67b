"""Packs the public ICT-FaceKit light head (OBJ files) into the one file that head.py reads.

The head is by ICT-VGL (https://github.com/ICT-VGL/ICT-FaceKit, MIT licence); its folder of OBJ files is
FaceXModel/. Run: ``python -m generation.understudy.convert_head FaceXModel head.npz``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generation.engine.types import BadInput

from .people import SHAPE_COEFFICIENTS

NEUTRAL = "generic_neutral_mesh.obj"
VERTICES = 26719
ROUNDED = 0.002  # cm; makes the deltas compress well and is far below a pixel
# Vertices of the 68 landmarks in iBUG order on the light head's own topology.
LANDMARKS = """
1225 1888 1052 367 1719 1722 2199 1447 966 3661 4390 3927 3924 2608 3272 4088 3443
268 493 1914 2044 1401 3615 4240 4114 2734 2509 978 4527 4942 4857 1140 2075 1147 4269 3360
1507 1542 1537 1528 1518 1511 3742 3751 3756 3721 3725 3732
5708 5695 2081 0 4275 6200 6213 6346 6461 5518 5957 5841 5702 5711 5533 6216 6207 6470 5517 5966
"""


def vertices(path: Path) -> NDArray[np.float64]:
    """(n, 3) positions of an OBJ file; raises BadInput when it is not this head's."""
    rows = [line.split()[1:4] for line in path.read_text().splitlines() if line.startswith("v ")]
    if len(rows) != VERTICES:
        raise BadInput(f"{path.name} has {len(rows)} vertices, not {VERTICES}; use ICT-FaceKit's light head.")
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


def convert(folder: Path, out: Path) -> None:
    """Writes the packed head; raises BadInput naming what the folder lacks."""
    if not (folder / NEUTRAL).is_file():
        raise BadInput(f"{folder} has no {NEUTRAL}; give ICT-FaceKit's FaceXModel folder.")
    neutral = vertices(folder / NEUTRAL)
    identity = sorted(folder.glob("identity[0-9][0-9][0-9].obj"))
    if len(identity) < SHAPE_COEFFICIENTS:
        raise BadInput(f"{folder} has {len(identity)} identity shapes; the head needs {SHAPE_COEFFICIENTS}.")
    others = {NEUTRAL, *(path.name for path in identity)}
    expression = sorted(path for path in folder.glob("*.obj") if path.name not in others)
    np.savez_compressed(
        out,
        vertices=neutral.astype(np.float32),
        quads=quads(folder / NEUTRAL),
        identity=_deltas(identity, neutral),
        expression=_deltas(expression, neutral),
        expression_names=np.array([path.stem for path in expression]),
        landmarks68=np.array(LANDMARKS.split(), np.int32),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    convert(asked.folder, asked.out)


if __name__ == "__main__":
    main()
