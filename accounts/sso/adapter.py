"""What allauth asks of us about third parties: companies' providers alone, and we decide who comes in."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.http import HttpRequest
from requests import Session

from .. import doors
from ..models import SingleSignOn, User
from . import arriving, outside, pages, providers

logger = logging.getLogger(__name__)


class SignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def list_apps(
        self, request: HttpRequest | None, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The one of a company, which OIDC calls ``provider`` and SAML ``client_id``; never all."""
        try:
            company = UUID(str(client_id or provider))
        except ValueError:
            return []
        found = SingleSignOn.objects.filter(pk=company, company__closed_at=None).select_related("company")
        return [providers.app(on) for on in found]

    def get_requests_session(self) -> Session:
        return outside.careful(super().get_requests_session())

    def populate_user(self, request: HttpRequest, login: SocialLogin, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, login, data)
        parts = (data.get("first_name"), data.get("last_name"))
        user.name = str(data.get("name") or " ".join(filter(None, parts)))[:150]
        return user

    def pre_social_login(self, request: HttpRequest, login: SocialLogin) -> None:
        """The provider has answered: all that follows is ours."""
        raise ImmediateHttpResponse(arriving.arrive(request, login))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """The log learns why, and an admin of the company, who may be testing."""
        reason = str((extra_context or {}).get("saml_last_error_reason") or exception or error)
        logger.warning("A company's sign-on failed: %r", reason)
        admin = isinstance(request.user, User) and doors.seat(request.user, UUID(provider.app.provider_id))
        raise ImmediateHttpResponse(pages.failed(request, reason if admin else ""))
