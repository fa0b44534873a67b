"""The page that lists what the API offers, written from its own schema."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "pages/api.html",
        {"site": settings.SITE_URL, "base": reverse("api:docs"), "endpoints": endpoints()},
    )


@cache
def endpoints() -> list[dict[str, Any]]:
    """Path, method and what it does, in the order of the schema."""
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return [
        {
            "path": path.removeprefix(reverse("api:docs")),
            "method": method.upper(),
            "words": _words(item[method], method),
        }
        for path, item in schema["paths"].items()
        for method in METHODS
        if method in item
    ]


def _words(operation: dict[str, Any], method: str) -> str:
    """The docstring's sentence for this method."""
    words: str = operation.get("description", "")
    marks = [f"{name.upper()}: " for name in METHODS]
    if not words.startswith(tuple(marks)):
        return words
    mine = words.split(f"{method.upper()}: ")[-1]
    mine = min((mine.split(f" {mark}")[0] for mark in marks), key=len)
    return mine[:1].upper() + mine[1:]
