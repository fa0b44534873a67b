"""One gallery that the engine really made, kept as files, so that the demo opens on it at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

FOLDER = Path(__file__).parent / "recorded"
LIST = "gallery.json"
MEASURED = ("look", "direction", "seed", "likeness", "sharpness", "skin_shift", "yaw")


@dataclass(frozen=True)
class Recorded:
    """One headshot: its picture and what was measured on it."""

    image: Image.Image
    measured: dict[str, Any]  # the columns of a Headshot


def keep(gallery: Path) -> int:
    """Take over the gallery that ``make shoot`` wrote into a folder; returns how many headshots it has."""
    made = json.loads((gallery / LIST).read_text())
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    kept = []
    for one in made["headshots"]:
        name = f"{one['rank']:02}.jpg"
        shutil.copyfile(gallery / one["file"], FOLDER / name)
        look = f"{one['look']}@{one['look_version']}"
        kept.append({"file": name, "key": look, **{field: one[field] for field in MEASURED}})
    said = {"model": made["model"], "photos": "generation/photos", "headshots": kept}
    (FOLDER / LIST).write_text(json.dumps(said, indent=1) + "\n")
    return len(kept)


def looks() -> list[str]:
    """Keys of the looks that the gallery shows."""
    return list(dict.fromkeys(one["key"] for one in _kept()))


def headshots() -> Iterator[Recorded]:
    """Best first."""
    for one in _kept():
        with Image.open(FOLDER / one["file"]) as opened:
            image = opened.convert("RGB")
        yield Recorded(image, {field: one[field] for field in MEASURED})


def _kept() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((FOLDER / LIST).read_text())["headshots"]
    return rows
