"""Draws people who do not exist: traits independent of each other, so that none can stand for another."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generation.engine.looks import COLOURS, KEEP_GROUPS
from generation.engine.types import BadInput, Rgb

SHAPE_COEFFICIENTS = 80
POPULATION = 100_000  # people a seed holds at most
HELD_OUT_SEED = 7  # the ready photo sets; seeds 80-99 are for tests and evaluation

HAIR_COLOURS = KEEP_GROUPS["hair colour"][1:]
HAIR_STYLES = KEEP_GROUPS["hair style"][1:]
BEARDS = KEEP_GROUPS["beard"]
GLASSES = KEEP_GROUPS["glasses"]
COVERINGS = KEEP_GROUPS["covering"]
IRISES = ("brown", "dark brown", "hazel", "green", "blue", "grey")
FRAME_COLOURS: tuple[Rgb, ...] = ((26, 25, 24), (92, 58, 40), (160, 148, 120), (62, 64, 68))

BEARD_ODDS = (0.70, 0.08, 0.04, 0.04, 0.08, 0.06)
GLASSES_ODDS = (0.75, 0.09, 0.09, 0.07)
COVERING_ODDS = (0.88, 0.08, 0.04)


@dataclass(frozen=True, eq=False)
class Person:
    """One invented person. Lengths in centimetres; shares 0-1; ``tone`` on Monk's scale, 1-10."""

    seed: int
    shape: NDArray[np.float32]  # (80,) coefficients of the head model, unit normal
    tone: float
    warmth: tuple[float, float]  # -1..1: redness, lightness about the tone
    hair_colour: str
    hair_style: str
    hairline: float  # cm that the hairline is higher than the mean
    hair_length: float  # 0.8-1.2 of the style's own
    curl: float
    volume: float  # 0.6-1.5
    part: float  # x of the parting
    fringe: bool
    grey: float  # share of grey hairs
    beard: str
    glasses: str
    frame_rgb: Rgb
    covering: str
    covering_rgb: Rgb
    freckles: float
    moles: tuple[tuple[float, float], ...]  # (x, y) on the mean head
    age: float
    iris: str
    brow_width: float  # cm
    brow_density: float
    lips: tuple[float, float, float]  # -1..1 per channel
    blush: float
    oil: float
    shoulders: float  # width against the mean

    @property
    def hair_shows(self) -> bool:
        return self.covering == COVERINGS[0]

    def keep_words(self) -> tuple[str, ...]:
        """Words of ``looks.KEEP_GROUPS`` that are true of this person, in the groups' order."""
        words = [word for word in (self.glasses,) if word != GLASSES[0]]
        words += [self.beard] if self.beard != BEARDS[0] else []
        words += [self.covering] if not self.hair_shows else []
        if self.hair_shows:
            words += [self.hair_colour] if self.hair_style != "bald head" else []
            words.append(self.hair_style)
        words += ["freckles"] if self.freckles > 0 else []
        words += ["mole"] if self.moles else []
        return tuple(words)


def check_training_seed(seed: int) -> int:
    """The seed again if it may be trained on; raises BadInput for the people kept for tests."""
    if not 1 <= seed <= 79 or seed == HELD_OUT_SEED:
        raise BadInput(f"Seed {seed} is not for training; choose 1-79 but 7 (7 and 80-99 are for tests).")
    return seed


def population_rng(seed: int, index: int) -> np.random.Generator:
    """The stream of random numbers that belongs to one person of one population."""
    if not 0 <= index < POPULATION:
        raise BadInput(f"Person {index} does not exist; a population holds {POPULATION} people, from 0.")
    return np.random.default_rng([seed, index])


def _word(rng: np.random.Generator, words: tuple[str, ...], odds: tuple[float, ...] | None = None) -> str:
    return words[int(rng.choice(len(words), p=odds))]


def _moles(rng: np.random.Generator) -> tuple[tuple[float, float], ...]:
    """None, or one or two on cheek, chin or temple, where they can be seen."""
    count = int(rng.choice(3, p=(0.82, 0.13, 0.05)))
    return tuple(
        (float(rng.choice((-1, 1)) * rng.uniform(2.6, 5.0)), float(rng.uniform(-5.2, 1.2)))
        for _ in range(count)
    )


def sample_person(rng: np.random.Generator, **fixed: object) -> Person:
    """A person with every trait drawn on its own; ``fixed`` replaces drawn fields by name."""

    def between(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    colours = list(COLOURS.values())
    person = Person(
        seed=int(rng.integers(1 << 30)),
        shape=rng.standard_normal(SHAPE_COEFFICIENTS).clip(-2.4, 2.4).astype(np.float32),
        tone=between(1, 10),
        warmth=(between(-1, 1), between(-1, 1)),
        hair_colour=_word(rng, HAIR_COLOURS),
        hair_style=_word(rng, HAIR_STYLES),
        hairline=float(rng.normal(0, 0.45)) + between(0, 1.2) * float(rng.random() < 0.15),
        hair_length=between(0.8, 1.2),
        curl=between(0, 1),
        volume=between(0.6, 1.5),
        part=float(rng.choice((-2.5, -1.2, 0.0, 1.2, 2.5))),
        fringe=bool(rng.random() < 0.3),
        grey=between(0.05, 0.3) * float(rng.random() < 0.2),
        beard=_word(rng, BEARDS, BEARD_ODDS),
        glasses=_word(rng, GLASSES, GLASSES_ODDS),
        frame_rgb=FRAME_COLOURS[int(rng.integers(len(FRAME_COLOURS)))],
        covering=_word(rng, COVERINGS, COVERING_ODDS),
        covering_rgb=colours[int(rng.integers(len(colours)))],
        freckles=between(0.35, 1) * float(rng.random() < 0.12),
        moles=_moles(rng),
        age=between(0, 1),
        iris=_word(rng, IRISES),
        brow_width=between(0.24, 0.46),
        brow_density=between(0.55, 1),
        lips=(between(-1, 1), between(-1, 1), between(-1, 1)),
        blush=between(0, 1),
        oil=between(0, 1),
        shoulders=between(0.9, 1.08),
    )
    return replace(person, **fixed)  # type: ignore[arg-type]
