"""The evaluation's arithmetic: from what the judge measured to one figure a row, nothing drawn or opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

UNMEASURED = 1.0  # distance of a picture on which the judge finds no face: worse than any stranger's
RESAMPLES = 2000


@dataclass(frozen=True)
class Goal:
    """One row of the issue's table. ``at_most`` says whether less is better."""

    name: str
    floor: float
    goal: float
    at_most: bool
    unit: str = ""

    def verdict(self, value: float) -> dict[str, object]:
        """As it stands in the results file; a figure that could not be measured holds nothing."""
        known = bool(np.isfinite(value))

        def held(bound: float) -> bool:
            return known and (value <= bound if self.at_most else value >= bound)

        return {
            "value": round(float(value), 4) if known else None,
            "floor": self.floor,
            "goal": self.goal,
            "better": "less" if self.at_most else "more",
            "unit": self.unit,
            "held_floor": held(self.floor),
            "held": held(self.goal),
        }


GOALS = (
    Goal("face found by MediaPipe", 0.95, 0.99, False, "share"),
    Goal("face found by HOG", 0.95, 0.99, False, "share"),
    Goal("VAE ceiling", 0.38, 0.25, True, "dlib distance, median"),
    Goal("likeness of selects", 0.52, 0.42, True, "dlib distance, median"),
    Goal("nearest of 50 people", 0.80, 0.95, False, "share"),
    Goal("nearest of 10 like people", 0.50, 0.80, False, "share"),
    Goal("trained better than IP-Adapter better than base", 0.9, 1.0, False, "share of people"),
    Goal("chosen checkpoint against the last", 0.0, 0.0, True, "dlib distance, chosen minus last"),
    Goal("yaw error", 8, 4, True, "degrees, median"),
    Goal("pitch error", 8, 5, True, "degrees, median"),
    Goal("light side right", 0.90, 0.98, False, "share"),
    Goal("soft against hard told apart", 0.80, 0.95, False, "share"),
    Goal("backdrop colour", 8, 4, True, "CIEDE2000, median"),
    Goal("head height error", 0.08, 0.04, True, "share of the frame, median"),
    Goal("expression right", 0.80, 0.95, False, "share"),
    Goal("outfit colour", 10, 6, True, "CIEDE2000, median"),
    Goal("kept traits still there", 0.85, 0.97, False, "share"),
    Goal("skin shift", 6, 3, True, "CIEDE2000, median"),
    Goal("skin shift, worst tone against best", 1.5, 1.2, True, "ratio"),
    Goal("likeness, worst tone against best", 1.5, 1.2, True, "ratio"),
    Goal("ranking: selects against all", 0.03, 0.06, False, "dlib distance"),
    Goal("ranking: lower end of the 95 % interval", 0.0, 0.0, False, "dlib distance"),
    Goal("A and B each nearer to their own photos", 0.95, 1.0, False, "share of pictures"),
)


def report(values: Mapping[str, float]) -> dict[str, dict[str, object]]:
    """Every goal with its value; a missing value is one that could not be measured."""
    return {goal.name: goal.verdict(values.get(goal.name, float("nan"))) for goal in GOALS}


def median(values: ArrayLike) -> float:
    """Median that counts NaN as the worst (infinitely large); NaN of nothing."""
    array = np.asarray(values, np.float64).ravel()
    if not array.size:
        return float("nan")
    middle = float(np.median(np.where(np.isnan(array), np.inf, array)))
    return middle if np.isfinite(middle) else float("nan")


def share(truths: ArrayLike) -> float:
    """Mean of booleans; NaN of nothing."""
    array = np.asarray(truths, np.float64).ravel()
    return float(array.mean()) if array.size else float("nan")


def distances(pictures: Array, photos: Array) -> Array:
    """(m,) median distance of (m, d) descriptors to (n, d) own photos' ones.

    A row of NaN is a picture without a measurable face: ``UNMEASURED``. Unmeasurable photos are left out.
    """
    own = photos[np.isfinite(photos).all(axis=1)]
    if not len(own) or not len(pictures):
        return np.full(len(pictures), UNMEASURED)
    apart = np.linalg.norm(pictures[:, None] - own[None], axis=2)
    return np.asarray(np.nan_to_num(np.median(apart, axis=1), nan=UNMEASURED))


def centre(photos: Array) -> Array:
    """(d,) mean descriptor of the measurable photos."""
    own = photos[np.isfinite(photos).all(axis=1)]
    return np.asarray(own.mean(axis=0)) if len(own) else np.full(photos.shape[1], np.nan)


def nearest_is_own(pictures: Array, own: Array, others: Sequence[Array]) -> NDArray[np.bool_]:
    """(m,) whether each picture is nearest to its own person's centre; an unmeasurable picture is not."""
    centres = np.stack([centre(own), *(centre(other) for other in others)])
    apart = np.linalg.norm(pictures[:, None] - centres[None], axis=2)
    measured = np.isfinite(pictures).all(axis=1) & np.isfinite(centres[0]).all()
    first = np.argmin(np.where(np.isnan(apart), np.inf, apart), axis=1)
    return np.asarray((first == 0) & measured)


def interval(gains: ArrayLike, seed: int = 0) -> tuple[float, float]:
    """95 % bootstrap interval of the mean over people."""
    array = np.asarray(gains, np.float64)
    if not array.size:
        return float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    means = array[rng.integers(len(array), size=(RESAMPLES, len(array)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def gain(distance: Array, select: NDArray[np.bool_]) -> float:
    """How much nearer the selects are than all pictures together."""
    return float(distance.mean() - distance[select].mean()) if select.any() else float("nan")


def worst_against_best(by_group: Mapping[int, Sequence[float]]) -> float:
    """Largest median of a group over the smallest; NaN where a single group is left."""
    medians = [median(values) for values in by_group.values() if len(values)]
    medians = [value for value in medians if np.isfinite(value)]
    return max(medians) / max(min(medians), 1e-6) if len(medians) > 1 else float("nan")


def in_order(trained: float, shown: float, untrained: float) -> bool:
    """Whether training brought a person nearer than one picture did, and that nearer than nothing."""
    return trained < shown < untrained


def swapped(galleries: Sequence[Array], photos: Sequence[Array]) -> float:
    """Share of pictures nearer to their own person's photos than to another's, over all ordered pairs."""
    hits = [
        nearest_is_own(gallery, photos[a], [photos[b]])
        for a, gallery in enumerate(galleries)
        for b in range(len(photos))
        if a != b
    ]
    return share(np.concatenate(hits)) if hits else float("nan")
