"""When staff opened a person's pictures: who, why, how long, and which of them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from .shoots import Shoot


class Opening(models.Model):
    """The right of one of staff to open single pictures of one shoot, for a quarter of an hour."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shoot = models.ForeignKey(Shoot, models.CASCADE, related_name="openings")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="openings"
    )  # whom nobody but staff is told
    reason = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def photos(self) -> list[OpenedPicture]:
        return [one for one in self.pictures.all() if one.is_photo]

    @property
    def headshots(self) -> list[OpenedPicture]:
        return [one for one in self.pictures.all() if not one.is_photo]


class OpenedPicture(models.Model):
    """A picture that was opened; it may be deleted by now."""

    opening = models.ForeignKey(Opening, models.CASCADE, related_name="pictures")
    picture = models.UUIDField()
    is_photo = models.BooleanField()  # else a headshot
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["opening", "picture"], name="one_line_per_picture")]

    def __str__(self) -> str:
        return str(self.picture)
