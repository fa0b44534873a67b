"""Who asks the API, and how fast they may."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle

from . import client, tokens
from .models import ApiToken, User

WORD = "Bearer"


class ByToken(BaseAuthentication):
    """``Authorization: Bearer hs_…``; a session does not count, so no other site acts through a browser."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        word, _space, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if word.lower() != WORD.lower():
            return None
        token = tokens.find(secret.strip())
        if token is None:
            raise AuthenticationFailed(_("This token is not known. Make one on your account page."))
        tokens.note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return WORD


class Pace(UserRateThrottle):
    """By person; who has no token, by an address that nobody can forge."""

    def get_ident(self, request: Request) -> str:
        return client.address(request)
