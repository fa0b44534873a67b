"""How a program gets at a shoot, and what every answer is described with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from .. import media, uploads
from ..models import Headshot, Shoot, Status
from . import errors, shapes

if TYPE_CHECKING:
    from django.http import HttpRequest

View = TypeVar("View", bound=Callable[..., Any])
FILE = OpenApiTypes.BINARY
LARGER = "This photo is larger than 50 MB; save a smaller copy of it."


def own(request: Request, shoot: UUID) -> Shoot:
    """The person's own shoot; anybody else's is not there."""
    return get_object_or_404(Shoot.objects.visible_to(request.user).select_related("release"), pk=shoot)


def own_headshot(request: Request, shoot: UUID, headshot: UUID) -> Headshot:
    """One of the gallery, once it is open."""
    mine = own(request, shoot)
    if mine.status != Status.READY:
        raise errors.Conflict(errors.NOT_READY)
    return get_object_or_404(media.gallery(mine).select_related("shoot__release"), pk=headshot)


def said(shape: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """What the request says, checked by its shape."""
    form = shape(data=request.data)
    form.is_valid(raise_exception=True)
    found: dict[str, Any] = form.validated_data
    return found


def read_file(request: Request) -> None:
    """Read a request with one photo; the limits stand before anything reads its body."""
    plain = cast("HttpRequest", request)
    if uploads.too_long(plain, files=1):
        raise errors.TooLarge(_(LARGER))
    limits = uploads.watch(plain)
    request.FILES  # noqa: B018 (reads the body)
    if limits.too_large:
        raise errors.TooLarge(_(LARGER))


def told(
    gives: Any = None, *, takes: Any = None, status: int = 200, kind: str | None = None, **more: Any
) -> Callable[[View], View]:
    """The schema of one view: what it takes and gives; every failure is one sentence."""
    key: Any = (status, kind) if kind else status
    answers = {key: gives, "4XX": OpenApiResponse(shapes.ErrorShape, "What to do about it, in a sentence.")}
    described: Callable[[View], View] = extend_schema(request=takes, responses=answers, **more)
    return described


class Scheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema tells of tokens."""

    target_class = "accounts.api.ByToken"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token of your account page."}


class TryScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The same of the one try that somebody without an account began."""

    target_class = "generation.api.trying.ByTry"
    name = "try"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Try` and the token of the answer that began the free try.",
        }
