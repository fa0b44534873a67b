"""Makes photo sets of people who do not exist, with ground truth, as a subject would upload them."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from .casual import phone
from .head import Head
from .people import Person, population_rng, sample_person
from .render import Rendered, Renderer
from .scene import Scene, sample_scene


def _plain(value: Any) -> Any:
    """Numbers and arrays as JSON has them, to four places."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, np.generic):
        return _plain(value.item())
    return round(value, 4) if isinstance(value, float) else value


def _truth(name: str, scene: Scene, made: Rendered) -> dict[str, Any]:
    measured: dict[str, Any] = {"landmarks": made.landmarks}
    measured |= {"mean_landmarks": made.mean_landmarks, "visible": made.visible, "skin_rgb": made.skin_rgb}
    measured |= {"backdrop_rgb": made.backdrop_rgb, "garment_rgb": made.garment_rgb}
    return {"file": name, "scene": asdict(scene), **measured}


def photo_set(renderer: Renderer, person: Person, rng: np.random.Generator, count: int, folder: Path) -> None:
    """``count`` phone photos of a person as JPEG without metadata, and truth.json beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    photos = []
    for number in range(1, count + 1):
        scene, name = sample_scene(rng, "phone photo"), f"photo-{number:02d}.jpg"
        made = renderer.render(person, scene)
        Image.fromarray(phone(made.image, rng)).save(folder / name, quality=90)
        photos.append(_truth(name, scene, made))
    traits = asdict(person) | {"keep_words": person.keep_words()}
    (folder / "truth.json").write_text(json.dumps(_plain({"person": traits, "photos": photos})))


def main() -> None:
    """Writes person-NNNN/photo-KK.jpg and truth.json for the first people of a population."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seed", type=int, default=7, help="population; 7 and 80-99 are never trained on")
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--first", type=int, default=0, help="index of the first person")
    parser.add_argument("--photos", type=int, default=16)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    renderer = Renderer(Head(), asked.size)
    for index in range(asked.first, asked.first + asked.people):
        rng = population_rng(asked.seed, index)
        person = sample_person(rng)
        photo_set(renderer, person, rng, asked.photos, asked.out / f"person-{index + 1:04d}")


if __name__ == "__main__":
    main()
