"""The one way out: every picture leaves through here, authorised, decrypted and as it was signed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET
from zipstream import ZIP_STORED, ZipStream

from accounts import audit
from accounts.models import User

from . import openings, tries, vault
from .models import Brand, Headshot, LookDraft, Photo, Portrait, Rendition, Shoot

Row = TypeVar("Row", Photo, Headshot)
TRY_COOKIE = "try"
PICTURES = {"full": "image/jpeg", "preview": "image/webp", "thumb": "image/webp"}
PRIVATE = {
    # Rights may change at any moment, so a browser asks again each time; the entity tag makes that cheap.
    "Cache-Control": "private, no-cache",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def viewable(request: HttpRequest) -> QuerySet[Shoot]:
    """The shoots whose pictures this browser may see: the signed-in person's, and its own free try."""
    user = request.user
    own = Shoot.objects.visible_to(user if isinstance(user, User) else AnonymousUser())
    visitor = request.COOKIES.get(TRY_COOKIE, "")
    return own | tries.visible(visitor) if visitor else own


@require_GET
def photo(request: HttpRequest, shoot: UUID, photo: UUID, size: str) -> HttpResponse:
    """An uploaded photo or its thumbnail, for its owner; for staff while they have it open."""
    row = _may_see(request, Photo.objects.filter(pk=photo, shoot_id=shoot))
    if size not in ("jpg", "thumb"):
        raise Http404
    kind = "image/jpeg" if size == "jpg" else "image/webp"
    return _picture(request, shoot, "inputs", f"{row.id}.{size}", kind)


def thumbnail(request: HttpRequest, photo: Photo) -> HttpResponse:
    """A photo's thumbnail, for whom the caller has let in: the phone that a code was shown to."""
    return _picture(request, photo.shoot_id, "inputs", f"{photo.id}.thumb", "image/webp")


def full(request: HttpRequest, headshot: Headshot) -> HttpResponse:
    """A headshot in full, for whom the caller has let in: the program that began the free try."""
    return _picture(request, headshot.shoot_id, "headshots", f"{headshot.id}.full", PICTURES["full"])


@require_GET
def headshot(request: HttpRequest, shoot: UUID, headshot: UUID, size: str) -> HttpResponse:
    """A headshot that passed the gate, in full or smaller; ``?download`` saves it under a speaking name."""
    row = _shown(request, shoot, headshot)
    if size not in PICTURES:
        raise Http404
    response = _picture(request, shoot, "headshots", f"{row.id}.{size}", PICTURES[size])
    if size == "full" and "download" in request.GET:
        taken(request, "headshot", shoot)
        response["Content-Disposition"] = f'attachment; filename="{file_name(row)}"'
    return response


@require_GET
def rendition(request: HttpRequest, shoot: UUID, headshot: UUID, what: str) -> HttpResponse:
    """A ready size or another backdrop, once the worker has made it."""
    row = _shown(request, shoot, headshot)
    made = get_object_or_404(Rendition, headshot=row, what=what, made_at__isnull=False)
    kind = "image/png" if what.startswith("round") else "image/jpeg"
    response = _picture(request, shoot, "headshots", made.file, kind)
    taken(request, "headshot", shoot)
    ending = ".png" if kind == "image/png" else ".jpg"
    name = file_name(row).replace(".jpg", f"-{what}{ending}")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def portrait(request: HttpRequest, row: Portrait, name: str) -> HttpResponse:
    """A file of what a company gets, for whom the caller has let in: its subject, or who has it."""
    if row.made_at is None or row.ended_at or row.hidden_at:
        raise Http404
    kind = PICTURES.get(name) or ("image/png" if name.startswith("round") else "image/jpeg")
    return _picture(request, row.pk, "portraits", name, kind, tag=f"{row.pk}.{name}")


def example(request: HttpRequest, brand: Brand, name: str) -> HttpResponse:
    """An example of a brand, for whom the caller has let in."""
    return _picture(request, brand.pk, "brands", name, "image/webp", tag=f"{brand.pk}.{name}")


def look_picture(request: HttpRequest, draft: LookDraft, name: str) -> HttpResponse:
    """What a look comes out as, for whom the caller has let in: nobody's face."""
    return _picture(request, draft.pk, "looks", name, "image/webp", tag=f"{draft.pk}.{name}")


@require_GET
def archive(request: HttpRequest, shoot: UUID) -> StreamingHttpResponse:
    """The gallery as a ZIP, made while it is sent; ``?only=selects`` or ``favourites`` for these alone."""
    row = get_object_or_404(viewable(request), pk=shoot)
    chosen = gallery(row)
    if request.GET.get("only") == "selects":
        chosen = chosen.filter(select=True)
    elif request.GET.get("only") == "favourites":
        chosen = chosen.filter(favourite=True)
    found = list(chosen)
    if not found:
        raise Http404
    zipped = ZipStream(compress_type=ZIP_STORED)
    for one in found:
        zipped.add(_later(row.id, one), file_name(one))
    taken(request, "gallery", row.pk)
    response = StreamingHttpResponse(zipped, content_type="application/zip", headers=PRIVATE)
    response["Content-Disposition"] = 'attachment; filename="headshots.zip"'
    return response


def taken(request: HttpRequest, what: str, shoot: UUID) -> None:
    """Put a download on the record, by whomever."""
    user = request.user if isinstance(request.user, User) else None
    audit.record(user, f"{what}.taken", f"shoot {shoot}", subject=User.objects.filter(shoots=shoot).first())


def gallery(shoot: Shoot) -> QuerySet[Headshot]:
    """The headshots that people see, best first."""
    return shoot.headshots.filter(shown=True, rank__gt=0, hidden_at=None)


def _later(shoot_id: UUID, headshot: Headshot) -> Iterator[bytes]:
    """Read when its turn in the ZIP comes, so that memory stays at one picture."""
    yield vault.get(shoot_id, "headshots", f"{headshot.id}.full")


def file_name(headshot: Headshot) -> str:
    """Best first in name order; made of our own words alone."""
    return f"headshot-{headshot.rank:03}-{headshot.look}.jpg"


def _shown(request: HttpRequest, shoot: UUID, headshot: UUID) -> Headshot:
    """While frames are being drawn they have no rank yet, but they passed the gate."""
    rows = Headshot.objects.filter(pk=headshot, shown=True, shoot_id=shoot)
    return _may_see(request, rows, own=rows.filter(hidden_at=None))


def _may_see(request: HttpRequest, rows: QuerySet[Row], own: QuerySet[Row] | None = None) -> Row:
    """One's own, of ``own`` where that is less; or what staff has open now, recorded before they see it."""
    if mine := (rows if own is None else own).filter(shoot__in=viewable(request)).first():
        return mine
    row = rows.first()
    opening = openings.live(request, row.shoot_id) if row else None
    if row is None or opening is None:
        raise Http404
    openings.note(opening, row)
    return row


def _picture(
    request: HttpRequest, owner: UUID, kind: vault.Kind, name: str, content: str, tag: str = ""
) -> HttpResponse:
    tag = f'"{tag or name}"'  # a stored picture never changes
    headers = {**PRIVATE, "ETag": tag, **openings.caching(request)}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    try:
        data = vault.get(owner, kind, name)
    except (vault.Missing, vault.Gone):
        raise Http404 from None
    return HttpResponse(data, content_type=content, headers=headers)
