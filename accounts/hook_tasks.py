"""Background steps of webhooks: a message is a nudge, the delivery's row says what is to be done."""

from __future__ import annotations

from uuid import UUID

import dramatiq
from django.db.models import Q
from django.utils import timezone

from . import delivering
from .ringing import ring, turns


@dramatiq.actor(queue_name="hooks", max_retries=0, time_limit=120_000)
def deliver(number: str) -> None:
    delivering.deliver(UUID(number))


def sweep() -> None:
    """Whatever is due and nobody sends; many sweepers do no harm."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    for delivery in turns(delivering.waiting().filter(free), "nudged_at"):
        ring(deliver, str(delivery.pk))
