"""Choosing what the company shall get: headshots of one's galleries, or a picture of one's own."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from accounts.models import Member

from ... import membership, portraits, uploads, wording
from ...engine import decoder
from ...engine.intake import SHORTEST_SIDE
from ...engine.types import BadInput
from ...failures import Refused
from .doors import for_member

PLACES = (("1", gettext_lazy("Main")), ("2", gettext_lazy("Second")), ("3", gettext_lazy("Third")))
TOO_LARGE = gettext_lazy("This file is larger than 50 MB; save a smaller copy of it.")


@require_http_methods(["GET", "POST"])
@for_member
def choose(request: HttpRequest, seat: Member) -> HttpResponse:
    """One headshot for each place, the main one first."""
    shown = list(membership.choosable(seat))
    if not shown:
        return redirect("member:team", member=seat.pk)
    if request.method == "POST":
        try:
            membership.choose(seat, _chosen(request))
            return redirect("member:release", member=seat.pk)
        except Refused as error:
            messages.error(request, str(error))
    had = {str(one.place): one.headshot_id for one in portraits.released(seat)}
    places = [(place, name, had.get(place)) for place, name in PLACES]
    known = {"seat": seat, "company": seat.company, "headshots": shown, "places": places}
    return render(request, "member/choose.html", known)


def _chosen(request: HttpRequest) -> list[UUID]:
    """In the order of the places; what is no id is nobody's headshot."""
    said = [request.POST.get(f"place-{place}", "") for place, _name in PLACES]
    try:
        return [UUID(one) for one in said if one]
    except ValueError:
        raise Refused(_("One of these headshots is gone; choose again.")) from None


class CutForm(forms.Form):
    """The square that was drawn on the picture, as shares of its width; all empty without a script."""

    left = forms.FloatField(required=False, widget=forms.HiddenInput)
    top = forms.FloatField(required=False, widget=forms.HiddenInput)
    side = forms.FloatField(required=False, widget=forms.HiddenInput)

    def cut(self, decoded: decoder.Decoded) -> tuple[float, float, float]:
        if not self.is_valid():
            raise Refused(_("The square could not be read; reload the page and draw it again."))
        left, top, side = (self.cleaned_data[name] for name in ("left", "top", "side"))
        return _middle(decoded) if None in (left, top, side) else (left, top, side)


def _middle(decoded: decoder.Decoded) -> tuple[float, float, float]:
    """The largest square around the centre."""
    wide, tall = decoded.width, decoded.height
    side = min(wide, tall)
    return (wide - side) / 2 / wide, (tall - side) / 2 / wide, side / wide


@csrf_exempt  # _take checks it, once the limits stand: the check itself reads the whole body
@require_http_methods(["GET", "POST"])
@for_member
def own(request: HttpRequest, seat: Member) -> HttpResponse:
    """A picture of their own, instead of headshots or beside none."""
    if request.method == "GET":
        return _own_page(request, seat)
    if uploads.too_long(request, files=1):
        return HttpResponse(str(TOO_LARGE), status=413)
    return _take(request, seat, uploads.watch(request))


@csrf_protect
def _take(request: HttpRequest, seat: Member, limits: uploads.Limits) -> HttpResponse:
    try:
        file = request.FILES.get("picture")
        if limits.too_large:
            raise Refused(str(TOO_LARGE))
        if not file:
            raise Refused(_("Choose a picture first."))
        decoded = decoder.decode(file.read(), file.name or "")
        portraits.own(seat, 1, decoded, CutForm(request.POST).cut(decoded))
    except (BadInput, Refused) as error:
        return _own_page(request, seat, wording.error(error))
    return redirect("member:release", member=seat.pk)


def _own_page(request: HttpRequest, seat: Member, error: str = "") -> HttpResponse:
    known = {"seat": seat, "company": seat.company, "error": error, "least": SHORTEST_SIDE}
    return render(request, "member/own.html", known, status=422 if error else 200)
