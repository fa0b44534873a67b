"""Renders the people whose photos the verdicts are tried on: every Monk tone, coverings, glasses, beards."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generation.understudy.casual import phone
from generation.understudy.head import Head
from generation.understudy.people import Person, population_rng, sample_person
from generation.understudy.render import Renderer
from generation.understudy.scene import Scene, sample_scene

SEED = 81  # a population for tests and evaluation only
SIZE = 448
PLAIN = 4  # good photos a person
TONES = 10


Pixels = NDArray[np.uint8]
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Base:
    """One rendered photo and what is true of it."""

    person: int
    index: int
    image: Pixels
    landmarks: Array  # (68, 2)
    truth: dict[str, object]

    @property
    def occlusion(self) -> str:
        return str(self.truth["occlusion"])


def person_of(index: int) -> Person:
    """Tones in turn; every fifth person wears a covering, every third glasses, every other third a beard."""
    rng = population_rng(SEED, index)
    tone = 1 + index % TONES + float(rng.uniform(-0.4, 0.4))
    turn = index // TONES + index
    fixed: dict[str, object] = {"tone": float(np.clip(tone, 1, 10))}
    fixed["covering"] = ("headscarf", "turban", "uncovered", "uncovered", "uncovered")[turn % 5]
    if turn % 3 == 0:
        fixed["glasses"] = ("round glasses", "square glasses", "thin glasses")[turn // 3 % 3]
    if turn % 3 == 1:
        fixed["beard"] = ("stubble", "moustache", "goatee", "short beard", "full beard")[turn // 3 % 5]
    return sample_person(rng, **fixed)


def scenes_of(index: int) -> list[Scene]:
    """Four ordinary phone photos, one in sunglasses, one in a mask, one with the mouth wide open."""
    rng = np.random.default_rng([SEED, index, 1])
    plain = [replace(sample_scene(rng, "phone photo"), eyes_closed=False) for _ in range(PLAIN)]
    worn = [replace(sample_scene(rng, "phone photo"), occlusion=kind) for kind in ("sunglasses", "mask")]
    for k, scene in enumerate(worn):  # a profile hides eyes and mouth by itself
        worn[k] = replace(scene, direction=replace(scene.direction, yaw=scene.direction.yaw * 0.6))
    wild = replace(
        sample_scene(rng, "phone photo"),
        expression_detail=("surprised", "laugh")[index // 2 % 2],
        expression_strength=float(rng.uniform(2.0, 2.4)),
    )
    return [*plain, *worn, wild]


def truth_of(person: Person, scene: Scene) -> dict[str, object]:
    return {
        "tone": person.tone,
        "covering": person.covering,
        "glasses": person.glasses,
        "beard": person.beard,
        "hair": person.hair_style,
        "detail": scene.expression_detail,
        "agape": scene.expression_strength > 1.9,
        "occlusion": scene.occlusion,
        "backdrop": scene.backdrop,
        "backdrop_colour": scene.backdrop_colour,
        "outfit_colour": scene.outfit_colour,
        **asdict(scene.direction),
    }


class Darkroom:
    """Renders what was not rendered before; keeps pictures and their truth in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._renderer: Renderer | None = None

    def holds(self, name: str) -> bool:
        return (self.folder / f"{name}.png").exists()

    def develop(self, name: str, person: Person, scene: Scene) -> tuple[Pixels, Array, dict[str, object]]:
        """Picture, its 68 landmarks and what is true of it."""
        path = self.folder / f"{name}.png"
        if not path.exists():
            self._renderer = self._renderer or Renderer(Head(), SIZE)
            drawn = self._renderer.render(person, scene)
            self.folder.mkdir(parents=True, exist_ok=True)
            said = {"landmarks": drawn.landmarks.tolist(), "truth": truth_of(person, scene)}
            path.with_suffix(".json").write_text(json.dumps(said))
            Image.fromarray(drawn.image).save(path)
        said = json.loads(path.with_suffix(".json").read_text())
        return np.asarray(Image.open(path).convert("RGB")), np.array(said["landmarks"]), said["truth"]


def bases(folder: Path, people: range, *, until: float | None = None) -> Iterator[Base]:
    """Photos of these people, kept in ``folder`` between runs; after ``until`` only those."""
    room = Darkroom(folder)
    for index in people:
        person = person_of(index)
        for k, scene in enumerate(scenes_of(index)):
            name = f"{index:03d}-{k}"
            if until is None or time.time() < until or room.holds(name):
                yield Base(index, k, *room.develop(name, person, scene))


def sample(renders: Path, out: Path) -> None:
    """Writes the few photos that the tests keep: one a tone, all of one person, three of each covering."""
    wanted = {(person, 0) for person in range(9)} | {(2, k) for k in range(PLAIN)}
    wanted |= {(person, PLAIN + worn) for person in (0, 2, 5) for worn in (0, 1)}
    out.mkdir(parents=True, exist_ok=True)
    truth = {}
    for base in bases(renders, range(9)):
        if (base.person, base.index) in wanted:
            name = f"person-{base.person}-{base.index}.jpg"
            picture = phone(base.image, np.random.default_rng([base.person, base.index]))
            Image.fromarray(picture).save(out / name, quality=88)
            truth[name] = {**base.truth, "landmarks": np.round(base.landmarks, 1).tolist()}
    (out / "truth.json").write_text(json.dumps(truth, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=sample.__doc__)
    parser.add_argument("--renders", type=Path, required=True, help="where the renders are kept")
    parser.add_argument("--out", type=Path, default=Path("tests/photos"))
    asked = parser.parse_args()
    sample(asked.renders, asked.out)
