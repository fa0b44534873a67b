"""Tokens of a company's API: made with what they may do, found again by their secret, revoked."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import audit
from .models import Company, CompanyToken, User
from .tokens import TooMany, hashed

__all__ = ["SCOPES", "TooMany", "find", "make", "revoke"]

PREFIX = "hsc_"
MOST = 20  # of one company
SCOPES = {
    "members:read": gettext_lazy("See members, departments and how far each is"),
    "members:write": gettext_lazy("Invite, change and remove members"),
    "portraits:read": gettext_lazy("Fetch released headshots and see the brand"),
    "credits:read": gettext_lazy("See how many credits are left"),
}


def make(company: Company, name: str, scopes: Collection[str], by: User) -> str:
    """A new token; what is returned exists nowhere else. Raises TooMany."""
    if company.api_tokens.count() >= MOST:
        raise TooMany(_("A company has 20 tokens at most; revoke one that is no longer used."))
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = CompanyToken.objects.create(
            company=company, name=name, sha256=hashed(secret), scopes=[one for one in SCOPES if one in scopes]
        )
        audit.note(company, by, "token.made", token.pk)
    return secret


def find(secret: str) -> CompanyToken | None:
    """The token of that secret, as long as its company is open."""
    open_ones = CompanyToken.objects.filter(company__closed_at=None).select_related("company")
    return open_ones.filter(sha256=hashed(secret)).first()


def revoke(token: CompanyToken, by: User) -> None:
    """From the next request on, it opens nothing."""
    with transaction.atomic():
        audit.note(token.company, by, "token.revoked", token.pk)
        token.delete()
