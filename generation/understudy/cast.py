"""Who the evaluation shoots, and every rendered picture that it compares with: ``evaluate render``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from ..engine.looks import KEEP_GROUPS, chosen_looks
from ..engine.studio import Order, orders_for
from ..engine.types import LightSide, Pixels, Softness
from .casual import phone
from .people import COVERINGS, GLASSES, HAIR_COLOURS, Person, population_rng, sample_person
from .scene import Scene, sample_scene, scene_for

if TYPE_CHECKING:
    from .render import Renderer  # needs OpenGL, which shoot and judge do without

FIRST_SEED = 80  # 80-99 are never trained on; subject i is the first person of seed 80 + i
PHOTOS, FRAMES = 15, 40
# One hard light, one close framing, plain and graded and textured backdrops, dark and pale.
LOOKS = ("studio-grey", "clean-white", "low-key", "warm-beige", "close-portrait", "studio-blue")
AMONG, LIKE = 50, 9  # people to be told from: anybody, and others of the same hair and skin tone
OTHERS_PHOTOS = 3
FACING = 25.0  # degrees: the judge's detector must find the others' faces
COUNTERPARTS = 12  # orders of which the person is also rendered without a kept trait
_KEYS: Sequence[tuple[float, LightSide]] = ((-38.0, "left"), (-7.0, "front"), (7.0, "front"), (38.0, "right"))
_STRENGTHS: Mapping[Softness, Mapping[str, float]] = {
    "soft": {"fill": 0.375, "ambient": 0.24, "softness": 0.041},
    "hard": {"fill": 0.05, "ambient": 0.07, "softness": 0.0035},
}
# What a headshot's light is told by: the middle of what studio_light draws of each kind. A side key stands
# where its effect is half-way between a front key and the widest one, a front key on either side, because
# the fill light stands on the other.
LIGHTS: Mapping[str, tuple[LightSide, Softness, Mapping[str, Any]]] = {
    f"{azimuth:+.0f}-{light}": (side, light, {"key_azimuth": azimuth, **strengths})
    for light, strengths in _STRENGTHS.items()
    for azimuth, side in _KEYS
}
PHOTO_SIZE, HEADSHOT_SIZE = 512, 256  # pixels; a process holds one renderer, so headshots are shrunk


def subject(index: int) -> Person:
    """Subject 0-19: tones 1 to 10 in turn, everything else as it comes."""
    return sample_person(population_rng(FIRST_SEED + index, 0), tone=1.0 + index % 10)


def bystander(index: int) -> Person:
    return sample_person(population_rng(FIRST_SEED + index % 20, 1 + index // 20))


def lookalike(index: int, number: int) -> Person:
    """Somebody else with the subject's hair, covering and skin tone."""
    like = subject(index)
    same = {name: getattr(like, name) for name in ("tone", "hair_colour", "hair_style", "covering")}
    return sample_person(population_rng(FIRST_SEED + index, 100 + number), **same)


def orders(index: int, count: int = FRAMES) -> list[Order]:
    """What subject ``index`` is asked for, half as much again in reserve."""
    return orders_for(chosen_looks(LOOKS), round(1.5 * count), seed=index)


def crowd(people: int) -> int:
    """How many bystanders make ``AMONG`` with the subjects."""
    return max(0, AMONG - people)


def name_of(order: Order) -> str:
    """The file name shared by all pictures of one look and direction."""
    look, direction, _ = order
    return f"{look.id}-{look.directions.index(direction)}"


def without(person: Person) -> Iterator[tuple[str, Person]]:
    """(group, the same person without that trait) for each kept trait that shows."""
    if person.glasses != GLASSES[0]:
        yield "glasses", replace(person, glasses=GLASSES[0])
    if person.beard != KEEP_GROUPS["beard"][0]:
        yield "beard", replace(person, beard=KEEP_GROUPS["beard"][0])
    if person.covering != COVERINGS[0]:
        yield "covering", replace(person, covering=COVERINGS[0])
    elif person.hair_style != "bald head":
        other = HAIR_COLOURS[(HAIR_COLOURS.index(person.hair_colour) + 3) % len(HAIR_COLOURS)]
        yield "hair colour", replace(person, hair_colour=other)


def _facing(rng: np.random.Generator) -> Scene:
    """A phone photo that the judge's frontal detector can read."""
    while True:
        scene = sample_scene(rng, "phone photo")
        if abs(scene.direction.yaw) < FACING and not scene.eyes_closed:
            return scene


def pose_of(name: str) -> str:
    """Which of the looks' common poses a picture of that name has."""
    return name.rpartition("-")[2]


def _others(renderer: Renderer, person: Person, rng: np.random.Generator, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(OTHERS_PHOTOS):
        made = phone(renderer.render(person, _facing(rng)).image, rng)
        Image.fromarray(made).save(folder / f"{number}.jpg", quality=90)


def _small(image: Pixels) -> Image.Image:
    return Image.fromarray(image).resize((HEADSHOT_SIZE,) * 2, Image.Resampling.BOX)


def _studio(renderer: Renderer, person: Person, asked: Sequence[Order], seed: int, folder: Path) -> None:
    """The person as a studio would have shot them: one picture a look and direction, light as in the look."""
    folder.mkdir(parents=True, exist_ok=True)
    for order in asked:
        rng = np.random.default_rng([seed, *name_of(order).encode()])
        made = renderer.render(person, scene_for(order[0], order[1], rng)).image
        _small(made).save(folder / f"{name_of(order)}.png")


def render_lights(renderer: Renderer, person: Person, seed: int, folder: Path) -> None:
    """The person in each pose under each of ``LIGHTS``; outfit and backdrop do not matter to a face."""
    folder.mkdir(parents=True, exist_ok=True)
    (look,) = chosen_looks(LOOKS[:1])
    for pose, direction in enumerate(look.directions):
        scene = scene_for(look, direction, np.random.default_rng([seed, pose]))
        for name, (_, _, fields) in LIGHTS.items():
            lit = replace(scene, key_elevation=26.0, rim=0.175, exposure=1.0, **fields)
            _small(renderer.render(person, lit).image).save(folder / f"{pose}{name}.png")


def render_subject(folder: Path, index: int, renderer: Renderer) -> None:
    """Everything rendered for one subject; ``rendered`` marks a finished folder."""
    if (folder / "rendered").is_file():
        return
    from .photoset import photo_set

    person, rng = subject(index), population_rng(FIRST_SEED + index, 50)
    photo_set(renderer, person, rng, PHOTOS, folder / "photos")
    asked = list({name_of(order): order for order in orders(index)}.values())
    _studio(renderer, person, asked, index, folder / "truth")
    for group, other in without(person):
        _studio(renderer, other, orders(index)[:COUNTERPARTS], index, folder / "without" / group)
    render_lights(renderer, person, index, folder / "lights")
    for number in range(LIKE):
        _others(renderer, lookalike(index, number), rng, folder / "like" / str(number))
    traits = asdict(person) | {"keep_words": person.keep_words()}
    (folder / "person.json").write_text(json.dumps(traits, default=np.ndarray.tolist, indent=1))
    (folder / "rendered").touch()


def render_bystander(folder: Path, index: int, renderer: Renderer) -> None:
    if not (folder / "rendered").is_file():
        _others(renderer, bystander(index), population_rng(FIRST_SEED + index % 20, 51 + index), folder)
        (folder / "rendered").touch()
