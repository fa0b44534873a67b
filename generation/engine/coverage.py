"""The coverage coach: which angles, light and expressions the photos show, and what to add next.

A set cannot hold all 45 combinations, but 15 photos can hold every *pair* of values (angle with expression,
angle with light, expression with light). So the coach asks for the photo that shows most values and pairs
which the set has not shown, as in pairwise testing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from .pose import BROAD, SLIGHT
from .reasons import advice
from .types import Expression, LightSide, Reason

Array = NDArray[np.float64]
Angle = Literal["three-quarter left", "slightly left", "front", "slightly right", "three-quarter right"]
Cell = tuple[Angle, LightSide, Expression]

ANGLES: tuple[Angle, ...] = get_args(Angle)
# Which half of the face is lit: it teaches shape whatever way the head is turned. By rising L* left - right.
LIGHTS: tuple[LightSide, ...] = ("right", "front", "left")
EXPRESSIONS: tuple[Expression, ...] = get_args(Expression)
AXES = (ANGLES, LIGHTS, EXPRESSIONS)
CELLS: tuple[Cell, ...] = tuple(product(*AXES))

# Edges between neighbouring values and how unsure a measure is there (a logistic's width).
YAW_EDGES, YAW_DOUBT = (-22.0, -8.0, 8.0, 22.0), 1.5  # degrees, as in ``looks.turn_words``
LIGHT_EDGES, LIGHT_DOUBT = (-4.3, 4.3), 2.0  # as ``shading.side``: half of what a window at 55 degrees gives
SMILE_EDGES, SMILE_DOUBT = (SLIGHT, BROAD), 0.08
CALM = 0.15  # a calm mouth's mean smile measure; mouths differ, so a set is read from its calmest third
MOST_SHIFT = 0.22  # but no further: a set that only smiles has no calm mouth to start from
ENOUGH = 6  # photos from which a set tells what its calm mouth is

FEWEST_ANGLES = 3
SEEN = 0.5  # probability from which an angle counts as shown
OWN = 1.0  # weight of the cell itself
WEIGHTS = (2.0, 1.0, 1.5)  # a missing angle weighs more than a missing expression, light least

LIGHT_WORDS = {
    "left": "window light on the face's left half as seen in the picture",
    "front": "even light on both halves of the face",
    "right": "window light on the face's right half as seen in the picture",
}
FACE_WORDS = {"neutral": "a calm face", "slight smile": "a slight smile", "smile": "a smile"}
TURN_WORDS = {
    "three-quarter left": "turned three-quarters to the picture's left",
    "slightly left": "turned slightly to the picture's left",
    "front": "looking straight at the camera",
    "slightly right": "turned slightly to the picture's right",
    "three-quarter right": "turned three-quarters to the picture's right",
}


@dataclass(frozen=True, eq=False)
class Coverage:
    """What a set shows: for every photo the probability of each value, and its likeliest cell."""

    shares: tuple[Array, Array, Array]  # (n, 5) angles, (n, 3) lights, (n, 3) expressions; rows sum to 1
    cells: tuple[Cell, ...]  # one per photo

    @property
    def counts(self) -> Mapping[Cell, int]:
        """Photos in each of the 45 cells."""
        return {cell: self.cells.count(cell) for cell in CELLS}

    def shown(self, axis: int) -> Array:
        """Probability that at least one photo shows each value of an axis: 0 angle, 1 light, 2 expression."""
        return np.asarray(1 - np.prod(1 - self.shares[axis], axis=0))

    def shown_pairs(self, first: int, second: int) -> Array:
        """The same for each pair of values of two axes: (values of first, values of second)."""
        both = self.shares[first][:, :, None] * self.shares[second][:, None, :]
        return np.asarray(1 - np.prod(1 - both, axis=0))

    def shown_cells(self) -> Array:
        """(5, 3, 3) the same for whole cells."""
        angle, light, face = self.shares
        whole = angle[:, :, None, None] * light[:, None, :, None] * face[:, None, None, :]
        return np.asarray(1 - np.prod(1 - whole, axis=0))

    @property
    def angles(self) -> int:
        """How many of the five angles are shown."""
        return int((self.shown(0) >= SEEN).sum())


def cover(measured: Sequence[Mapping[str, float]]) -> Coverage:
    """The coverage of photos by their ``Verdict.measures``: yaw, light and smile of each."""
    yaw = np.array([m["yaw"] for m in measured], np.float64)
    light = np.array([m["light"] for m in measured], np.float64)
    smile = np.array([m["smile"] for m in measured], np.float64)
    if len(smile) >= ENOUGH:
        calmest = float(np.median(np.sort(smile)[: len(smile) // 3]))
        smile = smile - np.clip(calmest - CALM, -MOST_SHIFT, MOST_SHIFT)
    shares = (
        _shares(yaw, YAW_EDGES, YAW_DOUBT),
        _shares(light, LIGHT_EDGES, LIGHT_DOUBT),
        _shares(smile, SMILE_EDGES, SMILE_DOUBT),
    )
    likeliest = zip(*(share.argmax(1) for share in shares))
    return Coverage(shares, tuple((ANGLES[a], LIGHTS[b], EXPRESSIONS[c]) for a, b, c in likeliest))


def _shares(values: Array, edges: tuple[float, ...], doubt: float) -> Array:
    """(n, len(edges) + 1) probability of each interval when the measure errs logistically."""
    distance = np.clip((values[:, None] - np.array(edges)) / doubt, -50, 50)
    above = 1 / (1 + np.exp(-distance))
    ends = np.ones((len(values), 1))
    return np.asarray(-np.diff(np.concatenate([ends, above, 0 * ends], 1), axis=1))


def next_best(coverage: Coverage) -> Cell:
    """The cell whose photo would show most of what the set does not: values, pairs of values, itself.

    Where cells are equally useful the frontal, gently lit, softly smiling one comes first.
    """
    missing = [weight * (1 - coverage.shown(axis)) for axis, weight in enumerate(WEIGHTS)]
    pairs = {
        (a, b): (WEIGHTS[a] + WEIGHTS[b]) / 2 * (1 - coverage.shown_pairs(a, b))
        for a, b in combinations(range(3), 2)
    }

    present = coverage.shown_cells()

    def gain(cell: Cell) -> float:
        at = _indices(cell)
        alone = sum(float(missing[axis][at[axis]]) for axis in range(3)) + OWN * (1 - float(present[at]))
        return alone + sum(float(share[at[a], at[b]]) for (a, b), share in pairs.items())

    return max(CELLS, key=lambda cell: (round(gain(cell), 6), *_liked(cell)))


def _indices(cell: Cell) -> tuple[int, int, int]:
    angle, light, expression = cell
    return ANGLES.index(angle), LIGHTS.index(light), EXPRESSIONS.index(expression)


def _liked(cell: Cell) -> tuple[int, int, int]:
    angle, light, expression = _indices(cell)
    return -abs(angle - 2), -abs(light - 1), -abs(expression - 1)


def sentence(cell: Cell) -> str:
    """What to photograph next, in words that need no knowledge of the map."""
    angle, light, expression = cell
    return f"add one {TURN_WORDS[angle]}, with {FACE_WORDS[expression]} and {LIGHT_WORDS[light]}."


def advise(coverage: Coverage) -> tuple[Reason, ...]:
    """One piece of advice on the set: the next best photo, as a warning below three angles."""
    words = sentence(next_best(coverage))
    if coverage.angles < FEWEST_ANGLES:
        return (advice("few_angles", next=words),)
    return (advice("next_photo", next=words[0].upper() + words[1:]),)
