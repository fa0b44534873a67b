"""One headshot: large, beside an own photo, with its figures and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import gallery as verbs
from .. import media, readings, tasks
from ..failures import Refused
from ..models import Headshot, Lost, Photo, Report, Shoot
from .doors import own_ready
from .gallery import look_names, tiles
from .sizes import downloads

AROUND = 1.9  # times the face's height: what of an own photo is shown beside a headshot
MOST_OWN = 20


@dataclass(frozen=True)
class OwnPhoto:
    """An own photo, and the square around its face as an SVG viewBox."""

    photo: Photo
    view: str


@require_safe
@own_ready
def viewer(request: HttpRequest, shoot: Shoot, headshot: UUID) -> HttpResponse:
    shown = list(media.gallery(shoot))
    place = next((i for i, one in enumerate(shown) if one.pk == headshot), None)
    if place is None:
        raise Http404
    one, own = shown[place], own_photos(shoot)
    beside = next((mine for mine in own if str(mine.photo.pk) == request.GET.get("own")), None)
    return render(
        request,
        "generation/viewer.html",
        {
            "shoot": shoot,
            "headshot": one,
            "tile": tiles(shoot, [one], look_names())[0],
            "place": place + 1,
            "count": len(shown),
            "previous": shown[place - 1] if place else None,
            "next": shown[place + 1] if place + 1 < len(shown) else None,
            "likeness": readings.likeness(one),
            "pose": readings.POSES[readings.pose(one)],
            "skin": readings.skin(one),
            "sharpness": readings.sharpness(one, shown),
            "own": own,
            "beside": beside,
            "reports": Report.choices,
            "can_redo": verbs.can_redo(shoot),
            "longer": verbs.longer_until(shoot),
            **downloads(one),
        },
    )


def own_photos(shoot: Shoot) -> list[OwnPhoto]:
    """The photos that it was made from; their rows go with the files."""
    usable = [photo for photo in shoot.photos.all() if photo.accepted]
    return [OwnPhoto(photo, _square(photo)) for photo in usable[:MOST_OWN]]


def _square(photo: Photo) -> str:
    """The face in the middle of a square within the photo; the middle of the photo where no face is known."""
    left, top, right, bottom = photo.box or (0.0, 0.0, 1.0, 1.0)
    side = min(photo.width, photo.height)
    if photo.box:
        side = min(side, round(AROUND * (bottom - top) * photo.height))
    x = min(max((left + right) / 2 * photo.width - side / 2, 0), photo.width - side)
    y = min(max((top + bottom) / 2 * photo.height - side / 2, 0), photo.height - side)
    return f"{x:.0f} {y:.0f} {side} {side}"


@require_POST
@own_ready
def report(request: HttpRequest, shoot: Shoot, headshot: UUID) -> HttpResponse:
    """What is wrong with it; with the second button also the one free redo."""
    one = get_object_or_404(media.gallery(shoot).select_related("shoot__release"), pk=headshot)
    why = request.POST.get("why", "")
    if why not in Report.values:
        messages.error(request, _("Choose what is wrong first."))
    elif request.POST.get("then") == "redo":
        return _redo(request, one, why)
    else:
        verbs.report(one, why)
        messages.success(request, _("Noted. Thank you: this is how the ranking gets better."))
    return redirect("generation:viewer", shoot=shoot.pk, headshot=one.pk)


def _redo(request: HttpRequest, one: Headshot, why: str) -> HttpResponse:
    try:
        verbs.redo(one, why)
        tasks.nudge(one.shoot)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("generation:viewer", shoot=one.shoot_id, headshot=one.pk)
    except Lost:  # asked for twice at once
        pass
    return redirect("generation:shoot", shoot=one.shoot_id)
