"""Downloads of one headshot: ready sizes and other backdrops, made when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from .. import media, renditions, tasks
from ..failures import Refused
from ..models import Headshot, Rendition, Shoot
from .doors import own_ready


@dataclass(frozen=True)
class Offer:
    """A version that can be had: its row is None until somebody asked for it."""

    what: str
    name: str
    detail: str  # "400 × 400", or a colour's code
    row: Rendition | None

    @property
    def pixels(self) -> str:
        """Of a version that came out smaller."""
        first = self.row.note.split(" ")[0] if self.row else ""
        return first.replace("x", " × ") if first[:1].isdigit() else ""

    @property
    def closer(self) -> bool:
        return bool(self.row and self.row.note.endswith("closer"))


@require_http_methods(["GET", "HEAD", "POST"])
@own_ready
def sizes(request: HttpRequest, shoot: Shoot, headshot: UUID) -> HttpResponse:
    """POST: ask for a version. GET: how far the asked-for ones are, for the page that polls."""
    one = get_object_or_404(media.gallery(shoot), pk=headshot)
    if request.method == "POST":
        try:
            tasks.nudge_rendition(renditions.ask(one, _what(request)))
        except Refused as error:
            messages.error(request, str(error))
    if not request.htmx:
        return redirect(reverse("generation:viewer", args=[shoot.pk, one.pk]) + "#downloads")
    return render(request, "generation/downloads.html", {"shoot": shoot, "headshot": one, **downloads(one)})


def _what(request: HttpRequest) -> str:
    """The pressed size or swatch; the colour field says its own colour."""
    if colour := request.POST.get("colour", ""):
        return renditions.BACKDROP + colour.removeprefix("#").lower()
    return request.POST.get("what", "")


def downloads(headshot: Headshot) -> dict[str, Any]:
    """What the block of downloads shows."""
    rows = {row.what: row for row in headshot.renditions.all()}
    names = {what: name.capitalize() for name, what in renditions.SWATCHES.items()}
    backdrops = [what for what in rows if what.startswith(renditions.BACKDROP)]
    return {
        "sizes": [
            Offer(what, size.name, f"{size.width} × {size.height}", rows.get(what))
            for what, size in renditions.offered(headshot)
        ],
        "backdrops": [
            Offer(what, names.get(what, ""), f"#{what.removeprefix(renditions.BACKDROP)}", rows[what])
            for what in backdrops
        ],
        "swatches": [(what, name, name.lower()) for what, name in names.items() if what not in rows],
        "waiting": any(row.made_at is None for row in rows.values()),
    }
