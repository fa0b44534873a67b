"""The subject's yes: its text, its signing, what was signed so far, and taking it back."""

from __future__ import annotations

import json
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import consent, receipts
from accounts.models import Purpose, Release, User

from .. import leaving
from ..models import Lost
from . import consent_shapes, shapes
from .doors import told


@told(consent_shapes.TextShape, parameters=[consent_shapes.PurposeShape])
@api_view(["GET"])
@permission_classes([AllowAny])
def text(request: Request) -> Response:
    """The text that `purpose` needs the subject's yes to; without one, that of a shoot."""
    asked = consent_shapes.PurposeShape(data=request.query_params)
    asked.is_valid(raise_exception=True)
    return Response(
        consent_shapes.TextShape(consent.current(asked.validated_data["purpose"], _locale())).data
    )


def give(said: dict[str, Any], purpose: Purpose, user: User | None) -> Release:
    """Sign what a ``ReleaseShape`` said. Raises consent.NotGiven."""
    shown = consent.current(purpose, _locale())
    if said["text"] != shown.sha256:
        raise consent.NotGiven(
            _("The text was renewed meanwhile. Please read the present one and agree again.")
        )
    return consent.give(
        purpose=purpose,
        user=user,
        is_subject=said["is_subject"],
        is_adult=said["is_adult"],
        locale=shown.locale,
        text=shown,
    )


def _locale() -> str:
    return get_language() or consent.FALLBACK


@told(consent_shapes.ConsentShape(many=True), operation_id="consents_list")
@api_view(["GET"])
def all_consents(request: Request) -> Response:
    """Every release that the person signed, the newest first; what stands has no `withdrawn_at`."""
    return Response(consent_shapes.ConsentShape(_of(request).order_by("-given_at"), many=True).data)


def _of(request: Request) -> QuerySet[Release]:
    return Release.objects.filter(user=cast("User", request.user)).select_related(
        "text", "shoot", "kept_shoot"
    )


@told(shapes.ReceiptShape, methods=["GET"])
@told(consent_shapes.ConsentShape, methods=["DELETE"])
@api_view(["GET", "DELETE"])
def one_consent(request: Request, pk: UUID) -> Response:
    """GET: its signed receipt. DELETE: withdraw it; work ends, and what was made under it is deleted."""
    release = get_object_or_404(_of(request), pk=pk)
    if request.method == "GET":
        return Response(json.loads(receipts.envelope(release.receipt, release.signature)))
    try:
        leaving.withdraw(release)
    except (OSError, Lost):  # the sweeper goes on with it
        return Response(consent_shapes.ConsentShape(release).data, status=202)
    return Response(consent_shapes.ConsentShape(release).data)
