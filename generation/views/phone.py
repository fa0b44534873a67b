"""Going on with one's phone: a code that adds photos to one draft for a quarter of an hour, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from io import BytesIO
from typing import Any
from uuid import UUID

import qrcode
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe
from qrcode.image.svg import SvgPathImage

from .. import media, shoots, uploads
from ..models import Photo, Shoot, Status, Verdict
from ..tiles import tiles
from . import arriving
from .doors import own_draft
from .photos import unchanged

VALID = timedelta(minutes=15)
_signer = TimestampSigner(salt="generation.phone")


@require_safe
@never_cache
@own_draft
def code(request: HttpRequest, shoot: Shoot) -> HttpResponse:
    """A fresh code with its end, as part of the upload page or as a page of its own."""
    token = _signer.sign(shoot.pk.hex)
    shown = {
        "shoot": shoot,
        "token": token,
        "until": timezone.now() + VALID,
        "link": request.build_absolute_uri(reverse("generation:phone", kwargs={"token": token})),
    }
    template = "phone_code" if request.htmx else "phone_page"
    return render(request, f"generation/{template}.html", shown)


def for_phone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The draft that a token names: no sign-in, and nothing but that draft while the token lasts."""

    @never_cache
    @wraps(view)
    def show(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
        try:
            shoot = Shoot.objects.filter(
                pk=UUID(hex=_signer.unsign(token, max_age=VALID)), status=Status.DRAFT
            )
        except SignatureExpired:
            return _over(request, _("This code has run out. Show a new one on your computer and scan it."))
        except BadSignature:
            raise Http404 from None
        if not shoot.filter(release__withdrawn_at=None).exists():
            return _over(request, _("This shoot takes no more photos. Look at it on your computer."))
        return view(request, token, shoot, **more)

    return show


def _over(request: HttpRequest, sentence: str) -> HttpResponse:
    if arriving.by_script(request):
        return JsonResponse({"error": sentence}, status=410)
    return render(request, "generation/phone_over.html", {"sentence": sentence}, status=410)


@require_safe
@for_phone
def picture(request: HttpRequest, token: str, shoot: Any) -> HttpResponse:
    """The code as a picture of its own link."""
    link = request.build_absolute_uri(reverse("generation:phone", kwargs={"token": token}))
    drawn = BytesIO()
    qrcode.make(link, image_factory=SvgPathImage, border=0).save(drawn)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


@require_safe
@for_phone
def page(request: HttpRequest, token: str, shoot: Any) -> HttpResponse:
    return render(request, "generation/phone.html", _state(token, shoot.get()))


def _state(token: str, shoot: Shoot) -> dict[str, Any]:
    found = list(shoot.photos.all())

    def image(photo: Photo) -> str:
        return reverse("generation:phone_thumb", kwargs={"token": token, "photo": photo.pk})

    return {
        "shoot": shoot,
        "tiles": tiles(found, image),
        "most": shoots.MOST_PHOTOS,
        "waiting": sum(photo.verdict == Verdict.WAITING for photo in found),
        "usable": sum(photo.accepted for photo in found),
        "on_phone": True,
        "address": reverse("generation:phone_photos", kwargs={"token": token}),
    }


@csrf_exempt  # _add checks it, once the limits stand: the check itself reads the whole body
@require_http_methods(["GET", "HEAD", "POST"])
@for_phone
def photos(request: HttpRequest, token: str, shoot: Any) -> HttpResponse:
    """GET: news for the page. POST: one photo of its script, or all of a form."""
    if request.method == "POST":
        if unread := arriving.refuse_unread(request):
            return unread
        return _add(request, token, shoot.select_related("release").get(), uploads.watch(request))
    if not request.htmx:
        return redirect("generation:phone", token=token)
    if unchanged(request, shoot):
        return HttpResponse(status=204)
    return render(request, "generation/photos_now.html", _state(token, shoot.get()))


@csrf_protect
def _add(request: HttpRequest, token: str, shoot: Shoot, limits: uploads.Limits) -> HttpResponse:
    if arriving.by_script(request):
        return arriving.answer(request, shoot, limits)
    arriving.take(request, shoot, limits)
    return redirect("generation:phone", token=token)


@require_safe
@for_phone
def thumb(request: HttpRequest, token: str, shoot: Any, photo: UUID) -> HttpResponse:
    return media.thumbnail(request, get_object_or_404(Photo, pk=photo, shoot__in=shoot))
