"""Withdrawing a consent in two clicks; after one more proof, taking all data along or leaving."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from allauth.core import ratelimit
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import proof, receipts
from accounts.forms import CodeForm

from .. import export as exporting
from .. import leaving
from ..models import Shoot, Status

if TYPE_CHECKING:
    from collections.abc import Callable

GONE = "account_receipt"  # the receipt of a deleted account, for the one page that shows it


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The second of the two clicks: what will go is shown, one button does it."""
    release = get_object_or_404(request.user.releases.select_related("text"), pk=pk)
    shoot = Shoot.objects.filter(release=release).exclude(status=Status.PURGED).first()
    if request.method == "POST":
        leaving.withdraw(release)
        messages.success(request, _("Your consent is withdrawn, and what was made under it is deleted."))
        return redirect("accounts:consents")
    return render(request, "accounts/withdraw.html", {"release": release, "shoot": shoot})


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
            return too_many
        proof.send_code(request)
    elif request.method == "POST" and form.is_valid():
        if proof.check(request, form.cleaned_data["code"]):
            return redirect(request.path)
        form.add_error("code", _("This is not the code. After three wrong ones, ask for a new one."))
    return render(request, "accounts/proof.html", {"form": form, "sent": proof.sent(request)})


@never_cache
@require_http_methods(["GET", "POST"])
@proven
def export(request: HttpRequest) -> HttpResponseBase:
    """Everything that is held on the person, sent while it is read."""
    if request.method != "POST" or "export" not in request.POST:
        return render(request, "accounts/export.html")
    return StreamingHttpResponse(
        exporting.archive(request.user),
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="my-data.zip"'},
    )


@never_cache
@require_http_methods(["GET", "POST"])
@proven
def leave(request: HttpRequest) -> HttpResponse:
    """Delete the account with everything that it holds."""
    if request.method == "POST" and "leave" in request.POST:
        signed = leaving.leave(request.user)
        logout(request)
        request.session[GONE] = receipts.envelope(*signed)
        return redirect("generation:left")
    return render(request, "accounts/leave.html", {"shoots": Shoot.objects.visible_to(request.user).count()})


@never_cache
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """The receipt, as long as this browser session lasts; it is the only copy."""
    if GONE not in request.session:
        return redirect("pages:landing")
    return render(request, "accounts/left.html", {"envelope": request.session[GONE]})
