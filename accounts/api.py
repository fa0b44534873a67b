"""Who asks the API, and how fast they may."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle

from . import client, company_tokens, tokens
from .models import ApiToken, CompanyToken, User

WORD = "Bearer"


class ByToken(BaseAuthentication):
    """``Authorization: Bearer hs_…``; a session does not count, so no other site acts through a browser."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        secret = _secret(request)
        if secret is None:
            return None
        token = tokens.find(secret)
        if token is None:
            raise AuthenticationFailed(_("This token is not known. Make one on your account page."))
        tokens.note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return WORD


class ByCompanyToken(BaseAuthentication):
    """``Authorization: Bearer hsc_…``: a program, which is nobody; ``request.auth`` says of which company."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, CompanyToken] | None:
        secret = _secret(request)
        if secret is None:
            return None
        token = company_tokens.find(secret)
        if token is None:
            raise AuthenticationFailed(_("This token is not known. Make one among your company's programs."))
        tokens.note_use(token)
        return AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        return WORD


def _secret(request: Request) -> str | None:
    word, _space, secret = get_authorization_header(request).decode("latin-1").partition(" ")
    return secret.strip() if word.lower() == WORD.lower() else None


class Pace(UserRateThrottle):
    """By person or token of a company; who has none, by an address that nobody can forge."""

    def get_ident(self, request: Request) -> str:
        if isinstance(request.auth, CompanyToken):
            return str(request.auth.pk)
        return client.address(request)
