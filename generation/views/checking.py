"""The public check: was this picture made here? Nothing that is sent to it is stored."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .. import marks, wording
from ..engine.types import BadInput

MOST = 8 * 1024 * 1024  # bytes; what is larger would have to be put on a disk, and no headshot of ours is
RATES = {"check": "20/m/ip"}


@csrf_exempt  # it changes nothing, and its body may be read only once the limit stands
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return render(request, "generation/check.html")
    if not ratelimit.consume(request, app="generation", action="check", config=RATES):
        return render(request, "429.html", status=429)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST:
        return _answer(request, error=_("This is larger than 8 MB; no picture of ours is."), status=413)
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    picture = request.FILES.get("picture")
    if not isinstance(picture, UploadedFile):
        return _answer(request, error=_("Choose a picture first."), status=400)
    try:
        return _answer(request, found=marks.check(picture.read()), name=picture.name)
    except BadInput as error:
        return _answer(request, error=wording.error(error), status=422)


def _answer(request: HttpRequest, *, status: int = 200, **said: object) -> HttpResponse:
    return render(request, "generation/check.html", said, status=status)
