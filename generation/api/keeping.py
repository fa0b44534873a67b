"""How long what was made is kept, as the subject wants it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Purpose

from .. import gallery as verbs
from ..models import Shoot, Status
from . import consent_shapes, consents, errors, shapes
from .doors import own, said, told


@told(shapes.ShootShape, takes=consent_shapes.ReleaseShape)
@api_view(["POST"])
def keep_longer(request: Request, shoot: UUID) -> Response:
    """Keep photos and identity 30 days longer, with a consent of its own (`purpose=keep_longer`)."""
    mine, given = _ready(request, shoot), said(consent_shapes.ReleaseShape, request)
    with transaction.atomic():
        verbs.keep_longer(mine, consents.give(given, Purpose.KEEP_LONGER, mine.subject))
    return _answer(mine)


@told(shapes.ShootShape, takes=shapes.DaysShape)
@api_view(["POST"])
def keep_for(request: Request, shoot: UUID) -> Response:
    """How many days after the gallery was ready its headshots go."""
    mine = _ready(request, shoot)
    verbs.keep_for(mine, said(shapes.DaysShape, request)["days"])
    return _answer(mine)


def _ready(request: Request, shoot: UUID) -> Shoot:
    mine = own(request, shoot)
    if mine.status != Status.READY:
        raise errors.Conflict(errors.NOT_READY)
    return mine


def _answer(shoot: Shoot) -> Response:
    shoot.refresh_from_db()
    return Response(shapes.ShootShape(shoot).data)
