"""Webhooks of companies: what happened is written as deliveries, which a worker sends until they arrive."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.utils import timezone

from .models import Company, Delivery, Webhook

EVENTS = (
    "member.invited",
    "member.joined",
    "member.left",
    "member.in_progress",
    "portrait.released",
    "portrait.withdrawn",
    "portrait.approved",
)


def tell(company: Company, event: str, **about: Any) -> None:
    """Write a delivery for every webhook that wants the event, in the transaction of what it tells of.

    ``about`` holds ids and nothing that the company may not see.
    """
    assert event in EVENTS
    for webhook in Webhook.objects.filter(company=company, paused_at=None):
        if event in webhook.events:
            number = uuid.uuid4()
            said = {"id": str(number), "event": event, "at": timezone.now().isoformat(), "about": about}
            Delivery.objects.create(
                id=number, webhook=webhook, event=event, body=json.dumps(said, default=str)
            )
