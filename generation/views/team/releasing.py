"""Releasing what was chosen, seeing it as the company does, and taking it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import consent
from accounts.forms import ConsentForm
from accounts.models import Member, Purpose

from ... import media, membership, portraits
from ...failures import Refused
from ...models import Portrait
from .doors import for_member


@require_http_methods(["GET", "POST"])
@for_member
def release(request: HttpRequest, seat: Member) -> HttpResponse:
    """The drafts as the company would get them, and the consent; POST gives them."""
    drafts = list(portraits.drafts(seat))
    if not drafts:
        return redirect("member:team", member=seat.pk)
    form = ConsentForm(request.POST if request.method == "POST" else None, purpose=Purpose.RELEASE)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                membership.release(seat, form.give(seat.user), _seen(request))
            messages.success(request, _("Released. You can take it back at any time."))
            return redirect("member:team", member=seat.pk)
        except (consent.NotGiven, Refused) as error:
            form.add_error(None, str(error))
            drafts = list(portraits.drafts(seat))
    replaced = {one.place for one in drafts}
    shown = {
        "seat": seat,
        "company": seat.company,
        "drafts": drafts,
        "waiting": any(one.made_at is None for one in drafts),
        "staying": [one for one in portraits.released(seat) if one.place not in replaced],
        "form": form,
    }
    return render(request, "member/release.html", shown)


def _seen(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(one) for one in request.POST.getlist("portrait")]
    except ValueError:
        return []


@require_http_methods(["GET", "POST"])
@for_member
def take_back(request: HttpRequest, seat: Member, portrait: UUID) -> HttpResponse:
    """The second of two clicks; what was taken back is deleted."""
    one = get_object_or_404(portraits.released(seat), pk=portrait)
    if request.method == "GET":
        return render(
            request, "member/take_back.html", {"seat": seat, "company": seat.company, "portrait": one}
        )
    portraits.take_back(one)
    messages.success(request, _("Taken back. Your company has this picture no more."))
    return redirect("member:team", member=seat.pk)


@require_GET
@for_member
def picture(request: HttpRequest, seat: Member, portrait: UUID, size: str) -> HttpResponse:
    """A portrait, released or not, for its subject."""
    mine = Portrait.objects.filter(member=seat, ended_at=None).exclude(made_at=None)
    return media.portrait(request, get_object_or_404(mine, pk=portrait), size)
