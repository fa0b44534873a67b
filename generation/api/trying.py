"""The free try over the API: one selfie without an account, within the limits of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from allauth.core.internal import ratelimit
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    parser_classes,
    permission_classes,
)
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import client
from accounts.models import Purpose

from .. import leaving, media, tasks, tries
from ..engine import decoder
from ..models import Lost, Shoot
from . import consents, opening, shapes, try_shapes
from .doors import FILE, read_file, said, told

if TYPE_CHECKING:
    from django.http import HttpRequest

WORD = "Try"


class ByTry(BaseAuthentication):
    """``Authorization: Try …`` with the token of the answer that began it; it opens that one try."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Shoot] | None:
        word, _space, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if word.lower() != WORD.lower():
            return None
        return AnonymousUser(), of(secret.strip())

    def authenticate_header(self, request: Request) -> str:
        return WORD


def of(secret: str) -> Shoot:
    """The try of that secret, as long as there is one."""
    mine = tries.visible(secret).select_related("release").first()
    if mine is None:
        raise AuthenticationFailed(_("This try is over, and everything of it is deleted."))
    return mine


class HasTry(BasePermission):
    def has_permission(self, request: Request, view: object) -> bool:
        return isinstance(request.auth, Shoot)


@told(try_shapes.BegunShape, takes={"multipart/form-data": try_shapes.BeginShape}, status=201, auth=[])
@api_view(["POST"])
@authentication_classes([])
@permission_classes([AllowAny])
@parser_classes([MultiPartParser])
def begin(request: Request) -> Response:
    """Sign the short release (`purpose=try`) and send one selfie; `token` is shown this once.

    A program has no cookie that tells one device from another: its network counts as its device.
    """
    _slowly(request)
    address = client.address(cast("HttpRequest", request))
    device = f"program {tries.network(address)}"
    tries.check_limits(device, address)
    read_file(request)
    given = said(try_shapes.BeginShape, request)
    selfie, secret = _decoded(given), tries.token()
    with transaction.atomic():
        release = consents.give(given, Purpose.TRY, None)
        shoot = tries.begin(release, secret, device=device, address=address)
    _send(shoot, selfie, given)
    return Response({"token": secret, **try_shapes.TryShape(shoot).data}, status=201)


def _slowly(request: Request) -> None:
    plain = request._request
    if not ratelimit.consume(plain, app="generation", action="try", config=tries.RATES):
        raise Throttled(wait=60)


def _decoded(given: dict[str, Any]) -> decoder.Decoded:
    return decoder.decode(given["selfie"].read(), given["selfie"].name or "")


def _send(shoot: Shoot, selfie: decoder.Decoded, given: dict[str, Any]) -> None:
    tasks.nudge_photo(tries.send(shoot, selfie, given["selfie"].name or "selfie", uuid4()))


@told(try_shapes.TryShape, methods=["GET"])
@told(try_shapes.TryShape, takes={"multipart/form-data": try_shapes.SelfieShape}, methods=["PUT"])
@told(shapes.ReceiptShape, methods=["DELETE"])
@api_view(["GET", "PUT", "DELETE"])
@authentication_classes([ByTry])
@permission_classes([HasTry])
@parser_classes([MultiPartParser])
def mine(request: Request) -> Response:
    """GET: how far it is. PUT: a better selfie for a refused one. DELETE: everything goes now."""
    shoot = cast("Shoot", request.auth)
    if request.method == "PUT":
        _slowly(request)
        read_file(request)
        given = said(try_shapes.SelfieShape, request)
        _send(shoot, _decoded(given), given)
    elif request.method == "DELETE":
        return _end(shoot)
    shoot.refresh_from_db()
    return Response(try_shapes.TryShape(shoot).data)


def _end(shoot: Shoot) -> Response:
    try:
        leaving.withdraw(shoot.release)
    except (OSError, Lost):  # the sweeper goes on with it
        return opening.begun_to_go()
    return opening.receipt_of(shoot)


@told(FILE, kind="image/jpeg")
@api_view(["GET"])
@authentication_classes([ByTry])
@permission_classes([HasTry])
def picture(request: Request, number: int) -> HttpResponse:
    """One of its pictures, with the watermark."""
    shoot = cast("Shoot", request.auth)
    one = get_object_or_404(shoot.headshots.filter(shown=True, hidden_at=None), number=number)
    return media.full(cast("HttpRequest", request), one)
