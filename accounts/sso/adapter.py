"""What allauth asks of us about third parties: companies' providers alone, and we decide who comes in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.http import HttpRequest
from requests import Session

from ..models import SingleSignOn, User
from . import arriving, outside, pages, providers


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

    def on_authentication_error(self, request: HttpRequest, *args: Any, **more: Any) -> None:
        raise ImmediateHttpResponse(pages.failed(request))
