"""The shoot and what belongs to it: status is a fact, work is a lease, pictures lie in the vault."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Release, User
from billing.models import Credit

# A worker that is not heard of for this long has lost its work; with the sweep, another goes on within 30 s.
LEASE = timedelta(seconds=20)
MOST_STARTS = 3  # without progress in between; then the shoot is quarantined


class Lost(Exception):
    """The row is no longer what this worker or page took it for; whoever changed it goes on with it."""


class Status(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("waiting to learn")
    TRAINED = "trained", _("identity learned")
    GENERATED = "generated", _("headshots drawn")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")
    PURGED = "purged", _("purged")


WORKING = (Status.SUBMITTED, Status.TRAINED, Status.GENERATED)
MOVES: dict[str, frozenset[str]] = {
    Status.DRAFT: frozenset({Status.SUBMITTED, Status.PURGED}),
    # To ready goes a try, for which nothing is trained, and a later round that failed: the gallery stays.
    Status.SUBMITTED: frozenset({Status.TRAINED, Status.READY, Status.FAILED}),
    Status.TRAINED: frozenset({Status.GENERATED, Status.READY, Status.FAILED}),
    # Back to the start goes, once and by itself, a first round with too few headshots (guarantee.py).
    Status.GENERATED: frozenset({Status.READY, Status.SUBMITTED, Status.FAILED}),
    # More looks and a redo with new seeds; a redo with new training; a try that is adopted.
    Status.READY: frozenset({Status.TRAINED, Status.SUBMITTED, Status.DRAFT, Status.PURGED}),
    # Staff starts again what failed by our fault, as long as its photos are kept (staffing.py).
    Status.FAILED: frozenset({Status.SUBMITTED, Status.PURGED}),
    Status.PURGED: frozenset(),
}


class Kind(models.TextChoices):
    SHOOT = "shoot", _("shoot")
    TRY = "try", _("free try")


class Guarantee(models.TextChoices):
    """What was done about a shoot with too few headshots that look like its subject, or by staff."""

    AGAIN = "again", _("done again")
    MONEY = "money", _("its price goes back")
    CREDIT = "credit", _("its credit is back")
    STAFF = "staff", _("staff gave its credit back")


class ShootQuerySet(models.QuerySet["Shoot"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The only door to rows for signed-in people; a visitor's try: ``tries.visible``."""
        return self.filter(subject=user) if user.is_authenticated else self.none()

    def unclaimed(self) -> Self:
        """Nobody gives a lease for so long that it would be believed: that was a clock set wrong."""
        now = timezone.now()
        absurd = Q(claimed_until__gt=now + 3 * LEASE)
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lt=now) | absurd)

    def released(self) -> Self:
        """Whose release stands. A join would hide the row's own columns in a subquery; of a row that it had
        to wait for, PostgreSQL compares only its own columns again: two workers would both claim it."""
        return self.filter(Exists(Release.objects.filter(pk=OuterRef("release"), withdrawn_at=None)))

    def working(self) -> Self:
        return self.filter(status__in=WORKING)


