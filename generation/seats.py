"""A member's place in a company, as its admins change it: department, due date, fields, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, hooks
from accounts.models import Department, Member, User

from . import boards
from .failures import Refused


def change(
    member: Member, actor: User, *, department: Department | None, due: date | None, fields: Mapping[str, str]
) -> None:
    """Set what the company says of somebody; columns that are not named keep what they have."""
    if department and department.company_id != member.company_id:
        raise Refused(_("This department is gone; choose another one."))
    with transaction.atomic():
        now = Member.objects.select_for_update().get(pk=member.pk)
        Member.objects.filter(pk=member.pk).update(
            department=department, due=due, fields={**now.fields, **fields}
        )
        audit.note(member.company, actor, "member.changed", member.pk)


def remove(member: Member, actor: User) -> None:
    """End somebody's place: their pictures are theirs alone from now on. Raises Refused for admins."""
    if member.administers:
        raise Refused(_("Take away their rights as an admin first."))
    now = timezone.now()
    with transaction.atomic():
        if not Member.objects.filter(pk=member.pk, left_at=None).update(left_at=now):
            return
        member.invitations.filter(used_at=None, revoked_at=None).update(revoked_at=now)
        member.shoots.update(member=None)
        boards.standing().filter(member=member).update(ended_at=now)
        audit.note(member.company, actor, "member.removed", member.pk)
        hooks.tell(member.company, "member.left", member=member.pk)
