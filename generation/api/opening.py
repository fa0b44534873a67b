"""A shoot that opens with a consent, where it stands, and its end."""

from __future__ import annotations

import json
from uuid import UUID

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import receipts
from accounts.models import Purpose, Release

from .. import gallery as verbs
from .. import shoots, tries
from ..models import Lost, Shoot, Status
from . import consent_shapes, consents, errors, shapes
from .doors import own, said, told


@told(shapes.ShootShape(many=True), methods=["GET"], operation_id="shoots_list")
@told(shapes.ShootShape, takes=consent_shapes.OpenShape, status=201, methods=["POST"])
@api_view(["GET", "POST"])
def all_shoots(request: Request) -> Response:
    """GET: the person's shoots, the newest first. POST: sign the release and open a shoot."""
    if request.method == "GET":
        mine = Shoot.objects.visible_to(request.user).prefetch_related("photos")
        return Response(shapes.ShootShape(mine, many=True).data)
    given = said(consent_shapes.OpenShape, request)
    with transaction.atomic():
        release = consents.give(given, Purpose.HEADSHOTS, request.user)
        shoot = _kept(given["try_token"], release) if given["try_token"] else _opened(release)
    return Response(shapes.ShootShape(shoot).data, status=201)


def _opened(release: Release) -> Shoot:
    assert release.user is not None
    return shoots.open_shoot(release.user, release)


def _kept(secret: str, release: Release) -> Shoot:
    """The free try goes on as a shoot of the account; its pictures stay with it."""
    mine = tries.visible(secret).first()
    if mine is None:
        raise errors.Conflict(_("This try is over, and everything of it is deleted."))
    if mine.status != Status.READY:
        raise errors.Conflict(_("The try can be kept once its pictures are there."))
    assert release.user is not None
    tries.adopt(mine, release.user, release)
    return mine


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
        return begun_to_go()
    return receipt_of(mine)


def begun_to_go() -> Response:
    return Response({"detail": _("The deletion has begun; the receipt follows within a minute.")}, status=202)


@told(shapes.ReceiptShape)
@api_view(["GET"])
def receipt(request: Request, shoot: UUID) -> Response:
    """The signed receipt of a deleted shoot."""
    gone = Shoot.objects.visible_to(request.user).filter(status=Status.PURGED)
    return receipt_of(get_object_or_404(gone, pk=shoot))


def receipt_of(shoot: Shoot) -> Response:
    shoot.refresh_from_db()
    return Response(json.loads(receipts.envelope(shoot.receipt, shoot.receipt_signature)))
