"""A member's place in a company: what its admins say of them, and its end, whoever ends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts import audit, companies, keys
from accounts.models import Company, Member, User

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


@transaction.atomic
def depart(user: User) -> None:
    """An account goes, and with it each of its places. Raises companies.LastOwner, with nothing changed."""
    companies.depart(user)
    _let_go(Q(member__user=user))


@transaction.atomic
def close(company: Company, *, by: User | None) -> None:
    """The company ends, and with it whatever it had of anybody; the files go with the sweeper's next round.

    Safe to repeat. What its members' shoots are at goes on, for them alone.
    """
    companies.close(company, by=by)
    # No backup brings it back (``erasing``).
    transaction.on_commit(lambda: keys.destroy(f"companies/{company.pk}"))
    _let_go(Q(member__company=company))
    portraits.end(Q(member__company=company))


def tidy() -> None:
    """Finish what an end that broke off left to the company."""
    gone = Q(member__left_at__isnull=False) | Q(member__company__closed_at__isnull=False)
    _let_go(gone)
    portraits.end(gone)


def _end(member: Member, end: Callable[[], None]) -> None:
    """The company keeps no picture of somebody who is gone."""
    with transaction.atomic():
        end()
        _let_go(Q(member=member))
    portraits.forget(member)


def _let_go(whose: Q) -> None:
    """Shoots stay their subjects', and are no company's any more."""
    Shoot.objects.filter(whose).update(member=None)
