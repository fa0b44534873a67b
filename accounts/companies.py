"""A company, verb by verb: opened, set up, its admins named, its members gone, closed.

Every verb writes its line of the audit log in the same transaction. ``by`` is whoever asked for it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit, hooks
from .models import ADMINS, Company, Department, Invitation, Member, Role, User

# What stays of a member who left; their address stays too, so that it does not join again by itself.
NOBODY: dict[str, Any] = {"name": "", "fields": {}, "department": None}
MOST = 10  # that one person owns


class Refused(Exception):
    """What cannot be done; the message says why, and what to do."""


class LastOwner(Refused):
    """A company is never without an owner who can sign in."""


class Administers(Refused):
    """Only owners decide about admins, so no admin removes another."""


class NameTaken(Refused):
    """The company has a department of that name."""


class TooMany(Refused):
    """One person does not own company after company."""


class NotJoined(Refused):
    """Nobody owns a company who cannot sign in to it."""


def of(user: User) -> QuerySet[Member]:
    """The person's places in companies that are open, by the companies' names."""
    mine = Member.objects.filter(user=user, left_at=None, company__closed_at=None)
    return mine.select_related("company").order_by("company__name", "company")


@transaction.atomic
def create(owner: User, name: str) -> Company:
    """A company whose only member is its owner. Raises TooMany."""
    _room(owner)
    company = Company.objects.create(name=name)
    Member.objects.create(
        company=company,
        user=owner,
        email=owner.email,
        name=owner.name,
        role=Role.OWNER,
        joined_at=timezone.now(),
    )
    audit.note(company, owner, "company.created")
    return company


def _room(owner: User) -> None:
    """For one more; what was opened today counts even if it is closed, else closing would be a way round."""
    User.objects.select_for_update().get(pk=owner.pk)
    today = Q(company__created__gt=timezone.now() - timedelta(days=1))
    owned = Member.objects.filter(Q(left_at=None) | today, user=owner, role=Role.OWNER)
    if owned.count() >= MOST:
        raise TooMany(
            _("One person owns at most 10 companies. Close one that is no longer used, or wait a day.")
        )


@transaction.atomic
def change(company: Company, *, by: User | None, **values: Any) -> None:
    """Set ``name``, ``reminders``, ``due`` or ``inputs_days`` (0-30); each change is a line of the log."""
    present = _held(company)
    changed = {name: value for name, value in values.items() if getattr(present, name) != value}
    if changed:
        Company.objects.filter(pk=company.pk).update(**changed)
    for name, value in changed.items():
        audit.note(company, by, f"company.{name}", _said(value))


def _said(value: object) -> object:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else value


@transaction.atomic
def add_department(company: Company, name: str, *, by: User | None) -> Department:
    """Raises NameTaken."""
    department = Department(company=company, name=name)
    _save(department)
    audit.note(company, by, "department.added", name)
    return department


@transaction.atomic
def department(company: Company, name: str) -> Department | None:
    """The company's of that name, in whatever case, made where there is none; "" is no department."""
    if not name:
        return None
    found = company.departments.filter(name__iexact=name).first()
    return found or company.departments.get_or_create(name=name)[0]


def rename_department(department: Department, name: str, *, by: User | None) -> None:
    """Raises NameTaken."""
    if department.name != name:
        department.name = name
        _save(department)
        audit.note(department.company, by, "department.renamed", name)


@transaction.atomic
def remove_department(department: Department, *, by: User | None) -> None:
    """Its members stay, in none."""
    audit.note(department.company, by, "department.removed", department.name)
    department.delete()


def _save(department: Department) -> None:
    try:
        with transaction.atomic():
            department.save()
    except IntegrityError as error:
        raise NameTaken(_("There is a department of this name already. Choose another name.")) from error


@transaction.atomic
def set_role(member: Member, role: Role, *, by: User | None) -> None:
    """It counts from the member's next request on. Raises LastOwner, or NotJoined for a future owner."""
    _held(member.company)
    if role == Role.OWNER and member.user_id is None:
        raise NotJoined(_("An owner must be able to sign in: they accept the invitation first."))
    if role != Role.OWNER:
        _an_owner_stays(member)
    present = Member.objects.filter(pk=member.pk, left_at=None)
    if present.exclude(role=role).update(role=role):
        audit.note(member.company, by, f"role.{role}", member.pk)


@transaction.atomic
def remove(member: Member, *, by: User | None) -> None:
    """An admin takes the member out of the company. Raises Administers."""
    _held(member.company)
    if Member.objects.filter(pk=member.pk, role__in=ADMINS, left_at=None).exists():
        raise Administers(_("%s administers the company: an owner takes those rights back first.") % member)
    _end(member, by, "member.removed")


@transaction.atomic
def leave(member: Member) -> None:
    """The member goes of their own accord. Raises LastOwner."""
    _held(member.company)
    _an_owner_stays(member)
    _end(member, member.user, "member.left")


@transaction.atomic
def depart(user: User) -> None:
    """The account goes: it leaves every company, and none keeps its address. Raises LastOwner, with
    nothing changed."""
    for member in of(user):
        leave(member)
    Member.objects.filter(user=user).update(email="")


def _end(member: Member, by: User | None, what: str) -> None:
    if not Member.objects.filter(pk=member.pk, left_at=None).update(left_at=timezone.now(), **NOBODY):
        return
    _revoke(Q(member=member))
    audit.note(member.company, by, what, member.pk)
    hooks.tell(member.company, "member.left", member=member.pk)


@transaction.atomic
def close(company: Company, *, by: User | None) -> None:
    """Nothing of the company opens any more: no page, invitation, token or domain. Safe to repeat.

    Names and addresses go; shoots stay their subjects', and the log stays.
    """
    now = timezone.now()
    if not Company.objects.filter(pk=company.pk, closed_at=None).update(closed_at=now):
        return
    company.members.filter(left_at=None).update(left_at=now)
    company.members.update(email="", **NOBODY)
    company.imports.all().delete()
    _revoke(Q(member__company=company))
    company.invite_links.filter(revoked_at=None).update(revoked_at=now)
    company.webhooks.filter(paused_at=None).update(paused_at=now)
    company.api_tokens.all().delete()
    company.domains.all().delete()  # free for whoever owns them next
    audit.note(company, by, "company.closed")


def _held(company: Company) -> Company:
    """The row, with nobody else changing roles until the transaction ends: two owners cannot both be last.

    SQLite's transactions write one after the other anyway.
    """
    return Company.objects.select_for_update().get(pk=company.pk)


def _an_owner_stays(member: Member) -> None:
    owners = Member.objects.filter(company=member.company, role=Role.OWNER, left_at=None, user__isnull=False)
    if set(owners.values_list("pk", flat=True)) == {member.pk}:
        raise LastOwner(
            _("%s needs an owner: make somebody else an owner first, or close the company.") % member.company
        )


def _revoke(invitations: Q) -> None:
    open_ones = Invitation.objects.filter(invitations, used_at=None, revoked_at=None)
    open_ones.update(revoked_at=timezone.now())
