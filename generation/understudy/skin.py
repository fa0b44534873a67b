"""Paints a person's skin per vertex: tone, flush, lips, folds, and the shadow of hair under its strands."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .colours import HAIR, skin_albedo
from .head import Head
from .people import Person
from .regions import smooth

Array = NDArray[Any]


def _lips(person: Person, base: NDArray[np.float64]) -> NDArray[np.float64]:
    pale, deep = base * [0.90, 0.50, 0.52], base * [0.98, 0.70, 0.70]
    share = float(smooth(4, 8, person.tone))
    return np.asarray((pale * (1 - share) + deep * share) * (1 + 0.10 * np.array(person.lips)))


def painted(head: Head, person: Person) -> Array:
    """(count, 4): linear albedo and strength of highlights for every vertex of the head."""
    masks = head.regions
    red, light = person.warmth
    base = skin_albedo(person.tone) * (1 + 0.05 * np.array([red, 0, -red])) * (1 + 0.03 * light)
    deep = float(smooth(4.5, 8.5, person.tone))
    colour = np.tile(base, (head.count, 1))

    def mix(mask: Array, towards: ArrayLike) -> None:
        colour[:] += (np.asarray(towards) - colour) * mask[:, None]

    flushed = base * [1.10, 0.74, 0.70]
    mix(masks.cheek * (0.25 + 0.4 * person.blush) * (1 - 0.6 * deep), flushed)
    mix(masks.nose * 0.4 * (1 - 0.6 * deep), flushed)
    mix(masks.ear * 0.3, flushed)
    mix(masks.lid * 0.3, base * [0.74, 0.60, 0.57])
    mix(masks.lid_edge * 0.55, base * 0.16)
    mix(masks.under_eye * 0.28 * (0.5 + person.age), base * [0.76, 0.67, 0.70])
    mix(masks.fold * (0.1 + 0.4 * person.age), base * 0.7)
    mix(masks.forehead * 0.35 * person.age, base * 0.74)
    mix(masks.lips * 0.85, _lips(person, base))
    mix(masks.lip_line * 0.6, _lips(person, base) * 0.28)
    _shadowed_by_hair(head, person, mix, base)
    gloss = 1 + 0.8 * masks.lips + 0.7 * masks.oil
    return np.asarray(np.c_[colour, gloss], np.float32)


def _shadowed_by_hair(head: Head, person: Person, mix: object, base: NDArray[np.float64]) -> None:
    assert callable(mix)
    masks, hair = head.regions, np.array(HAIR[person.hair_colour])
    brow = smooth(person.brow_width + 0.1, person.brow_width * 0.3, masks.brow)
    brow *= smooth(1.0, 2.1, masks.side)
    mix(brow * 0.62 * person.brow_density, brow_colour(person))
    if person.beard != "no beard":
        mix(
            masks.beard_area(person.beard) * (0.34 if person.beard == "stubble" else 0.6),
            hair * 0.7 + base * 0.12,
        )
    if not person.hair_shows:
        return
    raised = masks.over_hairline - person.hairline * smooth(70, 30, masks.angle)
    if person.hair_style == "bald head":
        mix(smooth(-0.2, 0.8, raised) * 0.12, base * 0.6 + hair * 0.4)
    elif person.hair_style == "buzz cut":
        mix(smooth(-0.3, 0.6, raised) * 0.6, hair * 0.8)
    else:
        mix(smooth(-0.1, 0.5, raised) * 0.85, hair * 0.5)


def brow_colour(person: Person) -> NDArray[np.float64]:
    """Brows are darker than the hair, so that fair ones still show."""
    hair = np.array(HAIR[person.hair_colour])
    return hair * 0.55 if person.hair_colour in ("white hair", "grey hair") else np.minimum(hair * 0.5, 0.09)
