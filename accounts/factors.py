"""The second factor that staff and the admins of companies sign in with (promise 26)."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _


def second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened, or proven again, with an authenticator app or a passkey."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def to_second_factor(request: HttpRequest, to: str) -> HttpResponse:
    """To where a signed-in person gives theirs, or sets one up; then on to ``to``."""
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    if Authenticator.Type.TOTP in kinds:
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': to})}")
    if Authenticator.Type.WEBAUTHN in kinds:
        return redirect(f"{reverse('mfa_reauthenticate_webauthn')}?{urlencode({'next': to})}")
    messages.info(request, _("Set up a second factor first: these pages open only with one."))
    return redirect("mfa_index")
