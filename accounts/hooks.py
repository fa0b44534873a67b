"""Webhooks of companies: what happened is written as deliveries, which a worker sends until they arrive."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from itertools import product
from typing import Any

from django.utils import timezone

from .models import Company, Delivery, Webhook

EVENTS = (
    "member.invited",
    "member.left",
    "shoot.submitted",  # what the board calls in progress
    "portrait.released",
    "portrait.withdrawn",
    "portrait.approved",
)


def tell(company: Company, event: str, **about: Any) -> None:
    """Write a delivery for every webhook that wants the event, in the transaction of what it tells of.

    ``about`` holds ids and nothing that the company may not see.
    """
    tell_all(company, event, [about])


def tell_all(company: Company, event: str, told: Iterable[dict[str, Any]]) -> None:
    """The same for many at once."""
    assert event in EVENTS
    wanted = [one for one in Webhook.objects.filter(company=company, paused_at=None) if event in one.events]
    at = timezone.now().isoformat()
    deliveries = []
    for webhook, about in product(wanted, told):
        number = uuid.uuid4()
        said = {"id": str(number), "event": event, "at": at, "about": about}
        body = json.dumps(said, default=str)
        deliveries.append(Delivery(id=number, webhook=webhook, event=event, body=body))
    Delivery.objects.bulk_create(deliveries)
