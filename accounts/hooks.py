"""Webhooks of companies: what happened is written as deliveries, which a worker sends until they arrive."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import audit, calling, keys
from .models import Company, Delivery, User, Webhook

EVENTS = {
    "member.invited": gettext_lazy("Somebody was invited"),
    "member.in_progress": gettext_lazy("Somebody handed in their photos"),
    "member.left": gettext_lazy("Somebody left, or was removed"),
    "portrait.released": gettext_lazy("A headshot was released"),
    "portrait.withdrawn": gettext_lazy("A released headshot was taken back"),
    "portrait.approved": gettext_lazy("A released headshot was approved"),
}
TEST = "test"
MOST = 10  # of one company


class TooMany(Exception):
    """The company has as many webhooks as one may have."""


def tell(company: Company, event: str, **about: Any) -> None:
    """Write a delivery for every webhook that wants the event, in the transaction of what it tells of.

    ``about`` holds ids and nothing that the company may not see.
    """
    tell_all(company, event, [about])


def tell_all(company: Company, event: str, abouts: Iterable[Mapping[str, Any]]) -> None:
    """The same of many, in as few queries as of one."""
    assert event in EVENTS
    wanting = [one for one in Webhook.objects.filter(company=company, paused_at=None) if event in one.events]
    rows = (_delivery(webhook, event, about) for webhook in wanting for about in abouts)
    Delivery.objects.bulk_create(rows, batch_size=500)


def _delivery(webhook: Webhook, event: str, about: Mapping[str, Any]) -> Delivery:
    number = uuid.uuid4()
    said = {"id": str(number), "event": event, "at": timezone.now().isoformat(), "about": about}
    return Delivery(id=number, webhook=webhook, event=event, body=json.dumps(said, default=str))


def add(company: Company, url: str, events: Collection[str], by: User) -> tuple[Webhook, str]:
    """A webhook and the secret that signs its deliveries. Raises TooMany, calling.Refused or Unreachable."""
    if company.webhooks.count() >= MOST:
        raise TooMany(_("A company has 10 webhooks at most; delete one that is no longer used."))
    calling.resolve(url)
    with transaction.atomic():
        webhook = Webhook.objects.create(
            company=company, url=url, events=[event for event in EVENTS if event in events]
        )
        audit.note(company, by, "webhook.added", webhook.pk)
    return webhook, keys.create(key_name(webhook), _secret).decode()


def key_name(webhook: Webhook) -> str:
    return f"webhook/{webhook.pk}"


def _secret() -> bytes:
    return f"whs_{secrets.token_urlsafe(32)}".encode()


def pause(webhook: Webhook, by: User) -> None:
    """Nothing is written or sent until it is resumed."""
    _switch(webhook, by, "webhook.paused", paused_at=timezone.now())


def resume(webhook: Webhook, by: User) -> None:
    """What waited goes out; whatever happened meanwhile was not written."""
    _switch(webhook, by, "webhook.resumed", paused_at=None, failing_since=None)


def _switch(webhook: Webhook, by: User, what: str, **changes: Any) -> None:
    with transaction.atomic():
        Webhook.objects.filter(pk=webhook.pk).update(**changes)
        audit.note(webhook.company, by, what, webhook.pk)


def remove(webhook: Webhook, by: User) -> None:
    """With its log, and with its secret for good."""
    name = key_name(webhook)
    with transaction.atomic():
        audit.note(webhook.company, by, "webhook.removed", webhook.pk)
        webhook.delete()
    keys.destroy(name)


def test(webhook: Webhook) -> None:
    """Send an event that tells of nothing."""
    _delivery(webhook, TEST, {}).save()


def resend(delivery: Delivery) -> None:
    """Try it again from the beginning, under the same id; no harm while it waits or is being sent."""
    over = Q(done_at__isnull=False) | Q(given_up_at__isnull=False)
    Delivery.objects.filter(over, pk=delivery.pk).update(
        done_at=None, given_up_at=None, tries=0, due_at=timezone.now(), nudged_at=None
    )
