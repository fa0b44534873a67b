"""The list of shoots, a new one, and the one address of each."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts import consent
from accounts.forms import ConsentForm
from accounts.models import Purpose

from .. import shoots as verbs
from ..models import Kind, Shoot, Status
from . import gallery, keeping, making, photos
from .doors import own

# What a shoot's address shows; everything else is being made or has failed.
PAGES = {Status.DRAFT: photos.page, Status.READY: gallery.page, Status.PURGED: keeping.purged}


@login_required
def shoots(request: HttpRequest) -> HttpResponse:
    """Everything the person has."""
    return render(request, "generation/shoots.html", {"shoots": Shoot.objects.visible_to(request.user)})


@login_required
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
def shoot(request: HttpRequest, shoot: UUID) -> HttpResponse:
    """The step that the shoot is at."""
    mine = own(request, shoot)
    page = PAGES.get(Status(mine.status), making.page)
    return page(request, mine)
