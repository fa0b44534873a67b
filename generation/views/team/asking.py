"""What the company asks, what it will see, and the answer to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import companies, consent
from accounts.forms import ConsentForm
from accounts.models import Member, Purpose

from ... import brands, initials, membership, portraits, seats, tasks
from ...failures import Refused
from ...models import Lost
from .doors import for_member

SAMPLE = "1e1e1e"  # behind the sample picture


@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """What a company sees of its people, with people who do not exist; to be sent round beforehand."""
    return render(request, "member/sample.html", tile(Member(name="Emil Ek"), SAMPLE))


@require_safe
@for_member
def team(request: HttpRequest, seat: Member) -> HttpResponse:
    brand = brands.of_member(seat)
    redo = membership.redo_asked(seat)
    drafts = list(portraits.drafts(seat))
    return render(
        request,
        "member/team.html",
        {
            **tile(seat, brand.backdrop),
            "seat": seat,
            "company": seat.company,
            "brand": brand,
            "due": seat.due or seat.company.due,
            "shoot": membership.standing(seat),
            "may_open": membership.may_open(seat),
            "asked_again": membership.asked_again(seat),
            "drafts": drafts,
            "released": portraits.released(seat),
            "renewed": _renewed(seat, drafts),
            "redo": redo,
            "can_redo": redo is not None and membership.can_redo(redo),
        },
    )


def tile(seat: Member, colour: str) -> dict[str, str]:
    """How somebody stands on the company's pages before a release."""
    return {"initials": initials.initials(seat), "backdrop": colour, "ink": initials.ink(colour)}


def _renewed(seat: Member, drafts: list[Any]) -> bool:
    """Whether drafts were made because the brand changed after the release."""
    had = {one.place: one.brand_version for one in portraits.released(seat)}
    return any(one.place in had and one.brand_version > had[one.place] for one in drafts)


@require_POST
@for_member
def answer(request: HttpRequest, seat: Member) -> HttpResponse:
    """No, or no longer no; either is told to nobody."""
    if request.POST.get("answer") == "no":
        membership.refuse(seat)
    elif request.POST.get("answer") == "open":
        membership.reconsider(seat)
    return redirect("member:team", member=seat.pk)


@require_http_methods(["GET", "POST"])
@for_member
def begin(request: HttpRequest, seat: Member) -> HttpResponse:
    """Yes: the consent, and with it the shoot opens."""
    if not membership.may_open(seat):
        return redirect("member:team", member=seat.pk)
    form = ConsentForm(request.POST if request.method == "POST" else None, purpose=Purpose.HEADSHOTS)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                shoot = membership.open_shoot(seat, form.give(seat.user))
            return redirect("generation:shoot", shoot=shoot.pk)
        except (consent.NotGiven, Refused) as error:
            form.add_error(None, str(error))
    return render(request, "member/begin.html", {"seat": seat, "company": seat.company, "form": form})


@require_POST
@for_member
def redo(request: HttpRequest, seat: Member) -> HttpResponse:
    """Make it again because the company asked for another picture."""
    try:
        shoot = membership.redo(seat)
        tasks.nudge(shoot)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("member:team", member=seat.pk)
    except Lost:  # pressed twice
        return redirect("member:team", member=seat.pk)
    return redirect("generation:shoot", shoot=shoot.pk)


@require_http_methods(["GET", "POST"])
@for_member
def leave(request: HttpRequest, seat: Member) -> HttpResponse:
    """GET asks once more."""
    if request.method == "GET":
        return render(request, "member/leave.html", {"seat": seat, "company": seat.company})
    try:
        seats.leave(seat)
    except companies.Refused as error:
        messages.error(request, str(error))
        return redirect("member:team", member=seat.pk)
    left = _("You left %(company)s. It has no picture of you any more; your shoots are your own.")
    messages.success(request, left % {"company": seat.company})
    return redirect("generation:shoots")