class Shoot(models.Model):
    """One person's session, from opening to purge."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SHOOT)
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="shoots"
    )
    # Nothing biometric without the subject's signed release: the database refuses such a row.
    release = models.OneToOneField(Release, models.PROTECT, related_name="shoot")
    # The further consent that its inputs are kept longer, where the subject gave it.
    kept_under = models.OneToOneField(
        Release, models.SET_NULL, null=True, blank=True, related_name="kept_shoot"
    )
    # For the company that asked them; empty once they have left it, and always for one's own.
    member = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="shoots")
    cycle = models.PositiveSmallIntegerField(default=0)  # of the company, when it began to pay for it
    credit = models.OneToOneField(Credit, models.SET_NULL, null=True, blank=True, related_name="shoot")

    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    claim = models.PositiveIntegerField(default=0)  # fencing token: +1 at every claim, never lowered
    starts = models.PositiveSmallIntegerField(default=0)  # since the last progress
    claimed_until = models.DateTimeField(null=True, blank=True)
    lost = models.PositiveIntegerField(default=0, db_default=0)  # leases that ran out and were taken up again
    nudged_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=30, blank=True)  # a code of failures.SENTENCES

    looks = models.JSONField(default=list)  # of CatalogueLook keys, "studio-grey@1"
    direction = models.JSONField(default=dict)  # what the person asked for beyond the look
    keep = models.JSONField(default=list)  # words of the engine's keep list
    asked = models.PositiveSmallIntegerField(default=40)  # headshots in the gallery
    seed = models.PositiveIntegerField(default=0)
    round = models.PositiveSmallIntegerField(default=1)  # +1 with a redo or more looks
    advice = models.JSONField(default=dict)  # coverage map and the next best photo, as last judged

    progress = models.FloatField(default=0.0)  # of the present step, 0-1
    step_ends = models.DateTimeField(null=True, blank=True)  # as its worker sees it now
    drawn = models.PositiveSmallIntegerField(default=0)  # frames of this round so far
    changed = models.PositiveIntegerField(default=0)  # +1 with whatever the progress page shows
    redo_of = models.CharField(max_length=20, blank=True)  # the report that the free redo answered
    redone_for_company = models.BooleanField(default=False)  # which asked for another picture: one more redo
    guarantee = models.CharField(max_length=10, choices=Guarantee, blank=True)
    timings = models.JSONField(default=dict)  # seconds by step; what later estimates go by
    visitor = models.CharField(
        max_length=64, blank=True, db_index=True
    )  # of a try: hash of the browser's token

    created = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)
    # When which files go (retention.PERIODS); None while the work goes on.
    inputs_until = models.DateTimeField(null=True, blank=True)
    headshots_until = models.DateTimeField(null=True, blank=True)
    inputs_gone_at = models.DateTimeField(null=True, blank=True)
    receipt = models.TextField(blank=True)  # of the purge: canonical JSON, as it was signed
    receipt_signature = models.CharField(max_length=100, blank=True)

    objects = ShootQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        indexes = [
            models.Index(fields=["status", "claimed_until"]),
            models.Index(fields=["subject", "-created"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=Kind.TRY)
                | Q(status__in=[Status.DRAFT, Status.FAILED, Status.PURGED])
                | Q(credit__isnull=False)
                | Q(guarantee__in=[Guarantee.CREDIT, Guarantee.STAFF]),
                name="a_submitted_shoot_has_a_credit",
            ),
            models.UniqueConstraint(
                fields=["member", "cycle"],
                condition=Q(credit__isnull=False),
                name="one_credit_for_a_member_and_cycle",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def working(self) -> bool:
        return self.status in WORKING

    @property
    def paid_back(self) -> bool:
        """Whether what its gallery cost went back."""
        return self.guarantee in (Guarantee.MONEY, Guarantee.CREDIT, Guarantee.STAFF)

    @property
    def claimed(self) -> bool:
        return self.claimed_until is not None and self.claimed_until > timezone.now()

    def move(self, new: str, *, claim: int | None = None, note: str = "", **changes: Any) -> None:
        """Compare-and-swap to ``new`` with an event in the same transaction. Raises Lost when too late.

        ``claim`` is a worker's fencing token: a later claim by somebody else makes it too late.
        """
        if new not in MOVES[self.status]:
            raise Lost(f"A shoot that is {self.status} cannot become {new}.")
        mine = Shoot.objects.filter(pk=self.pk, status=self.status)
        if claim is not None:
            mine = mine.filter(claim=claim)
        begin = {"claimed_until": None, "starts": 0, "progress": 0.0, "step_ends": None, "nudged_at": None}
        changes = {**begin, **changes, "status": new}
        with transaction.atomic():
            if not mine.update(changed=F("changed") + 1, **changes):
                raise Lost(f"This shoot is no longer {self.status}.")
            ShootEvent.objects.create(
                shoot=self, old=self.status, new=new, claim=claim or self.claim, note=note
            )
        self.refresh_from_db()


class ShootEvent(models.Model):
    """What happened to a shoot; no personal data, kept after the purge as its receipt."""

    shoot = models.ForeignKey(Shoot, models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    claim = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class Verdict(models.TextChoices):
    WAITING = "waiting", _("waiting")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")


class Photo(models.Model):
    """One uploaded photo; its picture, thumbnail and the checker's record lie in the vault by its id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shoot = models.ForeignKey(Shoot, models.CASCADE, related_name="photos")
    upload = models.UUIDField()  # the browser's own key: the same file sent again is the same photo
    name = models.CharField(max_length=100)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    month = models.CharField(max_length=7, blank=True)  # of capture, "2026-11"
    ai_made = models.BooleanField(default=False)
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.WAITING)
    reasons = models.JSONField(default=list)  # [{code, sentence, blocking}], the photo's own
    set_reasons = models.JSONField(default=list)  # the same, those that only the set shows
    box = models.JSONField(default=list)  # of the face: left, top, right, bottom as shares of the picture
    created = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    starts = models.PositiveSmallIntegerField(default=0)
    nudged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created", "id"]
        constraints = [models.UniqueConstraint(fields=["shoot", "upload"], name="one_photo_per_upload")]

    def __str__(self) -> str:
        return self.name

    @property
    def accepted(self) -> bool:
        return self.verdict == Verdict.ACCEPTED and not any(r["blocking"] for r in self.set_reasons)


