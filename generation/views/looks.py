"""Choosing what the headshots shall be."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from .. import catalogue, intake, look_pictures, media, shoots
from ..engine.looks import CATALOGUE
from ..engine.sketch import control_image
from ..failures import Refused
from ..forms import looks_form
from ..models import CatalogueLook, LookDraft, Lost, Shoot
from .doors import own_draft

SKETCH = 256  # pixels


@require_http_methods(["GET", "POST"])
@own_draft
def choose(request: HttpRequest, shoot: Shoot) -> HttpResponse:
    form = looks_form(request.POST or None, shoot=shoot, noticed=intake.noticed(shoot))
    if request.method == "POST" and form.is_valid():
        try:
            shoots.choose(
                shoot,
                looks=form.cleaned_data["looks"],
                direction=form.direction(),
                keep=form.keep(),
                asked=form.asked_for(),
            )
            return redirect("generation:review", shoot=shoot.pk)
        except Refused as error:
            form.add_error(None, str(error))
        except Lost:  # submitted in another tab
            return redirect("generation:shoot", shoot=shoot.pk)
    ticked = set(form["looks"].value() or ())
    cards = [(look, example(look), look.key in ticked) for look in form.catalogue]
    return render(request, "generation/looks.html", {"shoot": shoot, "form": form, "cards": cards})


def example(look: CatalogueLook) -> str:
    """Address of a picture that the engine made with the look; of its sketch where none was made yet."""
    made = f"img/looks/{look.slug}.webp"
    shipped = CATALOGUE.get(look.slug)
    if shipped and shipped.version == look.version and _exists(made):
        return static(made)
    what = "look_picture" if look_pictures.first(look) else "look_sketch"
    return reverse(f"generation:{what}", kwargs={"slug": look.slug, "version": look.version})


@cache
def _exists(name: str) -> bool:
    return finders.find(name) is not None


@require_safe
@cache_control(public=True, max_age=86_400)
def sketch(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """What the model is shown for a look: nobody's face, so anybody may see it."""
    look = catalogue.as_look(get_object_or_404(CatalogueLook, slug=slug, version=version).data)
    drawn = BytesIO()
    control_image(look, look.directions[0], SKETCH).save(drawn, "PNG")
    return HttpResponse(drawn.getvalue(), content_type="image/png")


@require_safe
def picture(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """What a look that staff made and published comes out as: nobody's face either."""
    draft = get_object_or_404(LookDraft, look__slug=slug, look__version=version, published_at__isnull=False)
    if not draft.drawn:
        raise Http404
    return media.look_picture(request, draft, str(draft.drawn[0]))
