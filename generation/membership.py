"""What a member decides, and nobody for them: yes or no, a shoot, what the company gets, and leaving."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Member, Message, Purpose, Release, User

from . import gallery, portraits, shoots
from .failures import Refused
from .models import WORKING, Headshot, Portrait, Shoot, Status

MOST_SHOOTS = 3  # that a company pays for one member until it asks again: nobody spends its credits alone


def seats(user: User) -> QuerySet[Member]:
    """The person's places in companies that are open."""
    mine = Member.objects.filter(user=user, left_at=None, company__closed_at=None)
    return mine.select_related("company", "department")


# Yes or no.


def refuse(member: Member) -> None:
    """A no that nobody is told of; it may be taken back at any time."""
    Member.objects.filter(pk=member.pk, refused_at=None).update(refused_at=timezone.now())


def reconsider(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(refused_at=None)


# The shoot.


def asked_again(member: Member) -> datetime | None:
    """When the company last asked everybody, or this one, for new headshots."""
    asked = Message.objects.filter(member=member, about=Message.About.AGAIN).order_by("-created")
    return asked.values_list("created", flat=True).first()


def present(member: Member) -> QuerySet[Shoot]:
    """The member's shoots since they were last asked, the newest first."""
    since = asked_again(member)
    mine = Shoot.objects.filter(member=member).order_by("-created")
    return mine.filter(created__gte=since) if since else mine


def standing(member: Member) -> Shoot | None:
    """The shoot that the member goes on with: a draft, one that is being made, or a gallery."""
    return present(member).filter(status__in=[Status.DRAFT, *WORKING, Status.READY]).first()


def may_open(member: Member) -> bool:
    """Whether the company pays for another shoot: there is none, or what it asks for needs new photos."""
    now = standing(member)
    paid = present(member).exclude(submitted_at=None).exclude(status=Status.FAILED)
    if paid.count() >= MOST_SHOOTS:
        return False
    return now is None or (now.status == Status.READY and _needs_photos(member, now))


def _needs_photos(member: Member, shoot: Shoot) -> bool:
    """What the company asks for can neither be made from the kept ones nor was it."""
    done = shoot.redone_for_company or gallery.can_redo_for_company(shoot)
    return not done and redo_asked(member) is not None


def open_shoot(member: Member, release: Release) -> Shoot:
    """A draft that the company pays for; a no that was said before is over. Raises Refused."""
    with transaction.atomic():
        Member.objects.filter(pk=member.pk).update(refused_at=None)  # pressed twice, one waits for the other
        if not may_open(member):
            raise Refused(_("There is a shoot for %(company)s already.") % {"company": member.company})
        return shoots.open_shoot(member.user, release, member=member)


# What the company gets.


def choosable(member: Member) -> QuerySet[Headshot]:
    """Headshots of the galleries that the member has for the company, the newest gallery first."""
    ready = Headshot.objects.filter(shoot__member=member, shoot__status=Status.READY)
    return ready.filter(shown=True, rank__gt=0).order_by("-shoot__created", "rank")


def choose(member: Member, chosen: Collection[UUID]) -> None:
    """One to three headshots in their order, the first the main one, become drafts. Raises Refused."""
    found = {one.pk: one for one in choosable(member).filter(pk__in=chosen)}
    if not chosen or len(found) < len(chosen):  # nothing, one twice, or one that went meanwhile
        raise Refused(_("Choose one to three different headshots, the main one first."))
    portraits.choose(member, [found[key] for key in chosen])


def release(member: Member, consent: Release, seen: Collection[UUID]) -> None:
    """Give the company exactly the pictures that the member saw. Raises Refused."""
    if consent.user != member.user or consent.text.purpose != Purpose.RELEASE or not consent.stands:
        raise Refused(_("Please give your consent first."))
    with transaction.atomic():
        mine = portraits.drafts(member).select_for_update()
        if not seen or {one.pk for one in mine if one.made_at} != set(seen) or len(mine) != len(seen):
            raise Refused(_("These pictures changed meanwhile; look at them again."))
        portraits.release(member, consent)


def redo_asked(member: Member) -> Portrait | None:
    """The released portrait for which the company wants another."""
    return portraits.released(member).exclude(redo_reason="").select_related("headshot__shoot").first()


def can_redo(portrait: Portrait) -> bool:
    """Whether its shoot can be made again, because the company asks for another."""
    shoot = portrait.headshot.shoot if portrait.headshot else None
    return bool(shoot and shoot.status == Status.READY and gallery.can_redo_for_company(shoot))


def redo(member: Member) -> Shoot:
    """New training, because the company asked for another; it costs no credit. Raises Refused, Lost."""
    asked = redo_asked(member)
    if asked is None or asked.headshot is None:
        raise Refused(_("%(company)s asks for no other picture.") % {"company": member.company})
    shoots.redo_for_company(asked.headshot.shoot)
    return asked.headshot.shoot


# Leaving.
