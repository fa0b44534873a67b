"""How a program gets at a shoot, and what every answer is described with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from .. import media
from ..models import Headshot, Shoot, Status
from . import errors, shapes

View = TypeVar("View", bound=Callable[..., Any])
FILE = OpenApiTypes.BINARY


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
