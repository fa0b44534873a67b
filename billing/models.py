"""Money: orders, the credits they give, and the journal of how both came and went."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, User

from .packages import PACKAGES, Package

Payer = User | Company


def held_by(payer: Payer) -> dict[str, Payer]:
    """The column that says whose a credit or a customer is, for filters and new rows."""
    return {"company": payer} if isinstance(payer, Company) else {"owner": payer}


class Status(models.TextChoices):
    """What is true of an order; only ``orders`` writes it, from what Stripe says."""

    OPEN = "open", _("waiting for payment")
    PENDING = "pending", _("payment on its way")
    PAID = "paid", _("paid")
    FAILED = "failed", _("payment failed")
    EXPIRED = "expired", _("not paid")


class Customer(models.Model):
    """Whom Stripe knows a person or a company as."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="customer"
    )
    company = models.OneToOneField(Company, models.CASCADE, null=True, blank=True, related_name="customer")
    stripe_id = models.CharField(max_length=255, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True) ^ Q(company__isnull=True), name="a_customer_is_one_payer"
            )
        ]

    def __str__(self) -> str:
        return self.stripe_id


class Order(models.Model):
    """One purchase. It stays when the buyer's account goes: the law wants it, without a name in it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="orders"
    )  # who ordered
    # For whom; empty: for themselves. A company that ordered is closed, its row stays.
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="orders")
    package_key = models.CharField(max_length=40)
    quantity = models.PositiveIntegerField(default=1)
    currency = models.CharField(max_length=3)
    amount = models.PositiveBigIntegerField()  # of the list, before taxes and promotion codes
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)

    session = models.CharField(max_length=255, null=True, blank=True, unique=True)  # Stripe's ids
    payment_intent = models.CharField(max_length=255, blank=True, db_index=True)
    subscription = models.CharField(max_length=255, blank=True, db_index=True)
    invoice = models.CharField(max_length=255, blank=True, db_index=True)

    paid = models.PositiveBigIntegerField(default=0)  # minor units that Stripe took, with taxes
    refunded = models.PositiveBigIntegerField(default=0)  # of them
    withheld = models.PositiveBigIntegerField(default=0)  # of them, by banks, in open and lost disputes
    disputed = models.BooleanField(default=False)  # a bank asks for it back: nothing is spent meanwhile
    wrong = models.CharField(max_length=100, blank=True)  # why a paid session was not accepted, for staff
    asked = models.PositiveIntegerField(default=0)  # how often Stripe was asked how it stands
    settled = models.PositiveIntegerField(default=0)  # which of these answers is written here
    asked_at = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True, blank=True)
    wanted_back_at = models.DateTimeField(null=True, blank=True)  # what is unspent; staff decides

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded__lte=F("paid") - F("withheld")), name="no_more_goes_back_than_came"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.package_key}"

    @property
    def package(self) -> Package:
        return PACKAGES[self.package_key]

    @property
    def payer(self) -> Payer | None:
        """Whose its credits are; nobody's when their account is gone."""
        return self.company or self.owner

    @property
    def left(self) -> int:
        """What of the money is still with us, in minor units."""
        return self.paid - self.refunded - self.withheld

    @property
    def shoots(self) -> int:
        """How many credits it gives."""
        return self.quantity * self.package.shoots


class Fulfilment(models.Model):
    """That a purpose of a session was served. The unique pair is what makes it once."""

    session = models.CharField(max_length=255)  # or of a renewal the invoice
    purpose = models.CharField(max_length=20)
    order = models.ForeignKey(Order, models.PROTECT, related_name="fulfilments")
    payment_intent = models.CharField(max_length=255, blank=True, db_index=True)
    amount = models.PositiveBigIntegerField()  # minor units that were paid
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "purpose"], name="fulfilled_once")]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.session}"


class Credit(models.Model):
    """The right to one shoot; spent by the unique pointer ``generation.Shoot.credit``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="credits"
    )
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="credits")
    order = models.ForeignKey(Order, models.PROTECT, null=True, blank=True, related_name="credits")
    source = models.CharField(max_length=30)  # "order", or who gave it away: "demo", "staff"
    headshots = models.PositiveSmallIntegerField(default=40)
    looks = models.PositiveSmallIntegerField(default=6)
    revoked_at = models.DateTimeField(null=True, blank=True)  # by a refund or a lost dispute
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(company__isnull=True), name="a_credit_has_one_owner"
            )
        ]  # or none: the account of a person is gone

    def __str__(self) -> str:
        return f"{self.source} {self.id}"


class Refund(models.Model):
    """Money that went back, as Stripe numbers it; each counts once."""

    stripe_id = models.CharField(max_length=255, primary_key=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds")
    amount = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=40, blank=True)  # a code: "guarantee", "asked", "failed" …
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)  # of staff
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.stripe_id


class MoneyBack(models.Model):
    """That we owe all that is left of an order; the worker gives it until it is done."""

    order = models.OneToOneField(Order, models.PROTECT, primary_key=True, related_name="money_back")
    reason = models.CharField(max_length=40)  # the refund's
    created = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.reason}: {self.order_id}"


class Event(models.Model):
    """That Stripe told us something. It is a hint to ask, never the truth; each id is stored once."""

    stripe_id = models.CharField(max_length=255, primary_key=True)
    type = models.CharField(max_length=80)
    about = models.CharField(max_length=255, blank=True)  # Stripe's id of the object
    order = models.ForeignKey(Order, models.SET_NULL, null=True, blank=True, related_name="events")
    parked = models.BooleanField(default=False)  # nobody here knows what it is about
    received = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.type} {self.stripe_id}"


class Entry(models.Model):
    """One line of the journal. A trigger of the database refuses to change or delete it.

    Lines of one ``movement`` add up to 0 in each unit. It holds no personal data: an order's id leads to
    a person only while they have an account.
    """

    movement = models.UUIDField(db_index=True)
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=20)
    account = models.CharField(max_length=20)
    unit = models.CharField(max_length=6)  # "credit", or a currency in minor units
    amount = models.BigIntegerField()
    order_id = models.UUIDField(null=True, db_index=True)
    credit_id = models.UUIDField(null=True, db_index=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("line of the journal")
        verbose_name_plural = _("journal")

    def __str__(self) -> str:
        return f"{self.why}: {self.account} {self.amount:+} {self.unit}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError("The journal is written by billing.ledger alone.")


class Reconciliation(models.Model):
    """That a day of ours was held against Stripe's books, and each difference in words."""

    day = models.DateField(primary_key=True)
    differences = models.JSONField(default=list)
    done_at = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.day}: {len(self.differences)} differences"
