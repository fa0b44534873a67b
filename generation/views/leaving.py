"""Withdrawing a consent in two clicks; after one more proof, taking all data along or leaving."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit, companies, receipts
from accounts.proving import proven

from .. import export as exporting
from .. import leaving
from ..models import Shoot, Status

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


@never_cache
@require_http_methods(["GET", "POST"])
@proven
def export(request: HttpRequest) -> HttpResponseBase:
    """Everything that is held on the person, sent while it is read."""
    if request.method != "POST" or "export" not in request.POST:
        return render(request, "accounts/export.html")
    audit.record(request.user, "data.taken", subject=request.user)
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
        try:
            signed = leaving.leave(request.user)
        except companies.LastOwner as error:
            messages.error(request, str(error))
            return redirect("company:companies")
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
