"""A company's page for programs: tokens of its API, webhooks and the log of their deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import calling, company_tokens, hooks
from .doors import for_admins
from .models import Member, User, Webhook
from .program_forms import CompanyTokenForm, WebhookForm
from .proving import proven

PAGE = 50  # deliveries


def _by(request: HttpRequest) -> User:
    return cast("User", request.user)


@for_admins
@require_safe
def programs(request: HttpRequest, seat: Member) -> HttpResponse:
    """Every token and webhook of the company."""
    context = {
        "tokens": [
            {"row": token, "may": [company_tokens.SCOPES[one] for one in token.scopes]}
            for token in seat.company.api_tokens.all()
        ],
        "webhooks": seat.company.webhooks.all(),
    }
    return _page(request, seat, "programs", context)


@never_cache
@require_http_methods(["GET", "POST"])
@for_admins
@proven
def new_token(request: HttpRequest, seat: Member) -> HttpResponse:
    """A token outlives the session that made it; it is shown in the answer that makes it, and never again."""
    form = CompanyTokenForm(request.POST if "name" in request.POST else None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            context["secret"] = company_tokens.make(seat.company, **form.cleaned_data, by=_by(request))
        except company_tokens.TooMany as error:
            form.add_error(None, str(error))
    return _page(request, seat, "new_token", context)


@require_POST
@for_admins
def revoke(request: HttpRequest, seat: Member, token: UUID) -> HttpResponse:
    company_tokens.revoke(get_object_or_404(seat.company.api_tokens, pk=token), _by(request))
    messages.success(request, _("The token is revoked."))
    return redirect("program:programs", seat.company_id)


@never_cache
@require_http_methods(["GET", "POST"])
@for_admins
@proven
def new_webhook(request: HttpRequest, seat: Member) -> HttpResponse:
    """Like a token it outlives the session; its secret is shown in the answer that makes it."""
    form = WebhookForm(request.POST if "url" in request.POST else None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = hooks.add(seat.company, **form.cleaned_data, by=_by(request))
            context |= {"webhook": made, "secret": secret}
        except hooks.TooMany as error:
            form.add_error(None, str(error))
        except (calling.Refused, calling.Unreachable) as error:
            form.add_error("url", str(error))
    return _page(request, seat, "new_webhook", context)


@require_safe
@for_admins
def webhook(request: HttpRequest, seat: Member, webhook: UUID) -> HttpResponse:
    """One webhook with the log of its deliveries, the newest first."""
    mine = _mine(seat, webhook)
    log = Paginator(mine.deliveries.all(), PAGE).get_page(request.GET.get("page"))
    context = {"webhook": mine, "events": [hooks.EVENTS[one] for one in mine.events], "log": log}
    return _page(request, seat, "webhook", context)


@require_POST
@for_admins
def pause(request: HttpRequest, seat: Member, webhook: UUID) -> HttpResponse:
    hooks.pause(_mine(seat, webhook), _by(request))
    messages.success(request, _("Nothing is sent there until you resume it."))
    return redirect("program:webhook", seat.company_id, webhook)


@require_POST
@for_admins
def resume(request: HttpRequest, seat: Member, webhook: UUID) -> HttpResponse:
    hooks.resume(_mine(seat, webhook), _by(request))
    messages.success(request, _("It is told again from now on."))
    return redirect("program:webhook", seat.company_id, webhook)


@require_POST
@for_admins
def remove(request: HttpRequest, seat: Member, webhook: UUID) -> HttpResponse:
    hooks.remove(_mine(seat, webhook), _by(request))
    messages.success(request, _("The webhook is deleted, with its log."))
    return redirect("program:programs", seat.company_id)


@require_POST
@for_admins
def test(request: HttpRequest, seat: Member, webhook: UUID) -> HttpResponse:
    hooks.test(_mine(seat, webhook))
    messages.success(request, _("A test is on its way; its answer will stand below."))
    return redirect("program:webhook", seat.company_id, webhook)


@require_POST
@for_admins
def resend(request: HttpRequest, seat: Member, webhook: UUID, delivery: UUID) -> HttpResponse:
    hooks.resend(get_object_or_404(_mine(seat, webhook).deliveries, pk=delivery))
    messages.success(request, _("It is sent once more."))
    return redirect("program:webhook", seat.company_id, webhook)


def _mine(seat: Member, webhook: UUID) -> Webhook:
    return get_object_or_404(seat.company.webhooks.select_related("company"), pk=webhook)


def _page(request: HttpRequest, seat: Member, name: str, context: Mapping[str, object]) -> HttpResponse:
    known = {"seat": seat, "company": seat.company}
    return render(request, f"programs/{name}.html", {**known, **context})
