"""The account page, consents with their receipts and texts, and the page that verifies a receipt."""

from __future__ import annotations

import json
import uuid

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import receipts
from . import tokens as keyring
from .forms import NameForm, ReceiptForm, TokenForm
from .models import ConsentText, Release
from .proving import proven


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Everything a person can change about their account, and where to go for the rest."""
    form = NameForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your name is saved."))
        return redirect("accounts:settings")
    context = {
        "form": form,
        "pending": EmailAddress.objects.filter(user=request.user, verified=False).first(),
        "factors": set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True)),
        "releases": request.user.releases.filter(withdrawn_at=None).count(),
    }
    return render(request, "accounts/settings.html", context)


@login_required
@require_safe
def consents(request: HttpRequest) -> HttpResponse:
    """Every release the person gave, standing or withdrawn."""
    mine = request.user.releases.select_related("text").order_by("-given_at")
    return render(request, "accounts/consents.html", {"releases": mine})


@login_required
@require_safe
def receipt(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What was agreed to, as the installation signed it."""
    release = get_object_or_404(request.user.releases.select_related("text"), pk=pk)
    context = {
        "release": release,
        "receipt": json.loads(release.receipt),
        "envelope": receipts.envelope(release.receipt, release.signature),
    }
    return render(request, "accounts/receipt.html", context)


@login_required
@require_safe
def receipt_file(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    release: Release = get_object_or_404(request.user.releases, pk=pk)
    return HttpResponse(
        receipts.envelope(release.receipt, release.signature),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="consent-{release.pk}.json"'},
    )


@require_safe
def consent_text(request: HttpRequest, purpose: str, version: int, locale: str) -> HttpResponse:
    """The very bytes that people agreed to."""
    text = get_object_or_404(ConsentText, purpose=purpose, version=version, locale=locale)
    return HttpResponse(text.body.encode(), content_type="text/plain; charset=utf-8")


@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Anybody pastes a receipt and learns whether it is ours and unaltered; nothing is stored."""
    form = ReceiptForm(request.POST or None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        found = receipts.checked(form.cleaned_data["receipt"])
        context |= {
            "asked": True,
            "receipt": found,
            "pretty": json.dumps(found, indent=2, ensure_ascii=False),
        }
    return render(request, "accounts/verify.html", context)


@login_required
@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """The person's API tokens, each to be revoked."""
    return render(request, "accounts/tokens.html", {"tokens": request.user.api_tokens.all()})


@never_cache
@require_http_methods(["GET", "POST"])
@proven
def new_token(request: HttpRequest) -> HttpResponse:
    """A token outlives the session that made it, so a borrowed session must not make one. It is shown in
    the answer that makes it, and never again."""
    form = TokenForm(request.POST if "name" in request.POST else None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            context["secret"] = keyring.make(request.user, form.cleaned_data["name"])
        except keyring.TooMany as error:
            form.add_error(None, str(error))
    return render(request, "accounts/new_token.html", context)


@login_required
@require_POST
def revoke(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """From the next request on, the token opens nothing."""
    token = get_object_or_404(request.user.api_tokens, pk=pk)
    token.delete()
    messages.success(request, _("The token is revoked."))
    return redirect("accounts:tokens")
