"""Where a sign-on leads to, and what is shown when it leads nowhere."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from onelogin.saml2.errors import OneLogin_Saml2_Error
from requests import RequestException

from ..models import SingleSignOn
from . import providers
from .refusals import Known, Refused

TEST = "test"  # what the state of an admin's trial carries


def leave(request: HttpRequest, on: SingleSignOn, *, to: str | None = None, data: str = "") -> HttpResponse:
    """To the provider, by way of a page of ours: browsers stop a form that is answered by another site."""
    provider = providers.app(on).get_provider(request)
    try:
        answer = provider.redirect(request, AuthProcess.LOGIN, next_url=to, data=data)
    except (RequestException, OAuth2Error, OneLogin_Saml2_Error):
        return failed(request)
    address = answer["Location"]
    return render(request, "sso/leaving.html", {"to": address, "host": urlsplit(address).hostname})


def failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The provider did not answer, or with what cannot be believed; ``reason`` is for an admin's eyes."""
    why = _("Your company's sign-on did not answer as it should. Begin again; if it stays, tell your IT.")
    return refused(request, Refused(why), reason)


def refused(request: HttpRequest, why: Refused, reason: str = "") -> HttpResponse:
    context = {"why": why, "known": isinstance(why, Known), "reason": reason}
    return render(request, "sso/refused.html", context, status=403)


def told_to_oidc(request: HttpRequest, company: UUID) -> dict[str, str]:
    """What an OpenID provider must know of us."""
    there = reverse("openid_connect_callback", args=[company])
    return {"redirect_uri": request.build_absolute_uri(there)}


def told_to_saml(request: HttpRequest, company: UUID) -> dict[str, str]:
    """What a SAML provider must know of us."""
    return {
        "entity_id": request.build_absolute_uri(reverse("saml_metadata", args=[company])),
        "acs_url": request.build_absolute_uri(reverse("saml_acs", args=[company])),
    }
