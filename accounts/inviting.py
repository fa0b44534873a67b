"""Asking people into a company, and parting with them, as its programs do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from . import audit, hooks
from .models import Company, Department, Invitation, Member, User

VALID = timedelta(days=7)  # of an invitation


@dataclass(frozen=True)
class Row:
    """Somebody to be asked; what is None stays as it is for who was asked before."""

    email: str
    name: str | None = None
    department: str | None = None
    due: date | None = None
    fields: dict[str, str] | None = field(default=None)


def invite(company: Company, rows: Sequence[Row], by: User | None) -> list[Member]:
    """The members of these addresses, in order; new ones are invited, known ones changed, nobody asked twice."""
    departments = {row.department: department(company, row.department) for row in rows if row.department}
    with transaction.atomic():
        emails = [row.email for row in rows]
        known = set(_here(company, emails).values_list("email", flat=True))
        Member.objects.bulk_create(
            [Member(company=company, email=email) for email in dict.fromkeys(emails) if email not in known],
            ignore_conflicts=True,
        )
        members = {member.email: member for member in _here(company, emails)}
        new = [member for email, member in members.items() if email not in known]
        for row in rows:
            _fill(members[row.email], row, departments)
        Member.objects.bulk_update(members.values(), ["name", "department", "due", "fields"])
        until = timezone.now() + VALID
        Invitation.objects.bulk_create([Invitation(member=member, expires_at=until) for member in new])
        if new:
            hooks.tell_each(company, "member.invited", [{"member": member.pk} for member in new])
            audit.note(company, by, "members.invited", len(new))
    return [members[row.email] for row in rows]


def _here(company: Company, emails: Sequence[str]) -> Any:
    return company.members.filter(email__in=emails, left_at=None)


def _fill(member: Member, row: Row, departments: dict[str | None, Department]) -> None:
    if row.name is not None:
        member.name = row.name
    if row.department is not None:
        member.department = departments[row.department] if row.department else None
    if row.due is not None:
        member.due = row.due
    if row.fields is not None:
        member.fields = {**member.fields, **row.fields}


def department(company: Company, name: str) -> Department:
    """The company's of that name, however it is capitalised, made where there is none."""
    found = company.departments.filter(name__iexact=name).first()
    return found or company.departments.get_or_create(name=name)[0]


def remove(member: Member, by: User | None) -> bool:
    """Out of the company; whether this call did it. What they made stays theirs."""
    with transaction.atomic():
        here = Member.objects.filter(pk=member.pk, left_at=None)
        if not here.update(left_at=timezone.now()):
            return False
        hooks.tell(member.company, "member.left", member=member.pk)
        audit.note(member.company, by, "member.removed", member.pk)
    return True
