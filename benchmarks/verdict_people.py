"""Renders the people whose photos the verdicts are tried on: every Monk tone, coverings, glasses, beards."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generation.understudy.head import Head
from generation.understudy.people import Person, population_rng, sample_person
from generation.understudy.render import Renderer
from generation.understudy.scene import Scene, sample_scene

SEED = 81  # a population for tests and evaluation only
SIZE = 448
PLAIN = 4  # good photos a person
TONES = 10


@dataclass(frozen=True, eq=False)
class Base:
    """One rendered photo and what is true of it."""

    person: int
    index: int
    image: NDArray[np.uint8]
    landmarks: NDArray[np.float64]  # (68, 2)
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
        expression_detail=("surprised", "laugh")[index % 2],
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


def bases(folder: Path, people: range, *, until: float | None = None) -> Iterator[Base]:
    """Photos of these people, kept in ``folder`` between runs; rendering stops at the time ``until``."""
    renderer: Renderer | None = None
    for index in people:
        person, scenes = person_of(index), scenes_of(index)
        for k, scene in enumerate(scenes):
            path = folder / f"{index:03d}-{k}.png"
            if not path.exists():
                if until is not None and time.time() > until:
                    return
                renderer = renderer or Renderer(Head(), SIZE)
                drawn = renderer.render(person, scene)
                folder.mkdir(parents=True, exist_ok=True)
                path.with_suffix(".json").write_text(
                    json.dumps({"landmarks": drawn.landmarks.tolist(), "truth": truth_of(person, scene)})
                )
                Image.fromarray(drawn.image).save(path)
            said = json.loads(path.with_suffix(".json").read_text())
            picture = np.asarray(Image.open(path).convert("RGB"))
            yield Base(index, k, picture, np.array(said["landmarks"]), said["truth"])
