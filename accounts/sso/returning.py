"""Where providers lead people back to: allauth's own views behind doors that know methods and kinds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from allauth.socialaccount.providers.openid_connect import views as openid
from allauth.socialaccount.providers.saml import views as saml
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseGone
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from ..models import SingleSignOn
from . import pages

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


def _of(kind: str, key: str) -> Callable[[View], View]:
    """The view, where the company that stands in the address as ``key`` has a provider of the kind."""

    def guard(view: View) -> View:
        @wraps(view)
        def show(request: HttpRequest, **named: UUID) -> HttpResponse:
            if not SingleSignOn.objects.filter(pk=named[key], kind=kind, company__closed_at=None).exists():
                raise Http404
            try:
                return view(request, str(named[key]))
            except (OSError, LookupError, TypeError, ValueError, PermissionDenied, ImproperlyConfigured):
                # What a provider says may be anything, and allauth catches a part of it.
                logger.warning("The answer of a company's provider could not be read.", exc_info=True)
                return pages.failed(request)

        return show

    return guard


callback = require_GET(_of("oidc", "provider_id")(openid.callback))
acs = csrf_exempt(require_POST(_of("saml", "organization_slug")(saml.acs)))  # posted by the provider's page
finish = require_GET(_of("saml", "organization_slug")(saml.finish_acs))


@require_safe
def metadata(request: HttpRequest, organization_slug: UUID) -> HttpResponse:
    """What a SAML provider must know of us; it follows from the address alone and tells nobody more."""
    context = pages.told_to_saml(request, organization_slug)
    return render(request, "sso/metadata.xml", context, content_type="application/samlmetadata+xml")


@require_safe
def nowhere(request: HttpRequest, organization_slug: UUID) -> HttpResponse:
    """allauth wants an address for single log-out; we offer none."""
    return HttpResponseGone()
