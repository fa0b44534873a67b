"""Money: the right to one shoot. How credits come and go is written in ``ledger``."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Credit(models.Model):
    """The right to one shoot; spent by the unique pointer ``generation.Shoot.credit``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="credits")
    source = models.CharField(max_length=30)  # "demo", later the order that paid for it
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.source} {self.id}"
