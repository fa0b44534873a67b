"""Whoever released before their brand changed gets it too: cut anew, drawn anew, or asked for a new shoot.

The company learns how far this is and nothing of anybody. Until a member releases again the old picture
stays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Literal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts import audit, posting
from accounts.models import Company, Member, Message, User

from . import brands, portraits, shoots
from .failures import Refused
from .models import Brand, Lost, Portrait, Renewal, Shoot, Status

CHUNK = 100  # members between two looks at whether to stop; some seconds
AT_ONCE = 2  # shoots of a renewal that wait to be drawn
LEASE = timedelta(minutes=2)
Remedy = Literal["cut", "draw"]


def stale(company: Company) -> QuerySet[Member]:
    """Members with a released headshot that was made to another brand than is theirs now."""
    of = brands.of_everybody(company)
    theirs = Q()
    for department, brand in of.items():
        if department is not None:
            theirs |= Q(member__department=department, brand_version=brand.version)
    others = Q(member__department=None) | ~Q(member__department__in=[one for one in of if one is not None])
    current = theirs | (others & Q(brand_version=of[None].version))
    shown = Portrait.objects.filter(
        member__company=company, own=False, released_at__isnull=False, ended_at=None
    )
    return Member.objects.filter(left_at=None, pk__in=shown.exclude(current).values("member"))


def begin(company: Company, actor: User) -> Renewal | None:
    """Go through all of them, in the background; one that goes on is gone on with. None: nothing to do."""
    if running := Renewal.objects.filter(company=company, finished_at=None).first():
        return running
    total = stale(company).count()
    if not total:
        return None
    try:
        with transaction.atomic():
            renewal = Renewal.objects.create(company=company, total=total)
            audit.note(company, actor, "brand.renewed", total)
    except IntegrityError:  # another admin was quicker
        return Renewal.objects.filter(company=company, finished_at=None).first()
    return renewal


def take(renewal_id: UUID) -> Renewal | None:
    """Claim a renewal that is not finished."""
    now = timezone.now()
    free = Renewal.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=now), finished_at=None)
    if not free.filter(pk=renewal_id).update(claimed_until=now + LEASE):
        return None
    return Renewal.objects.select_related("company").get(pk=renewal_id)


def go_on(renewal: Renewal) -> bool:
    """The next members, each once; whether there is more to do at once. After the last it is finished."""
    left = stale(renewal.company).order_by("pk").select_related("company")
    if renewal.reached:
        left = left.filter(pk__gt=renewal.reached)
    chunk = list(left[:CHUNK])
    mine, of = Renewal.objects.filter(pk=renewal.pk), brands.of_everybody(renewal.company)
    for member in chunk:
        if not _studio_has_room(renewal.company):
            mine.update(claimed_until=None)  # the sweeper asks again after a while
            return False
        renew(member, of.get(member.department_id, of[None]))
        mine.update(reached=member.pk, done=F("done") + 1)
    if len(chunk) < CHUNK:
        mine.update(finished_at=timezone.now(), done=F("total"))
    mine.update(claimed_until=None, nudged_at=None)
    return len(chunk) == CHUNK


def _studio_has_room(company: Company) -> bool:
    """Whoever is learned is drawn before anybody else is learned: a company there would shut out all."""
    learned = Shoot.objects.filter(member__company=company, status=Status.TRAINED)
    return learned.count() < AT_ONCE


def renew(member: Member, brand: Brand) -> None:
    """One member's: new drafts, a new round of their shoot, or a mail that asks for a new shoot. Once."""
    about = (Message.About.RENEWED, Message.About.AGAIN)
    if Message.objects.filter(member=member, about__in=about, created__gte=brand.changed).exists():
        return
    shown = list(portraits.released(member).filter(own=False).select_related("headshot__shoot__release"))
    if remedy(shown, brand) == "cut":
        portraits.again(member, brand)
        posting.write(member, Message.About.RENEWED)
    elif not _drawn_again(shown, brand):
        posting.write(member, Message.About.AGAIN)


def remedy(shown: Collection[Portrait], brand: Brand) -> Remedy:
    """Whether the kept headshots can be cut anew, or have to be drawn anew."""
    kept = [one.headshot for one in shown if one.headshot]
    drawn_with: Mapping[str, brands.Outfit] = brands.outfits(one.look for one in kept)
    fine = [brands.suits(brand, one.direction, drawn_with.get(one.look)) for one in kept]
    return "cut" if len(fine) == len(shown) and all(fine) else "draw"


def _drawn_again(shown: Collection[Portrait], brand: Brand) -> bool:
    """A further round from the kept identity, which costs no credit; its letter tells the member.

    A shoot that is being worked on brings its own gallery: its subject chooses from that; so they do where
    this round was drawn before.
    """
    for shoot in {one.headshot.shoot for one in shown if one.headshot}:
        if shoot.working or shoot.looks == brand.looks:
            return True
        try:
            shoots.more_looks(shoot, brand.looks)
        except (Refused, Lost):  # the identity is gone, or all rounds were had
            continue
        return True
    return False
