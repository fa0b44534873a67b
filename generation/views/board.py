"""The board of a company, its team wall, and asking everybody again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import for_admins
from accounts.models import Company, Member, User

from .. import approvals, boards, cycles, initials, portraits
from ..boards import State, Wanted
from ..models import Portrait

ROWS, TILES = 50, 100  # of a page; a hundred tiles fill some six printed pages


@dataclass(frozen=True)
class Tile:
    """A member as the company sees them: the main portrait, or initials."""

    member: Member  # as boards.with_portraits gives it
    initials: str
    backdrop: str
    ink: str
    late: bool

    @property
    def portrait(self) -> Portrait | None:
        standing: list[Portrait] = self.member.standing
        return standing[0] if standing else None


def tiles(company: Company, members: Iterable[Member]) -> list[Tile]:
    colours, today = initials.backdrops(company), timezone.localdate()
    return [_tile(member, colours, today) for member in members]


def _tile(member: Any, colours: Mapping[int | None, str], today: Any) -> Tile:
    colour = colours.get(member.department_id, colours[None])
    late = member.until is not None and member.until < today and member.state != State.RELEASED
    return Tile(member, initials.initials(member), colour, initials.ink(colour), late)


@never_cache
@require_GET
@for_admins
def board(request: HttpRequest, seat: Member) -> HttpResponse:
    """Everybody, fifty at a time; the form's parts are the address, so that a view can be kept and sent."""
    company, wanted = seat.company, Wanted.of(request.GET.dict())
    page = _page(request, company, wanted, ROWS)
    counts = boards.counts(company)
    return render(
        request,
        "board/board.html",
        {
            "company": company,
            "seat": seat,
            "wanted": wanted,
            "page": page,
            "tiles": tiles(company, page.object_list),
            "states": [(state.value, state.label, counts[state]) for state in State],
            "everybody": sum(counts[state] for state in State),
            "overdue": counts["overdue"],
            "departments": company.departments.all(),
            "kept": _without_page(request.GET),
        },
    )


@never_cache
@require_GET
@for_admins
def wall(request: HttpRequest, seat: Member) -> HttpResponse:
    """What was released, as one page to look at and to print; with ``?everybody`` also who has not."""
    company, everybody = seat.company, "everybody" in request.GET
    wanted = Wanted() if everybody else Wanted(state=State.RELEASED)
    page = _page(request, company, wanted, TILES)
    return render(
        request,
        "board/wall.html",
        {
            "company": company,
            "seat": seat,
            "everybody": everybody,
            "page": page,
            "tiles": tiles(company, page.object_list),
            "waiting": approvals.waiting(company).count(),
            "kept": _without_page(request.GET),
        },
    )


@never_cache
@require_GET
@for_admins
def alike(request: HttpRequest, seat: Member) -> HttpResponse:
    """How well everything that was released agrees with the brand: apart, so that the wall does not wait."""
    shown = {"company": seat.company, "seat": seat, "conformed": portraits.conformity(seat.company)}
    return render(request, "board/alike.html", shown)


@require_POST
@for_admins
def approve_all(request: HttpRequest, seat: Member) -> HttpResponse:
    assert isinstance(request.user, User)
    count = approvals.approve_all(seat.company, request.user)
    sentence = ngettext("{count} picture is approved.", "{count} pictures are approved.", count)
    messages.success(request, sentence.format(count=count))
    return redirect("board:wall", company=seat.company_id)


@never_cache
@require_http_methods(["GET", "POST"])
@for_admins
def again(request: HttpRequest, seat: Member) -> HttpResponse:
    """Ask everybody for new headshots; the form says after which cycle, so that twice is once."""
    company = seat.company
    if request.method == "GET":
        return render(request, "board/again.html", {"company": company, "seat": seat})
    assert isinstance(request.user, User)
    after = request.POST.get("after", "")
    if after.isdecimal() and cycles.begin(company, request.user, after=int(after[:9])):
        messages.success(request, _("Everybody is asked for new headshots."))
    else:
        messages.info(request, _("Somebody has asked everybody meanwhile; nothing was asked twice."))
    return redirect("board:board", company=company.pk)


def _page(request: HttpRequest, company: Company, wanted: Wanted, size: int) -> Page[Member]:
    return boards.page(company, wanted, request.GET.get("page", ""), size)


def _without_page(asked: QueryDict) -> str:
    """The address's other parts, for the links to further pages."""
    kept = asked.copy()
    kept.pop("page", None)
    return kept.urlencode()
