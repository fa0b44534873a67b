"""Asking people to join a company, by address: ask, resend, revoke, accept.

What a company is answered never tells whether somebody accepted or refused.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import audit, hooks, limits
from .addresses import Person
from .models import Company, Department, Invitation, Member, User

VALID = timedelta(days=7)


class Closed(Exception):
    """This way in leads nowhere (any more), with a sentence that says what to do."""


class Unknown(Closed):
    """There never was such a way in."""


class OtherAddress(Exception):
    """The person has not proven the address that was asked."""


class Asked(NamedTuple):
    """How many places were added, and how many that stood are different now."""

    added: int
    changed: int


def invite(company: Company, people: Sequence[Person], *, by: User | None) -> Asked:
    """Ask people whose addresses were typed in. Raises limits.TooMany."""
    with transaction.atomic():
        limits.strangers(company, [one.email for one in people])
        asked = ask(company, people, invites=True)
        audit.note(company, by, "people.invited", len(people))
    return asked


def ask(company: Company, people: Sequence[Person], *, invites: bool) -> Asked:
    """Give each a place, or bring the one they have up to date: what is not said stays as it was.

    Safe to repeat, and nobody is invited twice. At most a thousand people at once.
    """
    with transaction.atomic():
        departments = _departments(company, [one.department for one in people if one.department])
        places = company.members.filter(left_at=None, email__in=[one.email for one in people])
        known = {member.email: member for member in places.select_for_update()}
        changed = _renew(known, people, departments)
        new = [
            Member(
                company=company,
                email=one.email,
                name=one.name,
                department=departments.get(one.department.casefold()),
                due=one.due,
                fields=one.fields,
            )
            for one in people
            if one.email not in known
        ]
        Member.objects.bulk_create(new, ignore_conflicts=True)  # somebody else may ask the same just now
        added = Member.objects.filter(pk__in=[one.pk for one in new])
        hooks.tell_all(company, "member.invited", [{"member": one.pk} for one in added])
        if invites:
            _invite(places.all())
        return Asked(len(added), changed)


def _departments(company: Company, named: Iterable[str]) -> dict[str, Department]:
    """By lower-case name; made, as they were first spelt, where there are none yet."""

    def standing() -> dict[str, Department]:
        return {one.name.casefold(): one for one in company.departments.all()}

    found = standing()
    new: dict[str, str] = {}
    for name in named:
        if name.casefold() not in found:
            new.setdefault(name.casefold(), name)
    if not new:
        return found
    made = [Department(company=company, name=name) for name in new.values()]
    Department.objects.bulk_create(made, ignore_conflicts=True)
    return standing()


def _renew(known: dict[str, Member], people: Iterable[Person], departments: dict[str, Department]) -> int:
    changed = []
    for one in people:
        if member := known.get(one.email):
            before = member.name, member.department_id, member.due, member.fields
            member.name = one.name or member.name
            if one.department:
                member.department = departments[one.department.casefold()]
            member.due = one.due or member.due
            member.fields = member.fields | one.fields
            if before != (member.name, member.department_id, member.due, member.fields):
                changed.append(member)
    # As an upsert: Django's bulk_update takes five times as long.
    Member.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "department", "due", "fields"],
    )
    return len(changed)


def _invite(members: QuerySet[Member]) -> None:
    """A mail to each who has had none and is free to answer it; a worker sends it."""
    asked = Exists(Invitation.objects.filter(member=OuterRef("pk")))
    waiting = members.filter(~asked, joined_at=None, refused_at=None)
    until = timezone.now() + VALID
    Invitation.objects.bulk_create(Invitation(member=one, expires_at=until) for one in waiting)


def resend(member: Member, *, by: User | None) -> None:
    """A new invitation in the place of the older ones. Whoever answered gets no mail; to the company it looks
    the same, down to what is written. Raises limits.TooMany."""
    now = timezone.now()
    with transaction.atomic():
        limits.again(member)
        _take_back(member)
        waits = Member.objects.filter(pk=member.pk, joined_at=None, refused_at=None).exists()
        Invitation.objects.create(member=member, expires_at=now + VALID, revoked_at=None if waits else now)
        audit.note(member.company, by, "invitation.sent_again", member.pk)


def revoke(member: Member, *, by: User | None) -> None:
    """Whatever invitation is still open opens nothing any more."""
    with transaction.atomic():
        _take_back(member)
        audit.note(member.company, by, "invitation.revoked", member.pk)


def _take_back(member: Member) -> None:
    member.invitations.filter(used_at=None, revoked_at=None).update(revoked_at=timezone.now())


def renew(member: Member) -> str:
    """The token of a fresh invitation that goes out in another mail; older ones open nothing any more."""
    now, token = timezone.now(), new_token()
    with transaction.atomic():
        _take_back(member)
        Invitation.objects.create(member=member, sha256=digest(token), expires_at=now + VALID, sent_at=now)
    return token


def new_token() -> str:
    return secrets.token_urlsafe(32)  # 256 bit; only its digest is kept


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find(token: str) -> Invitation:
    """The open invitation that a mail's link names. Raises Unknown or Closed."""
    rows = Invitation.objects.select_related("member__company").filter(sha256=digest(token))
    invitation = rows.first()
    if invitation is None:
        raise Unknown(
            _("There is no such invitation. Open the link as it stands in the mail, or ask for a new mail.")
        )
    if invitation.used_at:
        raise Closed(_("This invitation was used already. If that was you, sign in: your page is there."))
    member = invitation.member
    if invitation.revoked_at or member.left_at or member.company.closed_at:
        raise Closed(
            _(
                "This invitation was taken back or replaced by a newer one."
                " Look for a newer mail, or ask whoever invited you."
            )
        )
    if invitation.expires_at <= timezone.now():
        raise Closed(
            _("This invitation ended on %(day)s. Ask whoever invited you to send it again.")
            % {"day": date_format(invitation.expires_at)}
        )
    return invitation


def holds(user: User, email: str) -> bool:
    """Whether the person has proven that the address is theirs."""
    return bool(EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists())


def accept(token: str, user: User) -> Member:
    """Take the place: once, by whoever holds its address. Raises Closed or OtherAddress.

    The audit log says nothing of it: the company sees "invited" until something is submitted.
    """
    invitation = find(token)
    member = invitation.member
    if not holds(user, member.email):
        raise OtherAddress
    now = timezone.now()
    still = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None)
    with transaction.atomic():
        if not still.update(used_at=now):
            find(token)  # says why
        take(member, user)
    return member


def take(member: Member, user: User) -> None:
    """Put a person into a place that waits for them, inside a transaction. Raises Closed."""
    free = Member.objects.filter(pk=member.pk, user=None, left_at=None)
    try:
        with transaction.atomic():
            taken = free.update(user=user, joined_at=timezone.now())
    except IntegrityError:
        raise Closed(
            _("You are in %(company)s already, with another address. Open your page there.")
            % {"company": member.company}
        ) from None
    if not taken and not Member.objects.filter(pk=member.pk, user=user, left_at=None).exists():
        raise Closed(_("Somebody has this place already. Ask whoever invited you."))
