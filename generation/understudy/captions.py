"""What a rendered picture is called in training: the grammar of ``looks.prompt``, with phrases left out."""

from __future__ import annotations

import numpy as np

from ..engine import looks
from .people import Person
from .scene import Scene
from .tokens import TOKENS

KEEP_CHANCE = 0.6  # of a kept trait being said; left unsaid often enough that an adapter can carry it
SCENE_CHANCE = 0.85
TOKEN_CHANCE = 0.04  # a token that means nothing yet, so that an adapter's training can give it meaning


def caption(person: Person, scene: Scene, rng: np.random.Generator) -> str:
    """One caption of a picture, each phrase said or left out at random."""
    token = f"{TOKENS[int(rng.integers(len(TOKENS)))]} " if rng.random() < TOKEN_CHANCE else ""
    colour = f"{scene.backdrop_colour} " if scene.backdrop_colour else ""
    phrases = [
        *looks.turn_words(scene.direction),
        scene.expression_detail,
        looks.light_words(scene.direction),
        f"{scene.backdrop} {colour}background",
        f"{scene.outfit_colour} {scene.outfit}".strip(),
        looks.framing_word(scene.direction),
    ]
    kept = [word for word in person.keep_words() if rng.random() < KEEP_CHANCE]
    said = [phrase for phrase in phrases if rng.random() < SCENE_CHANCE]
    return ", ".join([f"{scene.medium} of a {token}person", *kept, *said])
