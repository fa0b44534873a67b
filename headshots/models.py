"""The workers that are alive or were lately; the only table of the wiring, and nobody's data."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class Worker(models.Model):
    """One worker process. A shoot's lease tells of a busy worker; of an idle one only this row does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    began = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    samples = models.PositiveIntegerField()  # that the training of one person takes

    def __str__(self) -> str:
        return str(self.id)
