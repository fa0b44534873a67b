"""The last look at everything, and handing it in."""

from __future__ import annotations

from math import ceil

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from billing import ledger

from .. import estimates, paying, shoots, tasks
from ..failures import Refused
from ..forms import looks_form
from ..models import CatalogueLook, Lost, Shoot, Verdict
from ..periods import PERIODS, of_inputs
from .doors import own_draft
from .looks import example


@require_http_methods(["GET", "POST"])
@own_draft
def review(request: HttpRequest, shoot: Shoot) -> HttpResponse:
    """GET: the summary. POST: submit; pressed twice it is submitted once."""
    if request.method == "POST":
        try:
            shoots.submit(shoot)
            tasks.nudge(shoot)
        except Refused as error:
            messages.error(request, str(error))
            return redirect("generation:review", shoot=shoot.pk)
        except Lost:  # the other press was faster
            pass
        return redirect("generation:shoot", shoot=shoot.pk)
    if not shoot.looks:
        return redirect("generation:looks", shoot=shoot.pk)
    payer = paying.payer(shoot)
    credits = ledger.unspent(payer).count()
    enough = ledger.good_for(payer, headshots=shoot.asked, looks=len(shoot.looks)).exists()
    if not enough and not shoot.member:
        request.session["draft"] = str(shoot.pk)  # who buys one now is led back here
    photos = list(shoot.photos.all())
    usable = [photo for photo in photos if photo.accepted]
    waiting = sum(photo.verdict == Verdict.WAITING for photo in photos)
    return render(
        request,
        "generation/review.html",
        {
            "shoot": shoot,
            "photos": usable,
            "waiting": waiting,
            "left_out": len(photos) - len(usable) - waiting,
            "looks": [(look, example(look)) for look in _looks(shoot)],
            "wishes": looks_form(shoot=shoot).chosen_wishes(),
            "minutes": _minutes(shoot),
            "credits": credits,
            "company": shoot.member and shoot.member.company,
            "enough": enough,
            "periods": PERIODS,
            "inputs_days": of_inputs(shoot).days,
        },
    )


def _looks(shoot: Shoot) -> list[CatalogueLook]:
    by_key = {look.key: look for look in CatalogueLook.objects.all()}
    return [by_key[key] for key in shoot.looks]


def _minutes(shoot: Shoot) -> int:
    """Of work alone, rounded up: who waits before this one is known once it is submitted."""
    usual = estimates.typical()
    return ceil((usual.train + usual.frame * shoot.asked) / 60)
