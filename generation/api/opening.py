"""The consent, a shoot that opens with it, where it stands, and its end."""

from __future__ import annotations

import json
from uuid import UUID

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import consent, receipts
from accounts.models import Purpose

from .. import gallery as verbs
from .. import shoots
from ..models import Lost, Shoot, Status
from . import shapes
from .doors import own, said, told


@told(shapes.TextShape)
@api_view(["GET"])
def text(request: Request) -> Response:
    """The consent text that a new shoot needs the subject's yes to."""
    return Response(shapes.TextShape(consent.current(Purpose.HEADSHOTS, _locale())).data)


def _locale() -> str:
    return get_language() or consent.FALLBACK


@told(shapes.ShootShape(many=True), methods=["GET"], operation_id="shoots_list")
@told(shapes.ShootShape, takes=shapes.ReleaseShape, status=201, methods=["POST"])
@api_view(["GET", "POST"])
def all_shoots(request: Request) -> Response:
    """GET: the person's shoots, the newest first. POST: sign the release and open a shoot."""
    if request.method == "GET":
        mine = Shoot.objects.visible_to(request.user).prefetch_related("photos")
        return Response(shapes.ShootShape(mine, many=True).data)
    given, shown = said(shapes.ReleaseShape, request), consent.current(Purpose.HEADSHOTS, _locale())
    if given.pop("text") != shown.sha256:
        raise consent.NotGiven(
            _("The text was renewed meanwhile. Please read the present one and agree again.")
        )
    with transaction.atomic():
        release = consent.give(
            purpose=Purpose.HEADSHOTS, user=request.user, locale=shown.locale, text=shown, **given
        )
        shoot = shoots.open_shoot(request.user, release)
    return Response(shapes.ShootShape(shoot).data, status=201)


@told(shapes.ShootShape, methods=["GET"])
@told(shapes.ReceiptShape, methods=["DELETE"])
@api_view(["GET", "DELETE"])
def one_shoot(request: Request, shoot: UUID) -> Response:
    """GET: where it stands. DELETE: everything of it goes now; the answer is the signed receipt."""
    mine = own(request, shoot)
    if request.method == "GET":
        return Response(shapes.ShootShape(mine).data)
    try:
        verbs.delete_now(mine)
    except (OSError, Lost):  # the sweeper goes on with it
        return Response(
            {"detail": _("The deletion has begun; the receipt follows within a minute.")}, status=202
        )
    return receipt_of(mine)


@told(shapes.ReceiptShape)
@api_view(["GET"])
def receipt(request: Request, shoot: UUID) -> Response:
    """The signed receipt of a deleted shoot."""
    gone = Shoot.objects.visible_to(request.user).filter(status=Status.PURGED)
    return receipt_of(get_object_or_404(gone, pk=shoot))


def receipt_of(shoot: Shoot) -> Response:
    shoot.refresh_from_db()
    return Response(json.loads(receipts.envelope(shoot.receipt, shoot.receipt_signature)))
