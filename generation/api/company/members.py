"""Members: invited, found again, changed and removed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Case, F, Max, Min, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Greatest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import companies, invitations
from accounts.addresses import Person
from accounts.models import Company, Member

from ... import boards, seats
from ...models import Portrait, Shoot, Status
from ..doors import said
from ..errors import Conflict
from . import shapes
from .doors import asked, company, for_programs, page, told

ADMIN = "An owner or admin: only the page People removes them."


def seen(company: Company) -> QuerySet[Member]:
    """Its members with ``state`` and ``updated``, when that last changed, as far as the company may know."""
    known = boards.with_state(company.members.filter(left_at=None).select_related("department"))
    released = Portrait.objects.filter(member=OuterRef("pk"), released_at__isnull=False)
    # The first submit: later ones of somebody who is still at it, or who has released, are theirs alone.
    submitted = Shoot.objects.filter(member=OuterRef("pk"), submitted_at__isnull=False).exclude(
        status__in=(Status.FAILED, Status.PURGED)
    )
    return known.annotate(
        updated=Greatest(
            Coalesce(_only(released, Max("ended_at")), "created"),
            Case(
                When(state="released", then=_only(released.filter(ended_at=None), Max("released_at"))),
                When(state="in_progress", then=_only(submitted, Min("submitted_at"))),
                default=F("created"),
            ),
        )
    )


def _only(rows: QuerySet[Any], value: Max | Min) -> Subquery:
    return Subquery(rows.order_by().values("member").annotate(only=value).values("only"))


@told(shapes.MembersShape, parameters=[shapes.WantedShape], methods=["GET"], operation_id="company_members")
@told(shapes.InvitedShape, takes=shapes.InviteShape, status=201, methods=["POST"])
@for_programs(GET="members:read", POST="members:write")
def members(request: Request) -> Response:
    """GET: a page of members. POST: invite up to 1,000; who was asked before is changed, not asked again."""
    mine = company(request)
    if request.method == "GET":
        wanted = asked(shapes.WantedShape, request)
        return Response(page(request, _found(mine, wanted), wanted.get("after"), shapes.MemberShape))
    people = said(shapes.InviteShape, request)["members"]
    invitations.invite(mine, [Person(**{**one, "due": one.get("due")}) for one in people], by=None)
    places = {one.email: one for one in seen(mine).filter(email__in=[one["email"] for one in people])}
    rows = [places[one["email"]] for one in people if one["email"] in places]
    return Response({"results": shapes.MemberShape(rows, many=True).data}, status=201)


def _found(company: Company, wanted: dict[str, Any]) -> QuerySet[Member]:
    lookups = {"state": "state", "department": "department__name__iexact", "since": "updated__gte"}
    return seen(company).filter(**{lookups[name]: value for name, value in wanted.items() if name in lookups})


@told(shapes.MemberShape, methods=["GET"])
@told(shapes.MemberShape, takes=shapes.ChangesShape, methods=["PATCH"])
@told(
    None,
    status=204,
    wrong={409: ADMIN},
    methods=["DELETE"],
)
@for_programs(GET="members:read", PATCH="members:write", DELETE="members:write")
def member(request: Request, member: UUID) -> Response:
    """GET: one member. PATCH: change what the company says of them. DELETE: remove them from the company."""
    found = get_object_or_404(seen(company(request)), pk=member)
    if request.method == "DELETE":
        return _remove(found)
    if request.method == "PATCH":
        changes = said(shapes.ChangesShape, request)
        if "department" in changes:
            changes["department"] = companies.department(found.company, changes["department"])
        seats.change(found, by=None, **changes)
        found = get_object_or_404(seen(company(request)), pk=member)
    return Response(shapes.MemberShape(found).data)


def _remove(member: Member) -> Response:
    if member.administers:
        raise Conflict(_("Owners and admins are removed on the company's page People, not by programs."))
    seats.remove(member, by=None)
    return Response(status=204)
