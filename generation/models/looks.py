"""A version of a look that staff made, until it is offered, and the pictures that show it."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from .shoots import CatalogueLook


class LookDraft(models.Model):
    """What a version made on the staff pages has beyond its look: how far it is. Its id owns its pictures."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    look = models.OneToOneField(CatalogueLook, models.CASCADE, related_name="draft")
    created = models.DateTimeField(default=timezone.now)
    drawn_at = models.DateTimeField(null=True, blank=True)  # the engine drew what it can
    drawn = models.JSONField(default=list)  # places of the directions whose picture passed the gate
    published_at = models.DateTimeField(null=True, blank=True)  # for the first time; a draft until then
    claimed_until = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.look.key


class LookMeasure(models.Model):
    """A look's figures by skin tone with one model, measured here with the panel of rendered people."""

    look = models.ForeignKey(CatalogueLook, models.CASCADE, related_name="measures")
    model = models.CharField(max_length=12)  # fairness.model_version
    at = models.DateTimeField(default=timezone.now)
    tones = models.JSONField()  # as tones.by_tone makes them

    class Meta:
        constraints = [models.UniqueConstraint(fields=["look", "model"], name="one_measure_per_model")]

    def __str__(self) -> str:
        return f"{self.look} {self.model}"
