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
    mine = Shoot.objects.visible_to(request.user).select_related("release", "member__company")
    return get_object_or_404(mine, pk=shoot)


def _own_at(status: Status) -> Callable[[View], View]:
    """For signed-in people and their shoots at that status; at others its address says what goes on."""

    def guard(view: View) -> View:
        @login_required
        @wraps(view)
        def show(request: HttpRequest, shoot: UUID, **more: object) -> HttpResponseBase:
            mine = own(request, shoot)
            if mine.status != status:
                return redirect("generation:shoot", shoot=mine.pk)
            return view(request, mine, **more)

        return show

    return guard


own_draft, own_ready = _own_at(Status.DRAFT), _own_at(Status.READY)
