"""A stand-in for the verbs that make portraits: it has their names and does the least."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import hooks
from accounts.models import Member

from . import catalogue, vault
from .engine.decoder import Decoded
from .engine.intake import SHORTEST_SIDE
from .failures import Refused
from .models import Headshot, Portrait

Crop = tuple[float, float, float]  # left, top and side of a square, shares of the picture's width


def drafts(member: Member) -> QuerySet[Portrait]:
    return Portrait.objects.filter(member=member, released_at=None, ended_at=None)


def released(member: Member) -> QuerySet[Portrait]:
    return Portrait.objects.filter(member=member, released_at__isnull=False, ended_at=None)


def choose(member: Member, headshots: Sequence[Headshot]) -> list[Portrait]:
    drafts(member).delete()
    return [_draft(member, place, headshot=one) for place, one in enumerate(headshots, start=1)]


def own(member: Member, place: int, decoded: Decoded, crop: Crop) -> Portrait:
    if decoded.ai_made:
        raise Refused(_("This file says that it was made by AI. Choose a photo of yourself."))
    left, top, side = (share * decoded.width for share in crop)
    if not (0 <= left <= left + side <= decoded.width + 1 and 0 <= top <= top + side <= decoded.height + 1):
        raise Refused(_("The square reaches beyond your picture; move it back inside."))
    if side < SHORTEST_SIDE:
        raise Refused(_("The square is too small; take a larger part of the picture or a larger picture."))
    drafts(member).filter(place=place).delete()
    return _draft(member, place, own=True, crop=list(crop))


def _draft(member: Member, place: int, **more: Any) -> Portrait:
    brand = catalogue.brand_of(member)
    return Portrait.objects.create(
        member=member, place=place, brand_version=brand.version if brand else 1, **more
    )


def release(member: Member) -> None:
    for one in drafts(member):
        for old in released(member).filter(place=one.place):
            take_back(old)
        Portrait.objects.filter(pk=one.pk).update(released_at=timezone.now())
        hooks.tell(member.company, "portrait.released", member=member.pk, portrait=one.pk)


def take_back(portrait: Portrait) -> None:
    Portrait.objects.filter(pk=portrait.pk).update(ended_at=timezone.now())
    vault.delete_all(portrait.pk, "portraits")


def forget(member: Member) -> None:
    for one in Portrait.objects.filter(member=member, ended_at=None):
        take_back(one)
