"""What looks like misuse, counted from rows that are there anyway; staff looks, nothing happens by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q
from django.utils import timezone

from accounts import limits
from accounts.models import Company, User

from . import periods, tries
from .models import Attempt, Flag, Photo

HOUR = 3600  # seconds between two looks
WEEK = timedelta(days=7)  # in which shoots add up, and what staff dismissed is not told again
SHOOTS = 3  # with photos of different people: once or twice is a mistake
NOT_THE_SAME = "not_same_person"


def tidy(now: datetime | None = None) -> None:
    """Once an hour, whichever worker comes first."""
    if cache.get("flags-looked"):
        return
    cache.set("flags-looked", True, HOUR)
    look(now or timezone.now())


def look(now: datetime) -> None:
    """Raise what is not raised yet, and forget what was closed long ago."""
    for found in (*_people(now), *_tries(now), *_invitations(now)):
        known = Flag.objects.filter(key=found["key"])
        if not known.filter(Q(closed_at=None) | Q(created__gt=now - WEEK)).exists():
            Flag.objects.bulk_create([Flag(created=now, **found)], ignore_conflicts=True)
    Flag.objects.filter(closed_at__lt=now - periods.PERIODS["asked"].length).delete()


def dismiss(flag: Flag, by: User, reason: str) -> None:
    Flag.objects.filter(pk=flag.pk, closed_at=None).update(closed_at=timezone.now(), reason=reason)


def _people(now: datetime) -> Iterator[dict[str, Any]]:
    """By what the photo check told the person themself."""
    lately = Photo.objects.filter(created__gt=now - WEEK, shoot__subject__isnull=False)
    shoots = defaultdict[Any, set[Any]](set)
    for subject, shoot, reasons in lately.exclude(set_reasons=[]).values_list(
        "shoot__subject", "shoot", "set_reasons"
    ):
        if any(one["code"] == NOT_THE_SAME for one in reasons):
            shoots[subject].add(shoot)
    for subject, which in shoots.items():
        if len(which) >= SHOOTS:
            yield {
                "what": Flag.What.PEOPLE,
                "key": f"people {subject}",
                "user_id": subject,
                "count": len(which),
            }


def _tries(now: datetime) -> Iterator[dict[str, Any]]:
    """Networks are scrambled, so only their number is told."""
    day = now.date()
    full = Attempt.objects.filter(day=day).values("address").annotate(n=Count("pk"))
    if count := full.filter(n__gte=tries.PER_ADDRESS).count():
        yield {"what": Flag.What.TRIES, "key": f"tries {day}", "count": count}


def _invitations(now: datetime) -> Iterator[dict[str, Any]]:
    asked = Count("members", filter=Q(members__created__gt=now - limits.DAY))
    many = Company.objects.filter(closed_at=None, members__created__gt=now - limits.DAY).annotate(n=asked)
    for company in many.filter(n__gte=limits.MOST_STRANGERS):
        if not limits.known(company):
            about = {"company_id": company.pk, "count": company.n}
            yield {"what": Flag.What.INVITATIONS, "key": f"invitations {company.pk}", **about}
