"""The company itself: its totals, departments, brand and credits."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from ... import boards
from . import shapes
from .doors import company, for_programs, told


@told(shapes.CompanyShape)
@for_programs(GET="members:read")
def overview(request: Request) -> Response:
    """The company, and how many of its members are how far."""
    mine = company(request)
    members: QuerySet[Any] = boards.with_state(mine.members.filter(left_at=None))
    counted = members.order_by().values("state")
    totals = dict(counted.annotate(count=Count("pk")).values_list("state", "count"))
    every = {state: totals.get(state, 0) for state in shapes.STATES}
    known = {"id": mine.pk, "name": mine.name, "due": mine.due}
    return Response(shapes.CompanyShape({**known, "members": every}).data)


@told(shapes.DepartmentShape(many=True), operation_id="company_departments")
@for_programs(GET="members:read")
def departments(request: Request) -> Response:
    """The departments by name, and how many members each has."""
    counted = company(request).departments.annotate(count=Count("members", Q(members__left_at=None)))
    return Response(shapes.DepartmentShape(counted, many=True).data)


@told(shapes.BrandShape(many=True), operation_id="company_brand")
@for_programs(GET="portraits:read")
def brand(request: Request) -> Response:
    """The company's brand, then those of departments that have their own."""
    brands = company(request).brands.select_related("department")
    ordered = brands.order_by(F("department__name").asc(nulls_first=True))
    return Response(shapes.BrandShape(ordered, many=True).data)