class Identity(models.Model):
    """What was learned of the subject: the adapter lies in the vault as ``identity``."""

    shoot = models.OneToOneField(Shoot, models.CASCADE, related_name="identity")
    base_hash = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)  # of the adapter file
    size = models.PositiveIntegerField()  # bytes
    learned_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.sha256[:12]


class Report(models.TextChoices):
    NOT_LIKE_ME = "not_like_me", _("not like me")
    SKIN_TONE = "skin_tone", _("skin tone is wrong")


class Headshot(models.Model):
    """A stored frame. Rank 0 is outside the gallery: it failed a check, or better ones fill it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shoot = models.ForeignKey(Shoot, models.CASCADE, related_name="headshots")
    round = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()  # of the order in its round
    look = models.CharField(max_length=60)
    direction = models.JSONField()
    seed = models.PositiveIntegerField()
    likeness = models.FloatField(null=True)
    sharpness = models.FloatField(null=True)
    skin_shift = models.FloatField(null=True)
    yaw = models.FloatField(null=True)
    faults = models.JSONField(default=list)
    shown = models.BooleanField(default=False)  # passed the gate
    rank = models.PositiveSmallIntegerField(default=0)
    select = models.BooleanField(default=False)
    favourite = models.BooleanField(default=False)
    report = models.CharField(max_length=20, choices=Report, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)  # while staff looks at a report of it
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["rank", "round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["shoot", "round", "number"], name="one_headshot_per_order")
        ]

    def __str__(self) -> str:
        return f"{self.look} {self.number}"


class CatalogueLook(models.Model):
    """One version of a look, seeded from ``engine.looks``; a changed look is a new version."""

    slug = models.SlugField(max_length=50)
    version = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    data = models.JSONField()  # engine.types.Look as a dictionary
    offered = models.BooleanField(default=True)
    place = models.PositiveSmallIntegerField(default=0)  # in the list

    class Meta:
        ordering = ["place", "slug"]
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="one_look_per_version")]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        return f"{self.slug}@{self.version}"


class Attempt(models.Model):
    """A free try that was begun, for the limits of promise 27. Hashes are made with a key of the day."""

    day = models.DateField()
    device = models.CharField(max_length=64)
    address = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["day", "device"]), models.Index(fields=["day", "address"])]

    def __str__(self) -> str:
        return str(self.day)


class Letter(models.Model):
    """A mail to the subject: written with the change that it tells of, sent once by a worker."""

    class About(models.TextChoices):
        READY = "ready"
        FAILED = "failed"
        AGAIN = "again"  # by ourselves
        GOING = "going"  # in three days
        PURGED = "purged"

    shoot = models.ForeignKey(Shoot, models.CASCADE, related_name="letters")
    about = models.CharField(max_length=10, choices=About)
    round = models.PositiveSmallIntegerField()
    created = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)
    # Only where the account goes with the shoot; emptied once the mail is sent.
    address = models.EmailField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shoot", "about", "round"], name="one_letter_per_occasion")
        ]

    def __str__(self) -> str:
        return self.about


class Rendition(models.Model):
    """A ready size or another backdrop of a headshot: made, signed and stored at its first request."""

    headshot = models.ForeignKey(Headshot, models.CASCADE, related_name="renditions")
    what = models.CharField(max_length=40)  # a key of engine.sizes.SIZES, or "backdrop-2e3050"
    # How it differs from what was asked: "320x400" where its pixels are fewer, "closer", or both.
    note = models.CharField(max_length=20, blank=True)
    created = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["headshot", "what"], name="one_rendition_of_a_kind")]

    def __str__(self) -> str:
        return self.what

    @property
    def file(self) -> str:
        return f"{self.headshot_id}.{self.what}"
