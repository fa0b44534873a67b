"""People with an account, what they were asked, and what they released."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """E-mail addresses are compared without case, so they are stored in lower case."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> User:
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **more: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **more)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email")]

    def __str__(self) -> str:
        return self.name or self.email


class Purpose(models.TextChoices):
    """What a release is for; each is asked alone."""

    HEADSHOTS = "headshots", _("make headshots of me")
    TRY = "try", _("try it with one selfie")
    KEEP_LONGER = "keep_longer", _("keep my photos and my identity longer")
    RELEASE = "release", _("release chosen headshots to my company")


class ConsentText(models.Model):
    """What a person was shown, to the byte. A row is never changed: new words are a new version."""

    purpose = models.CharField(max_length=20, choices=Purpose)
    version = models.PositiveIntegerField()
    locale = models.CharField(max_length=10)
    body = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "version", "locale"], name="one_text_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version} ({self.locale})"


class Release(models.Model):
    """One person's signed yes to one purpose. ``user`` is empty for a free try and after account deletion."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="releases")
    text = models.ForeignKey(ConsentText, models.PROTECT)
    is_subject = models.BooleanField()
    is_adult = models.BooleanField()
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    receipt = models.TextField()  # canonical JSON, as it was signed
    signature = models.CharField(max_length=100)  # Ed25519, base64

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_subject=True, is_adult=True), name="released_by_the_adult_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.text.purpose} {self.id}"

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None


class ApiToken(models.Model):
    """A key to the person's shoots for a program of theirs; shown once, only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=60)
    sha256 = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(default=timezone.now)
    used = models.DateField(null=True, blank=True)  # the last day

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name
