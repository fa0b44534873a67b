"""How many free tries a day has for everybody together: staff's to lower, raise or stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User

from . import tries
from .models import Attempt, TryBudget

THE_ROW = 1


@dataclass(frozen=True)
class Today:
    """Of the free tries."""

    day: date
    begun: int
    a_day: int | None  # that may begin; None without a limit
    waiting: int
    most_waiting: int
    per_device: int = tries.PER_DEVICE
    per_address: int = tries.PER_ADDRESS


def today() -> Today:
    day = timezone.now().date()
    begun = Attempt.objects.filter(day=day).count()
    return Today(day, begun, tries.a_day(), tries.waiting(), settings.MOST_TRIES)


def change(a_day: int | None, by: User, reason: str) -> None:
    """From the next try on. None takes the limit away, 0 stops free tries."""
    with transaction.atomic():
        TryBudget.objects.update_or_create(pk=THE_ROW, defaults={"a_day": a_day, "changed": timezone.now()})
        audit.record(by, "tries.budget", f"{'–' if a_day is None else a_day} {reason}")
