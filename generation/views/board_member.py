"""One member as the company may know them, and what its admins may do."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import companies
from accounts.doors import for_admins
from accounts.models import Member, User

from .. import approvals, boards, seats
from ..board_forms import MemberForm
from ..failures import Refused
from ..models import Portrait
from .board import tiles


@never_cache
@require_http_methods(["GET", "POST"])
@for_admins
def member(request: HttpRequest, seat: Member, member: UUID) -> HttpResponse:
    row = _member(seat, member)
    form = MemberForm(request.POST if request.method == "POST" else None, row)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        about = {"department": said["department"], "due": said["due"]}
        seats.change(row, by=_actor(request), fields=form.said(), **about)
        messages.success(request, _("Saved."))
        return redirect("board:member", company=seat.company_id, member=row.pk)
    return _show(request, seat, row, form, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@for_admins
def remove(request: HttpRequest, seat: Member, member: UUID) -> HttpResponse:
    row = _member(seat, member)
    if request.method == "GET":
        return render(request, "board/remove.html", {"company": seat.company, "seat": seat, "member": row})
    try:
        seats.remove(row, by=_actor(request))
    except companies.Refused as error:
        messages.error(request, str(error))
        return redirect("board:member", company=seat.company_id, member=row.pk)
    messages.success(request, _("{member} has left {company}.").format(member=row, company=seat.company))
    return redirect("board:board", company=seat.company_id)


@require_POST
@for_admins
def approve(request: HttpRequest, seat: Member, portrait: UUID) -> HttpResponse:
    row = released(seat, portrait)
    approvals.approve(row, _actor(request))
    messages.success(request, _("The picture is approved."))
    return redirect("board:member", company=seat.company_id, member=row.member_id)


@require_POST
@for_admins
def redo(request: HttpRequest, seat: Member, portrait: UUID) -> HttpResponse:
    row = released(seat, portrait)
    try:
        approvals.ask_again(row, _actor(request), request.POST.get("reason", ""))
        messages.success(
            request, _("They get a mail with your words. This picture stays until they release another.")
        )
    except Refused as error:
        messages.error(request, str(error))
    return redirect("board:member", company=seat.company_id, member=row.member_id)


def released(seat: Member, portrait: UUID) -> Portrait:
    """A portrait that the company has; what was never released or is taken back is not there."""
    theirs = boards.standing().filter(member__company=seat.company_id, member__left_at=None)
    return get_object_or_404(theirs.select_related("member__company", "headshot"), pk=portrait)


def _member(seat: Member, member: UUID) -> Member:
    found = boards.with_portraits(boards.members(seat.company)).select_related("company", "department")
    return get_object_or_404(found, pk=member)


def _show(request: HttpRequest, seat: Member, row: Member, form: MemberForm, *, status: int) -> HttpResponse:
    context = {"company": seat.company, "seat": seat, "member": row, "form": form}
    shown = {**context, "tile": tiles(seat.company, [row])[0], "portraits": row.standing}
    return render(request, "board/member.html", shown, status=status)


def _actor(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
