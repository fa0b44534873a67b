"""The public pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found

from billing import pricing
from generation.engine.reasons import ADVICE, REFUSALS
from generation.periods import PERIODS, in_words

from .figures import figures

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True)
class Sample:
    """A picture drawn by the embedded model; ``chosen`` ones wear the pencil ring."""

    file: str
    look: StrPromise
    chosen: bool = False


CONTACT_SHEET = (
    Sample("img/samples/frame-01.webp", _("Low key")),
    Sample("img/samples/frame-02.webp", _("Warm beige"), chosen=True),
    Sample("img/samples/frame-03.webp", _("Open office")),
    Sample("img/samples/frame-04.webp", _("Garden")),
    Sample("img/samples/frame-05.webp", _("Studio grey")),
    Sample("img/samples/frame-06.webp", _("Close portrait"), chosen=True),
    Sample("img/samples/frame-07.webp", _("Clean white")),
    Sample("img/samples/frame-08.webp", _("Deep teal")),
    Sample("img/samples/frame-09.webp", _("Boardroom"), chosen=True),
    Sample("img/samples/frame-10.webp", _("Studio blue")),
    Sample("img/samples/frame-11.webp", _("Deep teal"), chosen=True),
    Sample("img/samples/frame-12.webp", _("Open office")),
)


# Of the bundled person, whose shoot is ``pricing.PICTURES``.
PHOTOS = tuple(f"img/guide/{name}.webp" for name in ("front", "three-quarter", "other-side", "smile"))


# One picture coming out of noise: after how many of the preview model's 14 steps.
DEVELOPING = tuple(zip((f"img/how/step-{n}.webp" for n in range(1, 6)), (0, 6, 9, 11, 14), strict=True))


@dataclass(frozen=True)
class Example:
    """A photo of the guide and what the intake says about it, in the intake's own words."""

    file: str
    title: StrPromise
    sentence: StrPromise | str


GOOD = (
    Example(
        "img/guide/front.webp",
        _("From the front"),
        _("Eyes open and visible, the whole head in the picture."),
    ),
    Example("img/guide/three-quarter.webp", _("Three-quarter"), _("Turn the head, not only the eyes.")),
    Example(
        "img/guide/other-side.webp", _("The other side"), _("Faces are not symmetric: show both halves.")
    ),
    Example("img/guide/smile.webp", _("A smile"), _("A calm face and a smile are enough; no grimaces.")),
)
BAD = (
    Example("img/guide/blurred.webp", _("Blurred"), REFUSALS["blurred"]),
    Example("img/guide/too-dark.webp", _("Too dark"), REFUSALS["too_dark"]),
    Example("img/guide/eyes-hidden.webp", _("Sunglasses"), REFUSALS["eyes_hidden"]),
    Example("img/guide/face-covered.webp", _("Covered"), REFUSALS["face_covered"]),
    Example("img/guide/several-faces.webp", _("Not alone"), REFUSALS["several_faces"]),
    Example("img/guide/heavy-filter.webp", _("Filtered"), ADVICE["heavy_filter"]),
)


def page(template: str, **context: Any) -> Any:
    """A view that shows ``template`` with the measured figures and what else it needs."""

    @require_safe
    def show(request: HttpRequest) -> HttpResponse:
        return render(request, f"pages/{template}.html", {"figures": figures(), **context})

    return show


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """The first page, with the price list in the currency that was asked for."""
    prices = pricing.listed(pricing.wish(request.GET.dict()))
    shown = {"figures": figures(), "samples": CONTACT_SHEET, "photos": PHOTOS, **prices}
    return render(request, "pages/landing.html", shown)


@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    periods = [(period, in_words(period.length)) for period in PERIODS.values()]
    return render(request, "pages/retention.html", {"periods": periods})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Programs are told in their own form, also where no address of the API is."""
    if request.path.startswith(reverse("api:docs")):
        return JsonResponse({"error": gettext("There is nothing at this address.")}, status=404)
    return page_not_found(request, exception)


urls = [
    path("", landing, name="landing"),
    path("how-it-works/", page("how", developing=DEVELOPING), name="how"),
    path("photo-guide/", page("photo_guide", good=GOOD, bad=BAD), name="photo_guide"),
    path("privacy/", page("privacy"), name="privacy"),
    path("retention/", retention, name="retention"),
    path("terms/", page("terms"), name="terms"),
    path("help/", page("help"), name="help"),
    path("not-for-passports/", page("not_for_passports"), name="not_for_passports"),
]
