"""What a company gets of a member: chosen, released and taken back by that member alone.

A draft is nobody's but the member's. What has ended stays as a row without files. Pictures are cut in the
background (cutting.py).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import hooks
from accounts.models import Company, Member, Release

from . import brands, periods, vault
from .engine.decoder import Decoded
from .engine.intake import SHORTEST_SIDE
from .failures import Refused
from .models import Brand, Headshot, Portrait

log = logging.getLogger(__name__)
PLACES = (1, 2, 3)
Crop = tuple[float, float, float]  # left, top and side of a square, shares of the picture's width


def drafts(member: Member) -> QuerySet[Portrait]:
    """What the member has not released yet; theirs alone."""
    return Portrait.objects.filter(member=member, released_at=None, ended_at=None)


def released(member: Member) -> QuerySet[Portrait]:
    """What the company may see of the member."""
    return Portrait.objects.filter(member=member, released_at__isnull=False, ended_at=None)


# The member's verbs.


def choose(member: Member, headshots: Sequence[Headshot]) -> list[Portrait]:
    """Drafts of one to three headshots of the member's own shoots, the first the main one. Raises Refused."""
    mine = {one.pk: one for one in _offered(member)}
    chosen = [mine[one.pk] for one in headshots if one.pk in mine]
    if not 1 <= len(set(chosen)) == len(headshots) <= len(PLACES):
        raise Refused(_("Choose one to three headshots of your shoot for this company."))
    return _drafted(member, dict(zip(PLACES, chosen)), brands.of_member(member))


def again(member: Member, brand: Brand) -> list[Portrait]:
    """Drafts of the headshots that are released, for a brand that changed; to be released anew."""
    shown = released(member).filter(own=False).select_related("headshot__shoot__release")
    return _drafted(member, {one.place: one.headshot for one in shown if one.headshot}, brand)


def _drafted(member: Member, chosen: Mapping[int, Headshot], brand: Brand) -> list[Portrait]:
    """A draft in each place; one that is there already stays, others of headshots go."""
    with transaction.atomic():
        _one_by_one(member)
        known = {(one.place, one.headshot_id, one.brand_version): one for one in drafts(member)}
        wanted = []
        for place, headshot in chosen.items():
            there = known.pop((place, headshot.pk, brand.version), None)
            wanted.append(there or _draft(member, place, headshot, brand.version))
        former = [one for one in known.values() if not one.own or one.place in chosen]
        _end(former)
    _erase(former)
    return wanted


def _offered(member: Member) -> QuerySet[Headshot]:
    shown = Headshot.objects.filter(shown=True, hidden_at=None, rank__gt=0, shoot__release__withdrawn_at=None)
    mine = shown.filter(shoot__member=member, shoot__subject=member.user_id)
    return mine.select_related("shoot__release")


def _draft(member: Member, place: int, headshot: Headshot, version: int) -> Portrait:
    return Portrait.objects.create(
        member=member,
        place=place,
        headshot=headshot,
        made_under=headshot.shoot.release,
        brand_version=version,
    )


def own(member: Member, place: int, decoded: Decoded, crop: Crop) -> Portrait:
    """A draft of a picture that the member brings: cut as they say, never looked at. Raises Refused."""
    if place not in PLACES:
        raise Refused(_("Choose one of the three places."))
    if decoded.ai_made:
        raise Refused(_("This file says that it was made by AI. Choose a photo of yourself."))
    _require_inside(crop, decoded)
    version = brands.of_member(member).version
    draft = Portrait(member=member, place=place, own=True, crop=list(crop), brand_version=version)
    vault.put(draft.pk, "portraits", "source", decoded.jpeg)
    with transaction.atomic():
        _one_by_one(member)
        former = list(drafts(member).filter(place=place))
        _end(former)
        draft.save(force_insert=True)
    _erase(former)
    return draft


def _require_inside(crop: Crop, decoded: Decoded) -> None:
    left, top, side = (share * decoded.width for share in crop)
    if not (0 <= left <= left + side <= decoded.width + 1 and 0 <= top <= top + side <= decoded.height + 1):
        raise Refused(_("The square reaches beyond your picture; move it back inside."))
    if side < SHORTEST_SIDE:
        raise Refused(_("The square is too small; take a larger part of the picture or a larger picture."))


