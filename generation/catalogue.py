"""The versioned catalogue of looks: rows seeded from the engine's, read back as its own, and offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from . import brands
from .engine.looks import CATALOGUE
from .engine.types import Direction, Look
from .failures import Refused
from .models import CatalogueLook, Shoot

MOST_LOOKS = 6


def seed() -> None:
    """A row for every look of the engine at its version; older ones stay for the shoots that used them.

    What staff made since wins: a row of that version, or of a later one, is left as it is.
    """
    for place, look in enumerate(CATALOGUE.values()):
        later = CatalogueLook.objects.filter(slug=look.id, version__gt=look.version).exists()
        CatalogueLook.objects.get_or_create(
            slug=look.id,
            version=look.version,
            defaults={"name": look.name, "data": asdict(look), "place": place, "offered": not later},
        )
        CatalogueLook.objects.filter(slug=look.id, version__lt=look.version).update(offered=False)


def look(key: str) -> Look:
    """The look of a key like ``studio-grey@1``."""
    slug, _at, version = key.partition("@")
    return as_look(CatalogueLook.objects.get(slug=slug, version=int(version)).data)


def as_look(data: dict[str, Any]) -> Look:
    return Look(**{**data, "directions": tuple(Direction(**one) for one in data["directions"])})


def on_offer(shoot: Shoot) -> list[CatalogueLook]:
    """What may be chosen for a shoot: those of the brand where a company asked for it, else the catalogue."""
    if shoot.member is None:
        return list(CatalogueLook.objects.filter(offered=True))
    brand = brands.of_member(shoot.member)
    rows = CatalogueLook.objects.filter(slug__in=[key.partition("@")[0] for key in brand.looks])
    by_key = {row.key: row for row in rows}
    return [by_key[key] for key in brand.looks if key in by_key]


def require(shoot: Shoot, looks: Sequence[str]) -> None:
    """A shoot has one to six looks that are offered, or of its company's brand. Raises Refused for others."""
    if not 1 <= len(looks) <= MOST_LOOKS:
        raise Refused(_("Choose one to six looks."))
    offered = {look.key for look in on_offer(shoot)}
    if set(looks) <= offered:
        return
    if shoot.member is None:
        raise Refused(_("A look that you chose is not offered any more; choose your looks again."))
    raise Refused(
        _("These looks are not what %(company)s asks for now; choose your looks again.")
        % {"company": shoot.member.company}
    )
