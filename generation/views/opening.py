"""The list of shoots, a new one, and the one address of each."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import consent
from accounts.forms import ConsentForm
from accounts.models import Purpose
from billing import ledger

from .. import membership, openings
from .. import shoots as verbs
from ..models import Headshot, Kind, Shoot, Status
from . import gallery, keeping, making, photos
from .doors import own

# What a shoot's address shows; everything else is being made or has failed.
PAGES = {Status.DRAFT: photos.page, Status.READY: gallery.page, Status.PURGED: keeping.purged}
PREVIEWS = 4  # pictures of a row of the list


@login_required
@require_safe
def shoots(request: HttpRequest) -> HttpResponse:
    """Everything the person has, with a few pictures of each; the same number of queries for any number."""
    best = Headshot.objects.filter(shown=True, hidden_at=None, rank__range=(1, PREVIEWS)).order_by("rank")
    mine = Shoot.objects.visible_to(request.user).select_related("member__company").prefetch_related("photos")
    rows = mine.prefetch_related(Prefetch("headshots", best, to_attr="best"))
    shown = {
        "shoots": rows,
        "credits": ledger.unspent(request.user).count(),
        "seats": membership.seats(request.user),
    }
    return render(request, "generation/shoots.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def new_shoot(request: HttpRequest) -> HttpResponse:
    """The release comes first; with it the draft opens."""
    form = ConsentForm(request.POST or None, purpose=Purpose.HEADSHOTS)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                shoot = verbs.open_shoot(request.user, form.give(request.user))
            return redirect("generation:shoot", shoot=shoot.pk)
        except consent.NotGiven as error:
            form.add_error(None, str(error))
    drafts = Shoot.objects.visible_to(request.user).filter(status=Status.DRAFT, kind=Kind.SHOOT)
    unfinished = drafts.filter(release__withdrawn_at=None)
    return render(request, "generation/new_shoot.html", {"form": form, "draft": unfinished.first()})


@login_required
@require_safe
def shoot(request: HttpRequest, shoot: UUID) -> HttpResponse:
    """The step that the shoot is at."""
    mine = own(request, shoot)
    page = PAGES.get(Status(mine.status), making.page)
    return page(request, mine)


@login_required
@require_safe
def opened(request: HttpRequest) -> HttpResponse:
    """When staff opened pictures of theirs, and why."""
    return render(request, "generation/opened.html", {"openings": openings.of(request.user)})
