"""The fairness panel: rendered people, twenty of every skin tone, in whom no trait stands for another.

Ten tones of Monk's scale; within each, glasses or none, hair covered or not and five bands of age cues are
crossed, so that each combination stands once in every tone, and hair, beard and the face come by chance.
None of them exists, none was trained on. ``panel.json`` says who they are; their pictures are rendered anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .people import COVERINGS, GLASSES, Person, population_rng, sample_person

if TYPE_CHECKING:
    from .render import Renderer  # needs OpenGL, which shooting does without

DESCRIPTION = Path(__file__).parent / "panel.json"
TONES, PER_TONE = 10, 20
BANDS = 5  # of age cues
FIRST_SEED, FIRST = 80, 1000  # the evaluation's seeds, far behind the people that it takes from them
PHOTOS, PHOTO_SIZE = 12, 512


def person(index: int) -> Person:
    """Tones 1 to 10 in turn; the traits of the others of a tone are crossed."""
    rng = population_rng(FIRST_SEED + index % 20, FIRST + index // 20)
    tone, place = 1.0 + index % TONES, index // TONES
    glasses = GLASSES[1 + int(rng.integers(len(GLASSES) - 1))] if place % 2 else GLASSES[0]
    covering = COVERINGS[1 + int(rng.integers(len(COVERINGS) - 1))] if place // 2 % 2 else COVERINGS[0]
    age = (place // 4 % BANDS + float(rng.uniform())) / BANDS
    return replace(sample_person(rng), tone=tone, glasses=glasses, covering=covering, age=age)


def described(people: int = TONES * PER_TONE) -> list[dict[str, object]]:
    """What is written down of each."""
    said = []
    for index in range(people):
        one = person(index)
        traits = ("hair_colour", "hair_style", "covering", "glasses", "beard")
        told = {name: getattr(one, name) for name in traits}
        said.append({"index": index, "tone": int(one.tone), **told, "age_cues": round(one.age, 2)})
    return said


def text(rows: Sequence[dict[str, object]]) -> str:
    """One person a line."""
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"


def render(folder: Path, index: int, renderer: Renderer) -> None:
    """The person's photos, as a phone takes them; ``rendered`` marks a finished folder."""
    if (folder / "rendered").is_file():
        return
    from .photoset import photo_set

    rng = population_rng(FIRST_SEED + index % 20, FIRST + 500 + index // 20)
    photo_set(renderer, person(index), rng, PHOTOS, folder / "photos")
    (folder / "photos" / "truth.json").replace(folder / "truth.json")
    (folder / "rendered").touch()
