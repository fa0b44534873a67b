"""Figures by skin tone: means over a panel's people with intervals, and whether one tone falls behind.

Pure; ``tones`` are what ``by_tone`` makes: ``{"7": {"people": 20, "usable": [0.97, 0.94, 1.0], …}, …}``, a
mean and its 95 % interval, all None where nothing could be measured.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Frame = Mapping[str, float | bool | None]
Tones = Mapping[str, Mapping[str, Any]]

ALL = tuple(str(tone) for tone in range(1, 11))  # Monk's scale, light to dark
PEOPLE = 20  # of each tone; with fewer a look counts as not measured
RESAMPLES = 2000


@dataclass(frozen=True)
class Measure:
    """One figure of a look. ``margin`` is how far two tones may be apart; None: shown only."""

    name: str
    words: Any
    margin: float | None
    more_is_better: bool = True
    unit: str = ""
    places: int = 2

    def said(self, value: float) -> str:
        return f"{value:.{self.places}f}{self.unit}"


MEASURES = (
    # One headshot in twenty; a twentieth of the cosine to own photos; less than the CIEDE2000 of 2 that
    # ranking forgives; a tenth of the widest turn that a look asks for.
    Measure("usable", gettext_lazy("usable headshots"), 0.05),
    Measure("likeness", gettext_lazy("likeness"), 0.05),
    Measure("skin shift", gettext_lazy("skin shift, CIEDE2000"), 1.5, more_is_better=False, places=1),
    Measure("lightness", gettext_lazy("skin lighter (+) or darker (−), L*"), None, places=1),
    Measure("direction", gettext_lazy("turned otherwise than asked"), 3.0, False, "°", places=1),
)


def model_version(folder: Path) -> str:
    """Twelve digits that another model, or other weights of it, do not have."""
    listed = folder / "weights.sha256"
    return _digest(listed.read_bytes() if listed.is_file() else str(folder).encode())


def look_version(data: Mapping[str, Any]) -> str:
    """Twelve digits of what the model is told of a look: its name and number are for people."""
    drawn = {name: value for name, value in data.items() if name not in ("id", "name", "version")}
    return _digest(json.dumps(drawn, sort_keys=True).encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


def by_tone(people: Iterable[tuple[int, Sequence[Frame]]]) -> dict[str, dict[str, Any]]:
    """From (tone, a person's frames): each person counts once, however many of their frames were measured."""
    found = defaultdict[int, list[Sequence[Frame]]](list)
    for tone, frames in people:
        found[tone].append(frames)
    return {
        str(tone): {
            "people": len(found[tone]),
            **{measure.name: _figure(measure.name, found[tone]) for measure in MEASURES},
        }
        for tone in sorted(found)
    }


def _figure(name: str, people: Sequence[Sequence[Frame]]) -> list[float | None]:
    own = [[float(value) for one in frames if (value := one[name]) is not None] for frames in people]
    means = np.array([np.mean(values) for values in own if values])
    if not len(means):
        return [None, None, None]
    drawn = np.random.default_rng(0).integers(len(means), size=(RESAMPLES, len(means)))
    low, high = np.quantile(means[drawn].mean(axis=1), (0.025, 0.975))
    return [round(float(value), 4) for value in (means.mean(), low, high)]


def enough(tones: Tones) -> bool:
    """Whether this is a measurement at all: every tone, twenty people each."""
    return all(tones.get(tone, {}).get("people", 0) >= PEOPLE for tone in ALL)


def behind(tones: Tones) -> list[str]:
    """A sentence for each measure in which one tone falls behind another; none where the look is fair.

    It does when both hold: the means are further apart than the margin, and the intervals do not touch, so
    that who happened to be in the panel does not explain it. Every pair of tones is held against each other.
    A tone of which nothing could be measured is behind.
    """
    return [said for measure in MEASURES if measure.margin is not None and (said := _worst(measure, tones))]


def _worst(measure: Measure, tones: Tones) -> str:
    figures = {tone: tones[tone][measure.name] for tone in tones}
    if unknown := [tone for tone, figure in figures.items() if figure[0] is None]:
        return _("%(what)s: nothing could be measured of tone %(tone)s.") % {
            "what": measure.words,
            "tone": unknown[0],
        }
    sign = 1 if measure.more_is_better else -1
    apart = {
        (worse, better): sign * (figures[better][0] - figures[worse][0])
        for worse, better in permutations(figures, 2)
        if not _touch(figures[worse], figures[better])
    }
    widest = max(apart, key=lambda pair: apart[pair], default=None)
    if widest is None or measure.margin is None or apart[widest] <= measure.margin:
        return ""
    return _(
        "%(what)s: tone %(worse)s has %(low)s, tone %(better)s %(high)s; %(margin)s apart are allowed."
    ) % {
        "what": measure.words,
        "worse": widest[0],
        "better": widest[1],
        "low": measure.said(figures[widest[0]][0]),
        "high": measure.said(figures[widest[1]][0]),
        "margin": measure.said(measure.margin),
    }


def _touch(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[1] <= other[2] and other[1] <= one[2]
