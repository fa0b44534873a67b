"""How credits come and go."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User

from .models import Credit


def unspent(owner: User) -> QuerySet[Credit]:
    """The owner's credits that no shoot points to, the oldest first."""
    return Credit.objects.filter(owner=owner, shoot__isnull=True).order_by("created", "id")


def grant(owner: User, count: int, *, source: str) -> list[Credit]:
    return Credit.objects.bulk_create([Credit(owner=owner, source=source) for _ in range(count)])
