"""How late those things are that nobody sees waiting: mails, calls to webhooks, Stripe, money, deletions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Min, Q, QuerySet

from accounts import delivering, posting
from billing.models import Event, MoneyBack
from generation import retention
from generation.models import Letter

LATELY = timedelta(hours=1)


def age(oldest: datetime | None, now: datetime) -> float:
    """Seconds; 0 where nothing waits, or not yet."""
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def outbox(now: datetime) -> Iterator[tuple[str, float]]:
    """What waits longest to go out, by kind."""
    waiting: dict[str, tuple[QuerySet[Any], str]] = {
        "letters": (Letter.objects.filter(sent_at=None), "created"),
        "messages": (posting.unsent_messages(), "created"),
        "invitations": (posting.unsent_invitations(), "created"),
        "hooks": (delivering.waiting().order_by(), "due_at"),
    }
    for kind, (rows, since) in waiting.items():
        yield kind, age(rows.aggregate(oldest=Min(since))["oldest"], now)


@dataclass(frozen=True)
class Stripe:
    """Of Stripe's events: the wait of the oldest that is not served, and the worst of those served lately."""

    waiting: float
    took: float


def stripe(now: datetime) -> Stripe:
    """One that nobody here knows is parked, and waits for nothing."""
    lately = Q(done_at__gt=now - LATELY)
    took = ExpressionWrapper(F("done_at") - F("received"), output_field=DurationField())
    told = Event.objects.filter(Q(done_at=None, parked=False) | lately).aggregate(
        oldest=Min("received", filter=Q(done_at=None)), worst=Max(took, filter=lately)
    )
    worst: timedelta = told["worst"] or timedelta(0)
    return Stripe(age(told["oldest"], now), worst.total_seconds())


def owed(now: datetime) -> tuple[int, float]:
    """Orders whose money is to go back, and how long the first of them has waited."""
    told = MoneyBack.objects.filter(done_at=None).aggregate(orders=Count("pk"), oldest=Min("created"))
    return told["orders"], age(told["oldest"], now)


def deletions(now: datetime) -> float:
    """Seconds that the most overdue deletion is late."""
    inputs = Q(inputs_until__lte=now, inputs_gone_at=None)
    told = retention.overdue(now).order_by()
    dates = told.aggregate(
        all=Min("headshots_until", filter=Q(headshots_until__lte=now)),
        inputs=Min("inputs_until", filter=inputs),
    )
    return max(age(date, now) for date in dates.values())