def release(member: Member, consent: Release) -> list[Portrait]:
    """The company may see the drafts from now on, each instead of what was in its place. Raises Refused.

    ``consent`` is the member's own, to just that.
    """
    with transaction.atomic():
        _one_by_one(member)
        new = list(drafts(member))
        if not new or member.left_at:
            raise Refused(_("Choose a headshot first."))
        if not all(one.made_at for one in new):
            raise Refused(_("Your pictures are still being made; this takes a few seconds."))
        former = list(released(member).filter(place__in=[one.place for one in new]))
        _end(former)
        for one in new:
            one.released_at, one.released_under = timezone.now(), consent
            one.save(update_fields=["released_at", "released_under"])
        told = [{"member": member.pk, "portrait": one.pk} for one in new]
        hooks.tell_all(member.company, "portrait.released", told)
    _erase(former)
    return new


def take_back(portrait: Portrait) -> None:
    """The picture is the company's no longer: its key is destroyed, its files are gone. Safe to repeat."""
    with transaction.atomic():
        if _end([portrait]) and portrait.released_at:
            about = {"member": portrait.member_id, "portrait": portrait.pk}
            hooks.tell(portrait.member.company, "portrait.withdrawn", **about)
    _erase([portrait])


def forget(member: Member) -> None:
    """All of a member's: they leave, or delete their account."""
    _take_back_all(Portrait.objects.filter(member=member))


def forget_made_under(consent: Release) -> None:
    """All that a consent allowed, which is withdrawn."""
    _take_back_all(Portrait.objects.filter(made_under=consent))


def end(whose: Q) -> None:
    """At once, however many; ``tidy`` destroys their keys."""
    Portrait.objects.filter(whose, ended_at=None).update(ended_at=timezone.now())


def _take_back_all(portraits: QuerySet[Portrait]) -> None:
    for one in portraits.filter(erased_at=None).select_related("member__company"):
        take_back(one)


def _one_by_one(member: Member) -> None:
    """What a member does twice at once happens one after the other."""
    Member.objects.select_for_update(no_key=True).get(pk=member.pk)


def _end(portraits: Iterable[Portrait]) -> int:
    standing = Portrait.objects.filter(pk__in=[one.pk for one in portraits], ended_at=None)
    return standing.update(ended_at=timezone.now())


def _erase(portraits: Iterable[Portrait]) -> None:
    """Once their end stands; what breaks off here is the sweeper's."""
    for one in portraits:
        vault.delete_all(one.pk, "portraits")
        Portrait.objects.filter(pk=one.pk).update(erased_at=timezone.now(), redo_reason="")


# What goes by itself.


def tidy() -> None:
    """Files that an end left behind, and drafts whose headshot went or that nobody came back to."""
    unreleased = Portrait.objects.filter(released_at=None, ended_at=None)
    _end(unreleased.filter(made_under__withdrawn_at__isnull=False))
    old = timezone.now() - periods.PERIODS["own"].length
    _end(unreleased.filter(own=False, headshot=None))
    _end(unreleased.filter(own=True, created__lt=old))
    for one in Portrait.objects.filter(ended_at__isnull=False, erased_at=None):
        try:
            _erase([one])
        except Exception:  # whatever is wrong with one, the others must go
            log.exception("erasing portrait %s", one.pk)


# What the wall says of the set.


class Agreement(NamedTuple):
    """How well the released set agrees with its brands in one respect."""

    median: float
    worst: float


class Conformed(NamedTuple):
    """Of what was made from headshots; pictures of people's own are never measured."""

    portraits: int
    former: int  # of these, made to a brand as it was before
    backdrop: Agreement  # CIEDE2000
    head_height: Agreement  # % of the picture's height off the brand's
    eye_line: Agreement
    tilt: Agreement  # degrees


def conformity(company: Company) -> Conformed | None:
    """None while nothing is released. Two queries, however many members."""
    of = brands.of_everybody(company)
    shown = Portrait.objects.filter(member__company=company, released_at__isnull=False, ended_at=None)
    rows = shown.filter(own=False).values_list("brand_version", "member__department_id", "measures")
    found = [(version, of.get(department, of[None]), measures) for version, department, measures in rows]
    if not found:
        return None
    return Conformed(
        len(found),
        sum(version != brand.version for version, brand, _measures in found),
        _agreement(measures["backdrop"] for _version, _brand, measures in found),
        _agreement(_off(brand, measures, "head_height") for _version, brand, measures in found),
        _agreement(_off(brand, measures, "eye_line") for _version, brand, measures in found),
        _agreement(abs(measures["tilt"]) for _version, _brand, measures in found),
    )


def _off(brand: Brand, measures: dict[str, float], what: str) -> float:
    wanted: float = getattr(brand, what)
    return 100 * abs(measures[what] - wanted)


def _agreement(values: Iterable[float]) -> Agreement:
    listed = list(values)
    return Agreement(round(median(listed), 1), round(max(listed), 1))
