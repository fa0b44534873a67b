"""The evaluation's picture sheet: each subject's own photos on the left, their first selects on the right."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

TILE, GAP = 160, 12
OWN, SELECTS = 3, 6


def _tile(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB").resize((TILE, TILE), Image.Resampling.LANCZOS)


def row(folder: Path) -> tuple[list[Path], list[Path]]:
    """(own photos, selects best first) of one subject."""
    said = json.loads((folder / "shoot.json").read_text())
    ranked = sorted((f["rank"], i) for i, f in enumerate(said["frames"]) if f["rank"])
    photos = sorted((folder / "photos").glob("*.jpg"))
    return photos[:OWN], [folder / "frames" / f"{i:04d}.png" for _, i in ranked[:SELECTS]]


def sheet(folders: Sequence[Path], out: Path) -> None:
    """One row a subject, as JPEG."""
    width = (OWN + SELECTS) * TILE + GAP
    page = Image.new("RGB", (width, max(1, len(folders)) * TILE), (247, 245, 241))
    for line, folder in enumerate(folders):
        own, selects = row(folder)
        for i, path in enumerate(own):
            page.paste(_tile(path), (i * TILE, line * TILE))
        for i, path in enumerate(selects):
            page.paste(_tile(path), (OWN * TILE + GAP + i * TILE, line * TILE))
    out.parent.mkdir(parents=True, exist_ok=True)
    page.save(out, quality=86)
