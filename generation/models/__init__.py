"""The shoot with what belongs to it, and what companies get."""

from __future__ import annotations

from .budgets import TryBudget
from .looks import LookDraft, LookMeasure
from .openings import OpenedPicture, Opening
from .portraits import Brand, Portrait, Renewal
from .requests import Flag, HelpRequest, Takedown
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
    "Flag",
    "Guarantee",
    "Headshot",
    "HelpRequest",
    "Identity",
    "Kind",
    "Letter",
    "LookDraft",
    "LookMeasure",
    "Lost",
    "OpenedPicture",
    "Opening",
    "Photo",
    "Portrait",
    "Rendition",
    "Renewal",
    "Report",
    "Shoot",
    "ShootEvent",
    "ShootQuerySet",
    "Status",
    "Takedown",
    "TryBudget",
    "Verdict",
]
