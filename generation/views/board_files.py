"""Getting the pictures and the board out: one file, all of them, a table."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.doors import for_admins
from accounts.models import Member, User

from .. import boards, exports, naming, vault
from ..board_forms import PicturesForm
from ..boards import Wanted
from ..engine.sizes import SIZES
from ..media import PRIVATE
from .board_member import _actor, released

NOWHERE = {**PRIVATE, "Cache-Control": "no-store, private"}  # it may be taken back the next moment


@require_GET
@for_admins
def portrait(request: HttpRequest, seat: Member, portrait: UUID, size: str) -> HttpResponse:
    """A released portrait's file."""
    row = released(seat, portrait)
    if size not in ("full", "preview", "thumb", *SIZES):
        raise Http404
    try:
        data = vault.get(row.pk, "portraits", size)
    except (vault.Missing, vault.Gone):
        raise Http404 from None
    if size not in ("preview", "thumb"):  # those are the board's own pages
        about = {"about": row.member_id, "subject": row.member.user_id}
        audit.note(seat.company, _actor(request), "portrait.taken", **about)
    return HttpResponse(data, content_type=exports.kind(size), headers=NOWHERE)


@never_cache
@require_GET
@for_admins
def pictures(request: HttpRequest, seat: Member) -> HttpResponse:
    """What to put into the ZIP, of whom the board showed."""
    return _ask(request, seat, PicturesForm(None, seat.company))


@require_GET
@for_admins
def archive(request: HttpRequest, seat: Member) -> HttpResponseBase:
    """The ZIP, or what is wrong with what was asked."""
    form = PicturesForm(request.GET, seat.company)
    if not form.is_valid():
        return _ask(request, seat, form)
    said = form.cleaned_data
    found = exports.pictures(_found(request, seat), approved=said["approved"])
    if not found.exists():
        form.add_error(None, _("Nobody among these has an approved picture."))
        return _ask(request, seat, form)
    assert isinstance(request.user, User)
    audit.note(seat.company, request.user, "pictures.taken", ", ".join(said["sizes"]))
    content = exports.archive(found, said["pattern"], said["sizes"])
    return _saved(content, "application/zip", "headshots.zip")


@require_GET
@for_admins
def table(request: HttpRequest, seat: Member) -> HttpResponseBase:
    """The board as CSV, of whom it showed."""
    assert isinstance(request.user, User)
    audit.note(seat.company, request.user, "board.taken")
    rows = exports.table(seat.company, _found(request, seat))
    return _saved(rows, "text/csv; charset=utf-8", f"headshots-{timezone.localdate()}.csv")


def _found(request: HttpRequest, seat: Member) -> QuerySet[Member]:
    return Wanted.of(request.GET.dict()).among(boards.members(seat.company))


def _ask(request: HttpRequest, seat: Member, form: PicturesForm) -> HttpResponse:
    wanted = Wanted.of(request.GET.dict())
    count = exports.pictures(_found(request, seat), approved=False).count()
    columns = [*naming.OURS, *map(naming.key, seat.company.columns)]
    context = {"company": seat.company, "seat": seat, "form": form, "wanted": wanted, "count": count}
    more = {**context, "columns": list(dict.fromkeys(columns))}
    return render(request, "board/pictures.html", more, status=422 if form.errors else 200)


def _saved(content: object, kind: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=kind, headers=NOWHERE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
