"""While it is being made: the progress page, which asks every two seconds, and the ways to stop or go on."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from .. import estimates
from .. import shoots as verbs
from ..failures import GUARANTEE, SENTENCES, Refused
from ..models import Lost, Shoot, Status
from .doors import own

STEPS = (
    (Status.SUBMITTED, _("Learning your face")),
    (Status.TRAINED, _("Drawing headshots")),
    (Status.GENERATED, _("Choosing the best")),
)

MOST_SHOWN = 24  # headshots at once while they are being drawn


def page(request: HttpRequest, shoot: Shoot) -> HttpResponse:
    """A shoot that is being worked on, or that ended without a gallery."""
    return render(request, "generation/progress.html", context(shoot))


@login_required
@require_GET
def progress(request: HttpRequest, shoot: UUID) -> HttpResponse:
    """The changing part; 204 when nothing changed since ``seen``, a new page when the work has ended."""
    mine = own(request, shoot)
    if not mine.working:
        return HttpResponse(status=200, headers={"HX-Refresh": "true"})
    if request.GET.get("seen") == str(mine.changed):
        return HttpResponse(status=204)
    known = request.GET.get("passed", "")[:4]
    shown = context(mine, passed=int(known) if known.isdecimal() else 0)
    return render(request, "generation/_progress.html", shown)


def context(shoot: Shoot, *, passed: int = 0) -> dict[str, object]:
    """What the page shows; ``passed`` is how many headshots it has shown already."""
    order = [status for status, _name in STEPS]
    at = order.index(Status(shoot.status)) if shoot.working else len(order)
    steps = [
        {"name": name, "state": "done" if i < at else "now" if i == at else "later"}
        for i, (_status, name) in enumerate(STEPS)
    ]
    fresh = shoot.headshots.filter(round=shoot.round, shown=True, hidden_at=None)
    count = fresh.count()
    return {
        "shoot": shoot,
        "steps": steps,
        "percent": round(100 * shoot.progress),
        "outlook": estimates.outlook(shoot) if shoot.working else None,
        "fresh": fresh.order_by("-number")[:MOST_SHOWN],
        "passed": count,
        "new": count - passed,
        "failure": SENTENCES.get(shoot.failure, ""),
        "guarantee": "" if shoot.ready_at else GUARANTEE.get(shoot.guarantee, ""),
    }


@login_required
@require_POST
def cancel(request: HttpRequest, shoot: UUID) -> HttpResponse:
    try:
        verbs.cancel(own(request, shoot))
    except (Refused, Lost) as error:
        messages.error(request, str(error))
    return redirect("generation:shoot", shoot=shoot)
