"""Staff's page of a shoot's pictures: the reason first, then a list from which single ones are opened."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from accounts.models import User

from . import openings
from .failures import Refused
from .forms import ReasonForm
from .models import Shoot


def page(request: HttpRequest, shoot: Shoot, shown: dict[str, Any]) -> HttpResponse:
    """``shown`` is what every staff page shows."""
    shown = {**shown, "shoot": shoot, "title": _("Open pictures")}
    if opening := openings.live(request, shoot.pk):
        headshots = shoot.headshots.filter(shown=True).order_by("round", "number")
        listed = {"opening": opening, "photos": shoot.photos.all(), "headshots": headshots}
        return TemplateResponse(request, "staff/pictures.html", {**shown, **listed})
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _began(request, shoot, form):
        return redirect(request.path)
    words = _(
        "You can open single pictures of this shoot for %(minutes)s minutes. Each that you open is on the"
        " record, and the person whose shoot it is sees that staff opened it, when and why."
    )
    minutes = {"minutes": openings.SPAN.seconds // 60}
    return TemplateResponse(request, "staff/act.html", {**shown, "form": form, "help": words % minutes})


def _began(request: HttpRequest, shoot: Shoot, form: ReasonForm) -> bool:
    assert isinstance(request.user, User)
    try:
        openings.begin(shoot, request.user, form.cleaned_data["reason"])
    except Refused as error:
        form.add_error(None, str(error))
        return False
    return True
