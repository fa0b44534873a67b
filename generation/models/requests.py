"""What people ask of staff: that a picture goes, and that somebody helps."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Company

from .portraits import Portrait
from .shoots import Headshot, Shoot


class Takedown(models.Model):
    """Somebody, with an account or without, says that a picture must not be here."""

    class Outcome(models.TextChoices):
        OPEN = "", _("open")
        RESTORED = "restored", _("shown again")
        REMOVED = "removed", _("deleted")
        REFUSED = "refused", _("nothing to hide")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    which = models.CharField(_("which picture"), max_length=300)  # as they put it
    words = models.TextField(_("what is wrong with it"), max_length=2000)
    email = models.EmailField(_("email"), blank=True)  # of who asks, if they want an answer
    # Of these, what it turned out to be about; a shoot alone means all its headshots.
    shoot = models.ForeignKey(Shoot, models.SET_NULL, null=True, blank=True, related_name="takedowns")
    headshot = models.ForeignKey(Headshot, models.SET_NULL, null=True, blank=True, related_name="+")
    portrait = models.ForeignKey(Portrait, models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(default=timezone.now)
    hidden_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default=Outcome.OPEN)
    reason = models.CharField(max_length=200, blank=True)  # of the outcome, as staff put it
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        indexes = [models.Index(fields=["closed_at", "created"])]

    def __str__(self) -> str:
        return str(self.pk)


class HelpRequest(models.Model):
    """A signed-in person asks our staff, who answers once by mail."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="questions")
    shoot = models.ForeignKey(Shoot, models.SET_NULL, null=True, blank=True, related_name="questions")
    words = models.TextField(_("your question"), max_length=2000)
    answer = models.TextField(blank=True)
    created = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        indexes = [models.Index(fields=["closed_at", "created"])]

    def __str__(self) -> str:
        return str(self.pk)


class Flag(models.Model):
    """Something that looks like misuse, by counts alone: nothing of a face or a trait is in it."""

    class What(models.TextChoices):
        PEOPLE = "people", _("photos of different people, in shoot after shoot")
        TRIES = "tries", _("networks that used up a day's free tries")
        INVITATIONS = "invitations", _("a new company asked as many people as a day allows")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    what = models.CharField(max_length=12, choices=What)
    key = models.CharField(max_length=60)  # whom or which day it is about, so that it is told once
    count = models.PositiveIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=200, blank=True)  # why staff closed it
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(closed_at__isnull=True), name="one_open_flag_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return self.get_what_display()
