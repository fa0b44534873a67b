"""Sending one delivery of a webhook: signed, tried again at growing distances, given up in the end."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit, calling, hooks, keys
from .models import Delivery, Webhook

# After each try that failed; 33 hours in all, so that a receiver may be down over a night.
WAITS = [
    *(timedelta(minutes=minutes) for minutes in (1, 5, 30)),
    *(timedelta(hours=hours) for hours in (2, 6, 24)),
]
PATIENCE = timedelta(days=3)  # of nothing but failures; then the webhook is paused
LEASE = timedelta(minutes=2)
KEPT = timedelta(days=30)  # in the log


def waiting() -> QuerySet[Delivery]:
    """What is due and may be sent, the longest due first."""
    return Delivery.objects.order_by("due_at").filter(
        done_at=None,
        given_up_at=None,
        due_at__lte=timezone.now(),
        webhook__paused_at=None,
        webhook__company__closed_at=None,
    )


def deliver(number: UUID) -> None:
    """Try it once, whoever else was told of it too: it is claimed before and written after."""
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    if not waiting().filter(free, pk=number).update(claimed_until=now + LEASE):
        return
    delivery = Delivery.objects.select_related("webhook__company").get(pk=number)
    arrived, answer = _send(delivery)
    with transaction.atomic():
        _note(delivery, arrived, answer, timezone.now())


def _send(delivery: Delivery) -> tuple[bool, str]:
    """Whether it arrived, and what the log says."""
    body = delivery.body.encode()
    headers = {
        "Content-Type": "application/json",
        "Headshots-Delivery": str(delivery.pk),
        "Headshots-Signature": signature(keys.get(hooks.key_name(delivery.webhook)), body),
    }
    try:
        code = calling.post(delivery.webhook.url, body, headers)
    except (calling.Refused, calling.Unreachable) as error:
        return False, str(error)
    if 300 <= code < 400:
        return False, _("%(code)s; redirects are not followed.") % {"code": code}
    return 200 <= code < 300, str(code)


def signature(secret: bytes, body: bytes) -> str:
    """``t=<seconds since 1970>,v1=<hex HMAC-SHA256 of "t.body">``, made anew for each try."""
    seconds = int(timezone.now().timestamp())
    signed = hmac.new(secret, f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={signed.hexdigest()}"


def _note(delivery: Delivery, arrived: bool, answer: str, now: datetime) -> None:
    mine, webhook = Delivery.objects.filter(pk=delivery.pk), delivery.webhook
    tried = {"tries": F("tries") + 1, "answer": answer[:100], "claimed_until": None}
    if arrived:
        mine.update(done_at=now, **tried)
        Webhook.objects.filter(pk=webhook.pk).exclude(failing_since=None).update(failing_since=None)
    elif delivery.tries < len(WAITS):
        mine.update(due_at=now + WAITS[delivery.tries], **tried)
        _failed(webhook, now)
    else:
        mine.update(given_up_at=now, **tried)
        _failed(webhook, now)


def _failed(webhook: Webhook, now: datetime) -> None:
    """Its other deliveries wait a minute: a host that is down is not asked for each of ten thousand."""
    waiting().filter(webhook=webhook, claimed_until=None).update(due_at=now + WAITS[0])
    hook = Webhook.objects.filter(pk=webhook.pk, paused_at=None)
    hook.filter(failing_since=None).update(failing_since=now)
    if hook.filter(failing_since__lte=now - PATIENCE).update(paused_at=now):
        audit.note(webhook.company, None, "webhook.paused", webhook.pk)


def forget() -> None:
    """What is older than the log."""
    Delivery.objects.filter(created__lt=timezone.now() - KEPT).delete()
