"""Released headshots and their files; nothing of a member that they did not release."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Company

from ... import media, vault
from ...engine.sizes import SIZES
from ...models import Portrait
from ..doors import FILE
from . import shapes
from .doors import asked, company, for_programs, page, told


def standing(company: Company) -> QuerySet[Portrait]:
    """What its members released and did not take back."""
    released = Portrait.objects.filter(made_at__isnull=False, released_at__isnull=False, ended_at=None)
    return released.filter(member__company=company, member__left_at=None).select_related("member")


def _formats(company: Company) -> dict[str, Any]:
    return {"formats": dict(company.brands.values_list("department", "formats"))}


@told(shapes.PortraitsShape, parameters=[shapes.SinceShape], operation_id="company_portraits")
@for_programs(GET="portraits:read")
def portraits(request: Request) -> Response:
    """A page of everything that is released."""
    mine, wanted = company(request), asked(shapes.SinceShape, request)
    found = standing(mine)
    if "since" in wanted:
        found = found.filter(released_at__gte=wanted["since"])
    return Response(page(request, found, wanted.get("after"), shapes.PortraitShape, _formats(mine)))


@told(shapes.PortraitShape(many=True), operation_id="company_member_portraits")
@for_programs(GET="portraits:read")
def member_portraits(request: Request, member: UUID) -> Response:
    """One to three released headshots of a member, the main one first; none before they released one."""
    mine = company(request)
    found = get_object_or_404(mine.members.filter(left_at=None), pk=member)
    released = standing(mine).filter(member=found).order_by("place")
    return Response(shapes.PortraitShape(released, many=True, context=_formats(mine)).data)


@told(FILE, kind="image/*")
@for_programs(GET="portraits:read")
def file(request: Request, portrait: UUID, size: str) -> HttpResponse:
    """A file of a released headshot: `full`, `preview`, `thumb`, or a size of the brand's `formats`."""
    found = get_object_or_404(standing(company(request)), pk=portrait)
    if size not in media.PICTURES and size not in SIZES:
        raise Http404
    try:
        data = vault.get(found.pk, "portraits", size)
    except (vault.Missing, vault.Gone):
        raise Http404 from None
    kind = media.PICTURES.get(size) or ("image/png" if SIZES[size].round else "image/jpeg")
    return HttpResponse(data, content_type=kind, headers=media.PRIVATE)
