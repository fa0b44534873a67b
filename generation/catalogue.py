"""The versioned catalogue of looks: rows seeded from the engine's, read back as the engine's."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from .engine.looks import CATALOGUE
from .engine.types import Direction, Look
from .models import CatalogueLook


def seed() -> None:
    """A row for every look of the engine at its version; older ones stay for the shoots that used them."""
    for place, look in enumerate(CATALOGUE.values()):
        CatalogueLook.objects.get_or_create(
            slug=look.id,
            version=look.version,
            defaults={"name": look.name, "data": asdict(look), "place": place},
        )
        CatalogueLook.objects.filter(slug=look.id, version__lt=look.version).update(offered=False)


def look(key: str) -> Look:
    """The look of a key like ``studio-grey@1``."""
    slug, _, version = key.partition("@")
    return as_look(CatalogueLook.objects.get(slug=slug, version=int(version)).data)


def as_look(data: dict[str, Any]) -> Look:
    return Look(**{**data, "directions": tuple(Direction(**one) for one in data["directions"])})
