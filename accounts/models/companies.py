"""Companies, whom they asked, and what is told to them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .people import User


class Role(models.TextChoices):
    """What somebody may do in a company; each may all that the ones below may."""

    OWNER = "owner", _("owner")  # may close it and name admins
    ADMIN = "admin", _("admin")
    MEMBER = "member", _("member")


ADMINS = (Role.OWNER, Role.ADMIN)


class Company(models.Model):
    """A team that orders headshots of its people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    inputs_days = models.PositiveSmallIntegerField(
        _("days"), default=7
    )  # photos and identities are kept after the gallery is ready; 0: gone with it
    reminders = models.BooleanField(_("reminders"), default=True)
    due = models.DateField(_("due date"), null=True, blank=True)  # of whoever has none of their own
    columns = models.JSONField(default=list)  # names of the columns that its CSV files brought, in order
    cycle = models.PositiveSmallIntegerField(default=1)  # +1 when everybody is asked for new headshots
    created = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = _("companies")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(inputs_days__lte=30), name="inputs_stay_30_days_at_most"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Domain(models.Model):
    """An e-mail domain that a company says is its own; proven by a TXT record in the DNS."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="domains")
    name = models.CharField(_("domain"), max_length=253)  # lower case
    token = models.CharField(max_length=43)  # what the record must say
    verified_at = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="one_claim_of_a_domain"),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(verified_at__isnull=False),
                name="a_domain_has_one_company",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SingleSignOn(models.Model):
    """How a company's own people sign on: its provider, of one of two kinds. It counts once it is enabled."""

    class Kind(models.TextChoices):
        OIDC = "oidc", _("OpenID Connect")
        SAML = "saml", _("SAML 2.0")

    company = models.OneToOneField(Company, models.CASCADE, primary_key=True, related_name="sign_on")
    kind = models.CharField(max_length=4, choices=Kind)
    # OpenID Connect
    issuer = models.URLField(max_length=500, blank=True)
    client_id = models.CharField(max_length=200, blank=True)
    secret = models.TextField(blank=True)  # sealed: sso.secrets
    # SAML
    entity_id = models.CharField(max_length=500, blank=True)
    sso_url = models.URLField(max_length=500, blank=True)
    certificate = models.TextField(blank=True)  # base64 of DER: all that vouches for who comes
    tested_at = models.DateTimeField(null=True, blank=True)
    enabled = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = _("single sign-on")

    def __str__(self) -> str:
        return str(self.company)


class Department(models.Model):
    """Members who may have a brand of their own."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="departments")
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("company", Lower("name"), name="one_department_of_a_name")]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """Somebody whom a company asked, from the invitation on. What they chose is never the company's to see.

    Who left keeps the row, without a place in the company, for as long as their headshots are counted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="memberships")
    email = models.EmailField(_("e-mail address"))  # lower case; who may accept
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    department = models.ForeignKey(Department, models.SET_NULL, null=True, blank=True, related_name="members")
    fields = models.JSONField(default=dict)  # the CSV's own columns
    due = models.DateField(null=True, blank=True)
    created = models.DateTimeField(default=timezone.now)
    joined_at = models.DateTimeField(null=True, blank=True)  # accepted
    left_at = models.DateTimeField(null=True, blank=True)
    # Theirs alone: neither pages nor programs of the company may tell it apart from not having answered.
    refused_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "email"]
        indexes = [
            models.Index(fields=["company", "name", "email"]),
            models.Index(fields=["company", "department"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "email"],
                condition=models.Q(left_at__isnull=True),
                name="one_place_for_an_address",
            ),
            models.UniqueConstraint(
                fields=["company", "user"],
                condition=models.Q(left_at__isnull=True),
                name="one_place_for_a_person",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def administers(self) -> bool:
        return self.role in ADMINS


class Invitation(models.Model):
    """One mail that asks somebody to join; only the hash of what its link holds is kept."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="invitations")
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)  # "" until the mail is made
    created = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.member)


class InviteLink(models.Model):
    """A link for many: whoever has a verified address of its domain joins, until the cap or its end."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="invite_links")
    department = models.ForeignKey(Department, models.SET_NULL, null=True, blank=True)
    token = models.CharField(max_length=43, unique=True)  # shown again, as text and as a QR code
    domain = models.CharField(_("domain"), max_length=253)
    cap = models.PositiveIntegerField(_("at most"))
    used = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(used__lte=models.F("cap")), name="no_more_join_than_the_link_allows"
            )
        ]

    def __str__(self) -> str:
        return self.domain


class Import(models.Model):
    """A CSV of members: looked at, its columns named, then worked through row by row in the background."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="imports")
    rows = models.JSONField(default=list)  # of text, the header first; emptied when done
    mapping = models.JSONField(default=dict)  # column number: "email", "name", "department", "due" or a field
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)  # [row number, sentence]
    invites = models.BooleanField(default=True)  # whether the new ones get their mail at once
    created = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.done} of {self.total}"


class Message(models.Model):
    """A mail to a member, written with the change that it tells of and sent once by a worker."""

    class About(models.TextChoices):
        REMINDER = "reminder"  # nothing released yet
        REDO = "redo"  # an admin asks for another headshot
        RENEWED = "renewed"  # the brand changed: a new picture waits for their release
        AGAIN = "again"  # everybody is asked for new headshots
        LOW = "low"  # to admins: few credits are left

    member = models.ForeignKey(Member, models.CASCADE, related_name="messages")
    about = models.CharField(max_length=10, choices=About)
    words = models.CharField(max_length=200, blank=True)  # an admin's own, to the member
    created = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.about


class AuditEntry(models.Model):
    """One line of what was done in a company or to a person; the database refuses to change or delete it.

    No names or addresses: people are ids, which lead to somebody only while they have an account. Nothing
    of what a member chose is ever in a company's lines.
    """

    at = models.DateTimeField(default=timezone.now)
    company_id = models.UUIDField(null=True, db_index=True)  # whose admins read it; empty: staff's log
    subject_id = models.UUIDField(null=True, db_index=True)  # whom it was about, and who may read it too
    actor_id = models.UUIDField(null=True)  # the user; empty: the service itself
    what = models.CharField(max_length=40)  # a code of audit.SENTENCES
    about = models.CharField(max_length=100, blank=True)  # an id, or a setting and its value

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = _("audit log")

    def __str__(self) -> str:
        return self.what


class CompanyToken(models.Model):
    """A key to a company's API for a program of its own; shown once, only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=60)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created = models.DateTimeField(default=timezone.now)
    used = models.DateField(null=True, blank=True)  # the last day

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name


class Webhook(models.Model):
    """Where a company wants to be told; the secret that signs lies in the key store by this id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="webhooks")
    url = models.URLField(_("address"), max_length=500)
    events = models.JSONField(default=list)  # of hooks.EVENTS
    created = models.DateTimeField(default=timezone.now)
    paused_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)  # nothing has arrived from then on

    class Meta:
        ordering = ["created"]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One event on its way to one webhook, with how often it was tried."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    body = models.TextField()  # JSON as it is sent
    created = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)  # the next try
    tries = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=100, blank=True)  # of the last try: a status, or what went wrong
    done_at = models.DateTimeField(null=True, blank=True)  # answered 2xx
    given_up_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(fields=["webhook", "-created"]),
            models.Index(fields=["created"]),
            models.Index(
                fields=["due_at"],
                condition=models.Q(done_at=None, given_up_at=None),
                name="deliveries_that_wait",
            ),
        ]

    def __str__(self) -> str:
        return self.event
