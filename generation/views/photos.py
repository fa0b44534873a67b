"""The page where photos arrive, are judged and coached, until there are enough."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from .. import intake, shoots, tries, uploads
from ..coach import coach
from ..failures import Refused
from ..models import Photo, Shoot, Status, Verdict
from ..tiles import tiles
from . import arriving
from .doors import own, own_draft


def page(request: HttpRequest, shoot: Shoot) -> HttpResponse:
    tried = shoot.headshots.filter(round=tries.OUR_PICTURE, shown=True, hidden_at=None)
    return render(request, "generation/photos.html", {**state(shoot), "tried": tried})


def state(shoot: Shoot) -> dict[str, Any]:
    """What the page shows of the photos, and where it asks for news."""
    found = list(shoot.photos.all())

    def image(photo: Photo) -> str:
        return reverse(
            "generation:photo_image", kwargs={"shoot": shoot.pk, "photo": photo.pk, "size": "thumb"}
        )

    return {
        "shoot": shoot,
        "tiles": tiles(found, image),
        "most": shoots.MOST_PHOTOS,
        "waiting": sum(photo.verdict == Verdict.WAITING for photo in found),
        "usable": sum(photo.accepted for photo in found),
        "coach": coach(shoot, found),
        "address": reverse("generation:photos", kwargs={"shoot": shoot.pk}),
    }


@csrf_exempt  # _add checks it, once the limits stand: the check itself reads the whole body
def photos(request: HttpRequest, shoot: UUID) -> HttpResponse:
    """GET: news for the page. POST: one photo of its script, or all of a form."""
    if not request.user.is_authenticated:
        if arriving.by_script(request) or request.htmx:
            return JsonResponse(
                {"error": _("You were signed out. Sign in again and the rest is sent.")}, status=401
            )
        return redirect_to_login(reverse("generation:shoot", kwargs={"shoot": shoot}))
    if request.method == "POST":
        mine = own(request, shoot)
        if unread := arriving.refuse_unread(request):
            return unread
        return _add(request, mine, uploads.watch(request))
    return _news(request, shoot)


@csrf_protect
def _add(request: HttpRequest, shoot: Shoot, limits: uploads.Limits) -> HttpResponse:
    if arriving.by_script(request):
        return arriving.answer(request, shoot, limits)
    arriving.take(request, shoot, limits)
    return redirect("generation:shoot", shoot=shoot.pk)


@require_safe
def _news(request: HttpRequest, shoot: UUID) -> HttpResponse:
    """204 while nothing changed, asked with one query."""
    if not request.htmx:
        return redirect("generation:shoot", shoot=shoot)
    if unchanged(request, Shoot.objects.visible_to(request.user).filter(pk=shoot)):
        return HttpResponse(status=204)
    mine = own(request, shoot)
    if mine.status != Status.DRAFT:  # submitted in another tab
        return HttpResponse(headers={"HX-Redirect": reverse("generation:shoot", kwargs={"shoot": shoot})})
    return render(request, "generation/photos_now.html", state(mine))


def unchanged(request: HttpRequest, shoot: Any) -> bool:
    seen = request.GET.get("seen", "")
    return seen.isdecimal() and shoot.filter(changed=seen, status=Status.DRAFT).exists()


@require_POST
@own_draft
def remove(request: HttpRequest, shoot: Shoot, photo: UUID) -> HttpResponse:
    try:
        intake.remove(get_object_or_404(shoot.photos.select_related("shoot"), pk=photo))
    except Refused as error:
        messages.error(request, str(error))
    if request.htmx:
        shoot.refresh_from_db()
        return render(request, "generation/photos_now.html", state(shoot))
    return redirect("generation:shoot", shoot=shoot.pk)
