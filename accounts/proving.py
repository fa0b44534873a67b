"""Views that open only after one more proof of who is at the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from . import proof
from .forms import CodeForm


def proven(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view, after the person gave their password, second factor or a mailed code once more."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if proof.given(request):
            return view(request, *args, **kwargs)
        if not proof.by_mail(request):
            raise ReauthenticationRequired()  # allauth's middleware leads there and back
        return _by_mail(request)

    return login_required(asked)


def _by_mail(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST if "code" in request.POST else None)
    if "send" in request.POST:
        if too_many := ratelimit.consume_or_429(request, action="reauthenticate"):
            answer: HttpResponse = too_many
            return answer
        proof.send_code(request)
    elif request.method == "POST" and form.is_valid():
        if proof.check(request, form.cleaned_data["code"]):
            return redirect(request.path)
        form.add_error("code", _("This is not the code. After three wrong ones, ask for a new one."))
    return render(request, "accounts/proof.html", {"form": form, "sent": proof.sent(request)})
