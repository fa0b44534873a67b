"""How far each member of a company is, as far as the company may know."""

from __future__ import annotations

from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When

from accounts.models import Member

from .models import Portrait, Shoot, Status


def with_state(members: QuerySet[Member]) -> QuerySet[Member]:
    """Each with its ``state``: invited, in_progress or released. Who refused is invited, like who waits."""
    released = Portrait.objects.filter(
        member=OuterRef("pk"), made_at__isnull=False, released_at__isnull=False, ended_at=None
    )
    submitted = Shoot.objects.filter(member=OuterRef("pk"), submitted_at__isnull=False).exclude(
        status__in=(Status.FAILED, Status.PURGED)
    )
    return members.annotate(
        state=Case(
            When(Exists(released), then=Value("released")),
            When(Exists(submitted), then=Value("in_progress")),
            default=Value("invited"),
        )
    )
