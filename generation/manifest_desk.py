"""Staff's page of the models: what each is for, whose it is, and whether its bytes are pinned."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from . import manifest


def page(request: HttpRequest, shown: dict[str, Any]) -> HttpResponse:
    listed = {"models": list(manifest.models()), "model": settings.MODEL}
    return TemplateResponse(request, "staff/models.html", {**shown, **listed})
