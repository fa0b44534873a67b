"""Rows that wait for a worker: each has its turn with one of many sweepers, and rings once committed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TypeVar

import dramatiq
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

AGAIN = timedelta(seconds=20)  # a message that led to nothing for this long counts as lost
MOST = 200  # rows of one round
Row = TypeVar("Row", bound=models.Model)


def turns(waiting: models.QuerySet[Row], mark: str, after: timedelta = AGAIN) -> Iterator[Row]:
    """Rows whose time ``mark`` is unset or older than ``after``, each for one caller, who sets it to now."""
    now = timezone.now()
    silent = waiting.filter(Q(**{mark: None}) | Q(**{f"{mark}__lt": now - after}))
    for row in silent[:MOST]:
        if silent.filter(pk=row.pk).update(**{mark: now}):
            yield row


def ring(step: dramatiq.Actor[[str], None], row: str) -> None:
    """Send a row's id to its step once the row is committed; a lost message is sent again by the sweeper."""
    if settings.REDIS_URL or settings.IN_WORKER:  # an in-memory broker reaches only its own process
        transaction.on_commit(lambda: step.send(row), robust=True)
