"""What a company asks for, and what its members released to it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Company, Department, Member, Release

from .shoots import Headshot


class Brand(models.Model):
    """What a company, or one department of it, wants its headshots to have in common."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="brands")
    department = models.OneToOneField(
        Department, models.CASCADE, null=True, blank=True, related_name="brand"
    )  # empty: of everybody else
    version = models.PositiveSmallIntegerField(
        default=1
    )  # a higher one than any in the company, with each change
    backdrop = models.CharField(max_length=6)  # the exact colour, "2e3050"
    outfits = models.JSONField(default=list)  # [[garment, colour]] of engine.looks, one to six
    light = models.CharField(max_length=10)  # as engine.types.Direction has it
    light_side = models.CharField(max_length=10)
    head_height = models.FloatField()  # shares of the picture's height
    eye_line = models.FloatField()
    expressions = models.JSONField(default=list)
    formats = models.JSONField(default=list)  # keys of engine.sizes.SIZES that the company gets
    looks = models.JSONField(default=list)  # CatalogueLook keys made of all this
    changed = models.DateTimeField(default=timezone.now)
    previewed_at = models.DateTimeField(null=True, blank=True)  # the engine drew its example
    claimed_until = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(department__isnull=True), name="one_brand_of_a_company"
            )
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.version}"


class Portrait(models.Model):
    """One picture as a company gets it: cut to its brand, seen by its subject, and released by them alone.

    Its files lie in the vault under its own id, so that it outlives the shoot and goes when it is taken back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="portraits")
    place = models.PositiveSmallIntegerField()  # 1-3, the first is the main one
    headshot = models.ForeignKey(Headshot, models.SET_NULL, null=True, blank=True, related_name="portraits")
    # What allows it to be there, also once its shoot is purged; empty for a picture of their own.
    made_under = models.ForeignKey(Release, models.SET_NULL, null=True, blank=True, related_name="portraits")
    own = models.BooleanField(default=False)  # a picture of their own: cut by hand, never looked at
    # Nothing goes to the company without its subject's signed release: the database refuses such a row.
    released_under = models.ForeignKey(
        Release, models.PROTECT, null=True, blank=True, related_name="released"
    )
    crop = models.JSONField(default=list)  # of their own one: left, top, side as shares of its width
    brand_version = models.PositiveSmallIntegerField()
    measures = models.JSONField(default=dict)  # backdrop (ΔE), head_height, eye_line, tilt (degrees)
    created = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # taken back, or another took its place
    erased_at = models.DateTimeField(null=True, blank=True)  # its key is destroyed, its files are gone
    hidden_at = models.DateTimeField(null=True, blank=True)  # while staff looks at a report of it
    approved_at = models.DateTimeField(null=True, blank=True)
    redo_reason = models.CharField(max_length=200, blank=True)  # an admin's words to the member
    claimed_until = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place"]
        indexes = [models.Index(fields=["member", "released_at", "ended_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(made_at__isnull=False),
                name="nobody_releases_what_they_cannot_see",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(released_under__isnull=False),
                name="a_released_portrait_has_a_release",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(ended_at__isnull=False),
                name="only_what_ended_is_erased",
            ),
            models.UniqueConstraint(
                fields=["member", "place"],
                condition=Q(released_at__isnull=False, ended_at__isnull=True),
                name="one_released_portrait_in_a_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.place}"


class Renewal(models.Model):
    """A brand changed and whoever had released before gets it too: gone through in the background, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="renewals")
    total = models.PositiveIntegerField()  # members
    done = models.PositiveIntegerField(default=0)
    reached = models.UUIDField(null=True, blank=True)  # the last member seen to, in the order of their ids
    created = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(finished_at__isnull=True), name="one_renewal_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.done} of {self.total}"
