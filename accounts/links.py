"""Links for many: whoever has proven an address of the link's domain joins, until its cap or its end."""

from __future__ import annotations

import secrets
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import audit, hooks, invitations
from .invitations import Closed, OtherAddress, Unknown
from .models import Company, Department, Domain, InviteLink, Member, User


def make(
    company: Company,
    *,
    domain: Domain,
    cap: int,
    expires_at: datetime,
    department: Department | None,
    by: User | None,
) -> InviteLink:
    with transaction.atomic():
        link = InviteLink.objects.create(
            company=company,
            department=department,
            token=secrets.token_urlsafe(32),
            domain=domain.name,
            cap=cap,
            expires_at=expires_at,
        )
        audit.note(company, by, "link.made", link.pk)
    return link


def revoke(link: InviteLink, *, by: User | None) -> None:
    """Nobody joins by it any more; who did stays."""
    with transaction.atomic():
        if InviteLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
            audit.note(link.company, by, "link.revoked", link.pk)


def find(token: str) -> InviteLink:
    """The link that still lets somebody in. Raises Unknown or Closed."""
    link = InviteLink.objects.select_related("company").filter(token=token).first()
    if link is None:
        raise Unknown(_("There is no such link. Open it as it was given to you, or ask for a new one."))
    ours = Domain.objects.filter(company=link.company, name=link.domain, verified_at__isnull=False)
    if link.revoked_at or link.company.closed_at or not ours.exists():
        raise Closed(_("This link was taken back. Ask whoever gave it to you for a new one."))
    if link.expires_at <= timezone.now():
        raise Closed(
            _("This link ended on %(day)s. Ask whoever gave it to you for a new one.")
            % {"day": date_format(link.expires_at)}
        )
    return link


def addresses(user: User, link: InviteLink) -> list[str]:
    """What the person has proven of the link's domain, their own address first."""
    mine = EmailAddress.objects.filter(user=user, verified=True, email__iendswith=f"@{link.domain}")
    return [one.email.lower() for one in mine.order_by("-primary", "pk")]


def join(token: str, user: User) -> Member:
    """A place of their own, once however often they come. Raises Closed or OtherAddress.

    Who was asked by address has a place already, so theirs is not counted: the count would tell that they
    came. Neither does the audit log.
    """
    link = find(token)
    mine = addresses(user, link)
    if not mine:
        raise OtherAddress
    places = link.company.members.filter(left_at=None)
    theirs = places.filter(user=user).first() or places.filter(email__in=mine).first()
    if theirs is None:
        try:
            return _added(link, user, mine[0])
        except IntegrityError:  # they came twice at once
            theirs = places.get(Q(user=user) | Q(email=mine[0]))
    if theirs.user_id != user.pk:
        invitations.take(theirs, user)
    return theirs


def _added(link: InviteLink, user: User, email: str) -> Member:
    now = timezone.now()
    open_ones = InviteLink.objects.filter(revoked_at=None, expires_at__gt=now, used__lt=F("cap"))
    with transaction.atomic():
        if not open_ones.filter(pk=link.pk).update(used=F("used") + 1):
            raise Closed(
                _("As many people as this link allows have joined. Ask whoever gave it to you for another.")
            )
        member = Member.objects.create(
            company=link.company, user=user, email=email, department=link.department, joined_at=now
        )
        hooks.tell(link.company, "member.invited", member=member.pk)
    return member
