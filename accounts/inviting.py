"""Asking people into a company, changing what it says of them, and parting with them."""

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
class Person:
    """Somebody to be asked; what is empty stays as it is for who was asked before."""

    email: str  # lower case
    name: str = ""
    department: str = ""
    due: date | None = None
    fields: dict[str, str] = field(default_factory=dict)


def invite(company: Company, people: Sequence[Person], *, by: User | None) -> None:
    """Give each address a place and an invitation, or bring the place up to date; nobody is asked twice."""
    emails = {one.email for one in people}
    places = company.members.filter(email__in=emails, left_at=None)
    with transaction.atomic():
        known = set(places.values_list("email", flat=True))
        new = [Member(company=company, email=email) for email in sorted(emails - known)]
        Member.objects.bulk_create(new, ignore_conflicts=True)  # of whom somebody else asked just now
        members = {member.email: member for member in places}
        named = {one.department for one in people}
        departments = {name: department(company, name) for name in named}
        for one in people:
            member = members[one.email]
            member.name = one.name or member.name
            member.department = departments[one.department] or member.department
            member.due = one.due or member.due
            member.fields = member.fields | one.fields
        Member.objects.bulk_update(members.values(), ["name", "department", "due", "fields"])
        asked = [members[one.email] for one in new]
        until = timezone.now() + VALID
        Invitation.objects.bulk_create(Invitation(member=one, expires_at=until) for one in asked)
        hooks.tell_all(company, "member.invited", [{"member": one.pk} for one in asked])
        audit.note(company, by, "people.invited", len(people))


def department(company: Company, name: str) -> Department | None:
    """The company's of that name, in whatever case, made where there is none; "" is no department."""
    if not name:
        return None
    found = company.departments.filter(name__iexact=name).first()
    return found or company.departments.get_or_create(name=name)[0]


def change(member: Member, *, by: User | None, **values: Any) -> None:
    """Name, department (by its name), due date or fields."""
    if "department" in values:
        values["department"] = department(member.company, values["department"])
    with transaction.atomic():
        Member.objects.filter(pk=member.pk).update(**values)
        audit.note(member.company, by, "member.changed", member.pk)


def remove(member: Member, *, by: User | None) -> None:
    """Out of the company; what the member made stays theirs. Safe to repeat."""
    with transaction.atomic():
        if Member.objects.filter(pk=member.pk, left_at=None).update(left_at=timezone.now()):
            hooks.tell(member.company, "member.left", member=member.pk)
            audit.note(member.company, by, "member.removed", member.pk)
