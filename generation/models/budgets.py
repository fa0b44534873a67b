"""What staff allows for free tries."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class TryBudget(models.Model):
    """One row at most, which staff sets; without it a day has as many tries as the queue takes."""

    a_day = models.PositiveIntegerField(null=True, blank=True)  # free tries of all; 0 stops them
    changed = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.a_day)
