"""A member's place in a company: what its admins say of them, and its end, whoever ends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from accounts import audit, companies
from accounts.models import Member, User

from . import portraits
from .models import Shoot


def change(
    member: Member, *, by: User | None, fields: Mapping[str, str] | None = None, **values: Any
) -> None:
    """Set name, department or due date; columns that are not named keep what they have."""
    with transaction.atomic():
        now = Member.objects.select_for_update().get(pk=member.pk)
        Member.objects.filter(pk=member.pk).update(fields={**now.fields, **(fields or {})}, **values)
        audit.note(member.company, by, "member.changed", member.pk)


def remove(member: Member, *, by: User | None) -> None:
    """An admin takes somebody out of the company. Raises companies.Refused."""
    _end(member, lambda: companies.remove(member, by=by))


def leave(member: Member) -> None:
    """Somebody goes of their own accord. Raises companies.Refused."""
    _end(member, lambda: companies.leave(member))


def _end(member: Member, end: Callable[[], None]) -> None:
    """Shoots stay the person's own, and the company keeps no picture of them."""
    with transaction.atomic():
        end()
        Shoot.objects.filter(member=member).update(member=None)
    portraits.forget(member)
