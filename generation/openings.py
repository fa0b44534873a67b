"""Staff opens single pictures of a shoot: with a reason, for 15 minutes, and its person is told."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, staff
from accounts.models import Release, User

from .failures import Refused
from .models import Headshot, Kind, OpenedPicture, Opening, Photo, Shoot, Status

SPAN = timedelta(minutes=15)
SINCE = 3  # the version of the consents' texts that says that staff may; before, they said that nobody may
OPENED, SEEN = "pictures.opened", "picture.seen"


def begin(shoot: Shoot, by: User, reason: str) -> Opening:
    """The right to open pictures of this shoot, from now on. Raises Refused."""
    if shoot.kind == Kind.TRY or shoot.subject is None:
        raise Refused(_("It has no account whose person could be told, so nobody opens its pictures."))
    if shoot.status == Status.PURGED:
        raise Refused(_("Its pictures are deleted."))
    if not all(_agreed(release) for release in (shoot.release, shoot.kept_under) if release):
        raise Refused(_("Its person agreed to a text by which staff sees no pictures, or took it back."))
    now = timezone.now()
    with transaction.atomic():
        audit.record(by, OPENED, f"{shoot.pk} {reason}", subject=shoot.subject)
        return Opening.objects.create(shoot=shoot, staff=by, reason=reason, at=now, until=now + SPAN)


def _agreed(release: Release) -> bool:
    return release.stands and release.text.version >= SINCE


def live(request: HttpRequest, shoot_id: UUID) -> Opening | None:
    """The opening that holds in this browser now: staff's own, signed in with a second factor."""
    user = request.user
    if not (staff.site.has_permission(request) and isinstance(user, User)):
        return None
    mine = Opening.objects.filter(shoot=shoot_id, staff=user, until__gt=timezone.now())
    standing = mine.filter(shoot__release__withdrawn_at=None, shoot__subject__isnull=False)
    return standing.select_related("shoot__subject").first()


def note(opening: Opening, picture: Photo | Headshot) -> None:
    """On the record before it is shown, once for each opening."""
    with transaction.atomic():
        known = {"is_photo": isinstance(picture, Photo)}
        _row, first = OpenedPicture.objects.get_or_create(opening=opening, picture=picture.pk, defaults=known)
        if first:
            about = f"{opening.shoot_id} {picture.pk}"
            audit.record(opening.staff, SEEN, about, subject=opening.shoot.subject)


def caching(request: HttpRequest) -> dict[str, str]:
    """A browser of staff's keeps no picture."""
    return {"Cache-Control": "no-store"} if staff.site.has_permission(request) else {}


def of(user: User) -> QuerySet[Opening]:
    """What the person is shown, the newest first."""
    return Opening.objects.filter(shoot__subject=user).prefetch_related("pictures").select_related("shoot")
