"""What an admin says to a released portrait: it is fine, or, once for each shoot, another one please."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, hooks, posting
from accounts.models import Company, Member, Message, User

from . import boards
from .failures import Refused
from .models import Portrait

LONGEST = 200  # characters of a reason


def waiting(company: Company) -> QuerySet[Portrait]:
    """Released, and nobody has said anything to them yet."""
    return boards.standing().filter(
        member__company=company, member__left_at=None, approved_at=None, redo_reason=""
    )


def approve(portrait: Portrait, actor: User) -> None:
    """Say that it is fine; saying so again changes nothing."""
    company = portrait.member.company
    with transaction.atomic():
        if boards.standing().filter(pk=portrait.pk, approved_at=None).update(approved_at=timezone.now()):
            audit.note(company, actor, "portrait.approved", portrait.pk)
            hooks.tell(company, "portrait.approved", member=portrait.member_id, portrait=portrait.pk)


def approve_all(company: Company, actor: User) -> int:
    """Approve what waits; returns how many."""
    now = timezone.now()  # by which they are found again, whoever else approves meanwhile
    with transaction.atomic():
        count = waiting(company).update(approved_at=now)
        if count:
            audit.note(company, actor, "portraits.approved", count)
        found = boards.standing().filter(member__company=company, approved_at=now)
        told = [{"member": member, "portrait": pk} for member, pk in found.values_list("member", "pk")]
        hooks.tell_all(company, "portrait.approved", told)
    return count


def ask_again(portrait: Portrait, actor: User, reason: str) -> None:
    """Ask its subject for another one, which costs no credit. Raises Refused with the reason why not."""
    company, reason = portrait.member.company, reason.strip()
    if not 0 < len(reason) <= LONGEST:
        raise Refused(_("Say in up to 200 characters what should be different."))
    with transaction.atomic():
        Member.objects.select_for_update().get(pk=portrait.member_id)  # two admins, one redo
        if _same_shoot(portrait).exclude(redo_reason="").exists():
            raise Refused(
                _("They were asked for another picture from this shoot already; that is free once.")
            )
        fresh = boards.standing().filter(pk=portrait.pk, approved_at=None)
        if not fresh.update(redo_reason=reason):
            raise Refused(_("This picture is approved or no longer released; reload the page."))
        posting.write(portrait.member, Message.About.REDO, reason)
        audit.note(company, actor, "portrait.redo", portrait.pk)


def _same_shoot(portrait: Portrait) -> QuerySet[Portrait]:
    """What was chosen from one shoot; a picture of their own stands alone."""
    if portrait.headshot is None:
        return Portrait.objects.filter(pk=portrait.pk)
    return Portrait.objects.filter(member=portrait.member_id, headshot__shoot=portrait.headshot.shoot_id)
