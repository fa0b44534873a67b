"""How a page gets at a shoot: its subject's own or nobody's."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from ..models import Shoot, Status

View = Callable[..., HttpResponseBase]


def own(request: HttpRequest, shoot: UUID) -> Shoot:
    """The person's own shoot; anybody else's is not there."""
    mine = Shoot.objects.visible_to(request.user).select_related("release")
    return get_object_or_404(mine, pk=shoot)


def own_draft(view: View) -> View:
    """For signed-in people and their drafts; once it is submitted, the shoot's address says what goes on."""

    @login_required
    @wraps(view)
    def show(request: HttpRequest, shoot: UUID, **more: object) -> HttpResponseBase:
        mine = own(request, shoot)
        if mine.status != Status.DRAFT:
            return redirect("generation:shoot", shoot=mine.pk)
        return view(request, mine, **more)

    return show


def own_ready(view: View) -> View:
    """For signed-in people and their galleries; before and after, the shoot's address says what goes on."""

    @login_required
    @wraps(view)
    def show(request: HttpRequest, shoot: UUID, **more: object) -> HttpResponseBase:
        mine = own(request, shoot)
        if mine.status != Status.READY:
            return redirect("generation:shoot", shoot=mine.pk)
        return view(request, mine, **more)

    return show
