"""The gallery: selects first, then the rest, to be looked through, filtered and marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import gallery as verbs
from .. import media, readings, takedowns
from ..failures import GUARANTEE
from ..models import CatalogueLook, Headshot, Shoot
from .doors import own_ready

NEEDED = ("shoot", "look", "rank", "select", "favourite", "likeness", "yaw")  # of each headshot
EAGER = 4  # pictures that are on the screen at once; the others load when they come near


@dataclass(frozen=True)
class Tile:
    """One headshot as the contact sheet shows it."""

    row: Headshot
    look: SafeString
    words: SafeString  # what a screen reader says instead of the picture
    button: SafeString  # the star
    frame: SafeString  # picture, line and star


def tiles(shoot: Shoot, headshots: Iterable[Headshot], names: Mapping[str, str]) -> list[Tile]:
    """Templates are rendered and words escaped once, and filled here: of 200, every look-up is felt."""
    base = reverse("generation:shoot", args=[shoot.pk])
    frame, button = (render_to_string(f"generation/{name}.html") for name in ("frame", "favourite"))
    plain = escape(_("Headshot {rank}, {look}"))
    full = escape(_("Headshot {rank}, {look}, likeness {likeness} of 100"))
    star = escape(_("Favourite, headshot {rank}"))
    labels = {slug: escape(name) for slug, name in names.items()}
    made = []
    for place, one in enumerate(headshots):
        look, likeness = labels.get(one.look) or escape(one.look), readings.likeness(one)
        words = filled(plain if likeness is None else full, rank=one.rank, look=look, likeness=likeness)
        gaps = {"pk": one.pk, "address": f"{base}{one.pk}/"}
        pressed = filled(
            button,
            **gaps,
            next="0" if one.favourite else "1",
            pressed="true" if one.favourite else "false",
            star=filled(star, rank=one.rank),
        )
        framed = filled(
            frame,
            **gaps,
            rank=one.rank,
            look=look,
            likeness="" if likeness is None else likeness,
            words=words,
            loading="lazy" if place >= EAGER else "eager",
            button=pressed,
        )
        made.append(Tile(one, look, words, pressed, framed))
    return made


def filled(pattern: SafeString, **gaps: object) -> SafeString:
    """The pattern with its gaps; what fills them is a number, an address of ours or escaped already."""
    return mark_safe(pattern.format(**gaps))


def page(request: HttpRequest, shoot: Shoot) -> HttpResponse:
    headshots, chosen = list(media.gallery(shoot).only(*NEEDED)), asked_for(request)
    names = look_names()
    shown = tiles(shoot, chosen.picks(headshots), names)
    looks = {one.look for one in headshots}
    poses = {readings.pose(one) for one in headshots}
    return render(
        request,
        "generation/gallery.html",
        {
            "shoot": shoot,
            "selects": [tile for tile in shown if tile.row.select],
            "rest": [tile for tile in shown if not tile.row.select],
            "all": len(headshots),
            "favourites": sum(one.favourite for one in headshots),
            "chosen": chosen,
            "looks": [(slug, name) for slug, name in names.items() if slug in looks],
            "poses": [(key, words) for key, words in readings.POSES.items() if key in poses],
            "guarantee": GUARANTEE.get(shoot.guarantee, ""),
            "hidden": takedowns.standing(shoot),
            "longer": verbs.longer_until(shoot),
            "choices": verbs.choices(shoot, timezone.now()),
        },
    )


def asked_for(request: HttpRequest) -> verbs.Filter:
    """The filter of the address; what it does not know hides nothing."""
    pose = request.GET.get("pose", "")
    return verbs.Filter(
        look=request.GET.get("look", ""),
        pose=pose if pose in readings.POSES else "",
        favourites="favourites" in request.GET,
    )


def look_names() -> dict[str, str]:
    """Names of looks by their slug; of several versions the newest."""
    rows = CatalogueLook.objects.order_by("place", "version").values_list("slug", "name")
    return dict(rows)


@require_POST
@own_ready
def favourite(request: HttpRequest, shoot: Shoot, headshot: UUID) -> HttpResponse:
    """Mark or unmark, as the button said, so that pressing twice does no harm."""
    one = get_object_or_404(media.gallery(shoot), pk=headshot)
    verbs.mark(one, favourite=request.POST.get("favourite") == "1")
    if request.htmx:
        favourites = media.gallery(shoot).filter(favourite=True).count()
        shown = {"shoot": shoot, "tile": tiles(shoot, [one], look_names())[0], "favourites": favourites}
        return render(request, "generation/marked.html", shown)
    back = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}):
        return redirect(f"{back}#frame-{one.pk}")
    return redirect("generation:shoot", shoot=shoot.pk)
