"""The shoot with what belongs to it, and what companies get."""

from __future__ import annotations

from .looks import LookDraft, LookMeasure
from .portraits import Brand, Portrait, Renewal
from .shoots import (
    LEASE,
    MOST_STARTS,
    MOVES,
    WORKING,
    Attempt,
    CatalogueLook,
    Guarantee,
    Headshot,
    Identity,
    Kind,
    Letter,
    Lost,
    Photo,
    Rendition,
    Report,
    Shoot,
    ShootEvent,
    ShootQuerySet,
    Status,
    Verdict,
)

__all__ = [
    "LEASE",
    "MOST_STARTS",
    "MOVES",
    "WORKING",
    "Attempt",
    "Brand",
    "CatalogueLook",
    "Guarantee",
    "Headshot",
    "Identity",
    "Kind",
    "Letter",
    "LookDraft",
    "LookMeasure",
    "Lost",
    "Photo",
    "Portrait",
    "Rendition",
    "Renewal",
    "Report",
    "Shoot",
    "ShootEvent",
    "ShootQuerySet",
    "Status",
    "Verdict",
]
