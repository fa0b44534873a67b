"""What keeps a company that nobody knows from writing to strangers, and any from writing again and again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import AuditEntry, Company, Member, Role

DAY = timedelta(days=1)
MOST_AGAIN = 3  # invitations sent again to one member in a day
MOST_STRANGERS = 100  # people whom a company asks in a day until it proved a domain or paid for something


class TooMany(Exception):
    """Not so many in a day; the sentence says what to do."""


def again(member: Member) -> None:
    """Raises TooMany. By the log, in which whoever answered looks like everybody else.

    In a transaction: what is done twice at once happens one after the other.
    """
    Member.objects.select_for_update().get(pk=member.pk)
    said = AuditEntry.objects.filter(company_id=member.company_id, what="invitation.sent_again")
    if said.filter(about=str(member.pk), at__gt=timezone.now() - DAY).count() >= MOST_AGAIN:
        raise TooMany(_("The invitation was sent again three times in a day. Wait until tomorrow."))


def strangers(company: Company, emails: Iterable[str]) -> None:
    """Raises TooMany where some are new and would be more than the day allows. In a transaction, too."""
    Company.objects.select_for_update().get(pk=company.pk)
    if known(company):
        return
    found, there = set(emails), company.members.filter(left_at=None)
    new = found.difference(there.filter(email__in=found).values_list("email", flat=True))
    if new and len(new) + _asked(company) > MOST_STRANGERS:
        raise TooMany(
            _(
                "A new company asks at most 100 people in a day. Prove that an email domain is yours, or buy"
                " credits, and it may ask everybody at once."
            )
        )


def known(company: Company) -> bool:
    paid = AuditEntry.objects.filter(company_id=company.pk, what="credits.paid")
    return company.domains.filter(verified_at__isnull=False).exists() or paid.exists()


def _asked(company: Company) -> int:
    """In the last day, and by lists that are still being worked through."""
    asked = company.members.filter(created__gt=timezone.now() - DAY).exclude(role=Role.OWNER).count()
    going = company.imports.filter(confirmed_at__isnull=False, finished_at=None)
    waiting: int | None = going.aggregate(rows=Sum(F("total") - F("done")))["rows"]
    return asked + (waiting or 0)
