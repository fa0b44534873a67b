"""One photo per request in, an answer in words out; the same for the person and for their phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from .. import intake, tasks, wording
from ..engine.types import BadInput
from ..failures import Refused
from ..models import Shoot, Verdict
from ..shoots import MOST_PHOTOS
from ..uploads import Limits, too_long
from ..vault import Gone

# A request without ``upload`` comes from a form that sends itself, with all files at once.
LARGER = "{name} is larger than 50 MB; save a smaller copy of it."


def by_script(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def refuse_unread(request: HttpRequest) -> HttpResponse | None:
    """An answer to a request that is longer than its photos may be; its body stays unread."""
    if not too_long(request, 1 if by_script(request) else MOST_PHOTOS):
        return None
    sentence = _("That is more than 50 MB; save a smaller copy of the photo.")
    return (
        JsonResponse({"error": sentence}, status=413)
        if by_script(request)
        else HttpResponse(sentence, status=413)
    )


def take(request: HttpRequest, shoot: Shoot, limits: Limits) -> None:
    """All files of a form, each with its own sentence when it cannot be used."""
    files = request.FILES.getlist("photo")  # reads the request; before, the limits have seen nothing
    for name in limits.too_large:
        messages.error(request, _(LARGER).format(name=name))
    if limits.too_many:
        messages.error(request, _("A shoot takes up to 20 photos; only the first 20 were read."))
    for file in files:
        try:
            _receive(shoot, uuid4(), file)
        except (BadInput, Refused) as error:
            messages.error(request, wording.error(error))
        except Gone:
            return


def answer(request: HttpRequest, shoot: Shoot, limits: Limits) -> JsonResponse:
    """One file of the page's script, with the script's own key for it."""
    file = request.FILES.get("photo")
    if limits.too_large:
        return JsonResponse({"error": _(LARGER).format(name=limits.too_large[0])}, status=413)
    try:
        upload = UUID(request.POST.get("upload", ""))
    except ValueError:
        file = None
    if file is None:
        return JsonResponse({"error": _("Send one photo, with a key of its own.")}, status=400)
    try:
        photo = _receive(shoot, upload, file)
    except BadInput as error:
        return JsonResponse({"error": wording.error(error)}, status=422)
    except Refused as error:
        return JsonResponse({"error": str(error)}, status=409)
    except Gone:
        return JsonResponse({"error": _("This shoot was deleted meanwhile; open a new one.")}, status=409)
    return JsonResponse({"photo": str(photo)}, status=201)


def _receive(shoot: Shoot, upload: UUID, file: UploadedFile[Any]) -> UUID:
    photo = intake.receive(shoot, upload, file.read(), file.name or "")
    if photo.verdict == Verdict.WAITING:
        tasks.nudge_photo(photo)
    return photo.pk
