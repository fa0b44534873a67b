"""Tokens for the API: made, found again by their secret, and noted when used."""

from __future__ import annotations

import hashlib
import secrets

from django.utils import timezone
from django.utils.translation import gettext as _

from .models import ApiToken, CompanyToken, User

PREFIX = "hs_"  # by which programs that look for leaked secrets know ours
MOST = 20  # of one person


class TooMany(Exception):
    """The person has as many tokens as one may have."""


def make(user: User, name: str) -> str:
    """A new token; what is returned exists nowhere else. Raises TooMany."""
    if user.api_tokens.count() >= MOST:
        raise TooMany(_("You have 20 tokens already; revoke one that you no longer use."))
    secret = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(user=user, name=name, sha256=hashed(secret))
    return secret


def find(secret: str) -> ApiToken | None:
    """The token of that secret, where its person may still sign in."""
    return ApiToken.objects.select_related("user").filter(sha256=hashed(secret), user__is_active=True).first()


def hashed(secret: str) -> str:
    """Of 256 random bits, so that no salt and no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def note_use(token: ApiToken | CompanyToken) -> None:
    """By the day, so that a busy program costs one write a day."""
    today = timezone.now().date()
    if token.used != today:
        type(token).objects.filter(pk=token.pk).update(used=today)
