"""The free try: one address for the whole of it, which shows what comes next to the browser that began it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import client, consent, receipts
from accounts.forms import ConsentForm
from accounts.models import Purpose

from .. import leaving, media, tasks, tries, uploads, wording
from ..engine import decoder
from ..engine.types import BadInput
from ..failures import Refused
from ..models import Lost, Shoot, Status
from .gallery import look_names

DEVICE = "device"  # the cookie that the limit of one try a day goes by; it lasts that day
HOUR, DAY = 3600, 86_400  # seconds
TOO_LARGE = "This file is larger than 50 MB; save a smaller copy of it."


@csrf_exempt  # _begin and _again check it, once the limits stand: the check itself reads the whole body
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """GET: what comes next. POST: the selfie, the first one with the release."""
    mine = own(request)
    if request.method == "POST":
        if not ratelimit.consume(request, app="generation", action="try", config=tries.RATES):
            return render(request, "429.html", status=429)
        if uploads.too_long(request, files=1):
            return HttpResponse(_(TOO_LARGE), status=413)
        limits = uploads.watch(request)
        return _again(request, mine, limits) if mine else _begin(request, limits)
    if mine:
        return render(request, "generation/try.html", state(mine))
    return _form(request, ConsentForm(purpose=Purpose.TRY))


def own(request: HttpRequest) -> Shoot | None:
    """The try that this browser began."""
    visitor = request.COOKIES.get(media.TRY_COOKIE, "")
    return tries.visible(visitor).select_related("release").first()


def _form(request: HttpRequest, form: ConsentForm, status: int = 200) -> HttpResponse:
    """The limits are told before anybody takes a selfie in vain. The cookies are set here already, so that
    whoever presses the button twice is known the second time."""
    visitor = request.COOKIES.get(media.TRY_COOKIE) or tries.token()
    device = request.COOKIES.get(DEVICE) or tries.token()
    try:
        tries.check_limits(device, client.address(request))
        response = render(request, "generation/try_form.html", {"form": form}, status=status)
    except Refused as error:
        response = _full(request, error)
    _remember(response, media.TRY_COOKIE, visitor, HOUR)
    if DEVICE not in request.COOKIES:
        _remember(response, DEVICE, device, DAY)
    return response


def _full(request: HttpRequest, error: Refused) -> HttpResponse:
    return render(request, "generation/try_full.html", {"sentence": str(error)}, status=429)


def _remember(response: HttpResponse, cookie: str, value: str, seconds: int) -> None:
    secure = settings.SITE_URL.startswith("https://")
    response.set_cookie(cookie, value, max_age=seconds, httponly=True, samesite="Lax", secure=secure)


@csrf_protect
def _begin(request: HttpRequest, limits: uploads.Limits) -> HttpResponse:
    form = ConsentForm(request.POST, purpose=Purpose.TRY)
    visitor = request.COOKIES.get(media.TRY_COOKIE) or tries.token()
    device = request.COOKIES.get(DEVICE) or tries.token()
    try:
        tries.check_limits(device, client.address(request))
        if not form.is_valid():
            return _form(request, form, status=422)
        selfie, name = _selfie(request, limits)
        with transaction.atomic():
            shoot = tries.begin(form.give(None), visitor, device=device, address=client.address(request))
        _send(shoot, selfie, name)
    except (BadInput, consent.NotGiven) as error:
        form.add_error(None, wording.error(error))
        return _form(request, form, status=422)
    except Refused as error:
        return redirect("generation:try") if own(request) else _full(request, error)  # pressed twice
    response = redirect("generation:try")
    _remember(response, media.TRY_COOKIE, visitor, HOUR)
    _remember(response, DEVICE, device, DAY)
    return response


@csrf_protect
def _again(request: HttpRequest, shoot: Shoot, limits: uploads.Limits) -> HttpResponse:
    """Another selfie after a refused one."""
    try:
        _send(shoot, *_selfie(request, limits))
    except (BadInput, Refused) as error:
        messages.error(request, wording.error(error))
    return redirect("generation:try")


def _selfie(request: HttpRequest, limits: uploads.Limits) -> tuple[decoder.Decoded, str]:
    """The picture that was chosen or taken, decoded. Raises BadInput."""
    file = next((file for file in request.FILES.getlist("selfie") if file.size), None)
    if limits.too_large:
        raise BadInput(_(TOO_LARGE))
    if file is None:
        raise BadInput(_("Choose or take a selfie first."))
    return decoder.decode(file.read(), file.name or ""), file.name or "selfie"


def _send(shoot: Shoot, selfie: decoder.Decoded, name: str) -> None:
    tasks.nudge_photo(tries.send(shoot, selfie, name, uuid4()))


@never_cache
@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """The changing part; 204 while nothing changed."""
    mine = own(request)
    if mine is None:
        messages.info(request, _("Your free try is over, and everything of it is deleted."))
        return HttpResponse(headers={"HX-Refresh": "true"})
    shown = state(mine)
    if request.GET.get("seen") == shown["seen"]:
        return HttpResponse(status=204)
    return render(request, "generation/_try.html", shown)


def state(shoot: Shoot) -> dict[str, Any]:
    """Where the try is, its pictures so far and what was wrong with the selfie."""
    photo = shoot.photos.last()
    names = look_names()
    made = shoot.headshots.filter(shown=True, hidden_at=None).order_by("rank", "number")
    pictures = [(one, names.get(one.look, one.look)) for one in made]
    now = tries.step(shoot, photo, len(pictures))
    ahead = tries.ahead(shoot) if now == "waiting" else 0
    return {
        "shoot": shoot,
        "photo": photo,
        "step": now,
        "pictures": pictures,
        "missing": range(shoot.asked - len(pictures)) if shoot.status == Status.SUBMITTED else (),
        "reasons": [wording.reason(one) for one in (*photo.reasons, *photo.set_reasons)] if photo else [],
        "ahead": ahead,
        "seconds": round(tries.until_first_picture(shoot).total_seconds()),
        "seen": f"{shoot.changed}.{now}.{ahead}",
    }


@never_cache
@require_POST
def delete(request: HttpRequest) -> HttpResponse:
    """Withdraw, end the work, delete; the receipt is shown once, since nobody is known to send it to."""
    mine = own(request)
    if mine is None:
        return redirect("generation:try")
    gone: dict[str, Any] = {}
    try:
        if done := leaving.withdraw(mine.release):
            gone = {"envelope": receipts.envelope(done.receipt, done.receipt_signature)}
    except (OSError, Lost):  # the sweeper goes on with it
        pass
    response = render(request, "generation/try_gone.html", gone)
    response.delete_cookie(media.TRY_COOKIE, samesite="Lax")
    return response


@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def keep(request: HttpRequest) -> HttpResponse:
    """With the full release the try goes on as a shoot of the account."""
    mine = own(request)
    if mine is None:
        messages.info(request, _("There is no free try of this browser any more. Open a shoot instead."))
        return redirect("generation:new_shoot")
    if mine.status != Status.READY:
        messages.info(request, _("The try can be kept once its pictures are there."))
        return redirect("generation:try")
    form = ConsentForm(request.POST or None, purpose=Purpose.HEADSHOTS)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                tries.adopt(mine, request.user, form.give(request.user))
        except consent.NotGiven as error:
            form.add_error(None, str(error))
        else:
            response = redirect("generation:shoot", shoot=mine.pk)
            response.delete_cookie(media.TRY_COOKIE, samesite="Lax")
            return response
    return render(request, "generation/try_keep.html", {"form": form, "shoot": mine})
