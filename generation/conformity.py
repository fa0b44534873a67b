"""How alike the released pictures of a company are, over all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from accounts.models import Company

from . import boards


@dataclass(frozen=True)
class Spread:
    """The middle of what was measured, and what lies farthest from it."""

    middle: float
    farthest: float


def conformity(company: Company) -> Mapping[str, Spread]:
    """By measure (``Portrait.measures``), of the main portraits; empty where none was measured."""
    main = boards.standing().filter(member__company=company, member__left_at=None, place=1)
    found: dict[str, list[float]] = {}
    for measures in main.values_list("measures", flat=True):
        for name, value in measures.items():
            found.setdefault(name, []).append(value)
    return {name: _spread(values) for name, values in found.items()}


def _spread(values: list[float]) -> Spread:
    middle = median(values)
    return Spread(middle, max(values, key=lambda value: abs(value - middle)))
