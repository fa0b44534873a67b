"""Everybody is asked for new headshots."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from accounts import audit, posting
from accounts.models import Company, Message, User


def begin(company: Company, actor: User, *, after: int) -> bool:
    """Begin the cycle that follows ``after``; False where somebody else began it meanwhile.

    What was released stands until its subject releases another. Who has not joined has an invitation that
    waits; who said no is left alone, and nobody can tell.
    """
    with transaction.atomic():
        if not Company.objects.filter(pk=company.pk, cycle=after).update(cycle=F("cycle") + 1):
            return False
        joined = company.members.filter(left_at=None, joined_at__isnull=False, refused_at=None)
        posting.write_all(joined, Message.About.AGAIN)
        audit.note(company, actor, "cycle.began", after + 1)
    return True
