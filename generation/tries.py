"""The free try: one selfie, no account, gone after an hour unless somebody signs up and goes on with it."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import keys
from accounts.models import Release, User

from . import intake, periods, shoots
from .failures import Refused
from .models import Attempt, Headshot, Kind, Photo, Shoot, Status

LOOKS = ("studio-grey@1", "clean-white@1", "deep-teal@1", "warm-beige@1")  # one picture of each
PER_DEVICE, PER_ADDRESS = 1, 10  # a day
OUR_PICTURE = 0  # the round of a try's pictures once it is adopted: shown as "from your free try"


def token() -> str:
    """What the visitor's browser keeps for the hour; the row holds its hash alone."""
    return secrets.token_urlsafe(24)


def hashed(visitor: str) -> str:
    return hashlib.sha256(visitor.encode()).hexdigest()


def visible(visitor: str) -> QuerySet[Shoot]:
    """The only door to a try: the browser that began it."""
    mine = Shoot.objects.filter(kind=Kind.TRY, visitor=hashed(visitor)) if visitor else Shoot.objects.none()
    return mine.exclude(status=Status.PURGED)


def begin(
    release: Release, visitor: str, *, device: str, address: str, data: bytes, name: str, upload: UUID
) -> Shoot:
    """Open a try with its selfie. Raises Refused beyond the limits, the engine's BadInput for the file.

    A file that cannot be read costs no attempt.
    """
    _check_limits(device, address)
    with transaction.atomic():
        shoot = shoots.open_shoot(None, release, kind=Kind.TRY, visitor=hashed(visitor))
        Shoot.objects.filter(pk=shoot.pk).update(looks=list(LOOKS), asked=len(LOOKS))
    intake.receive(shoot, upload, data, name)
    Attempt.objects.create(day=_today(), device=_veiled(device), address=_veiled(network(address)))
    shoot.refresh_from_db()
    return shoot


def _check_limits(device: str, address: str) -> None:
    today = Attempt.objects.filter(day=_today())
    if today.filter(device=_veiled(device)).count() >= PER_DEVICE:
        raise Refused(_("The free try is for once a day. Sign up to go on, or come back tomorrow."))
    if today.filter(address=_veiled(network(address))).count() >= PER_ADDRESS:
        raise Refused(_("Many people tried from your network today. Sign up, or come back tomorrow."))
    if waiting() >= settings.MOST_TRIES:
        raise Refused(_("The studio is full at the moment. Please come back in a few minutes."))


def network(address: str) -> str:
    """An IPv4 address itself, the /64 of an IPv6 one: what one household has."""
    known = ipaddress.ip_address(address)
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, 32 if known.version == 4 else 64), strict=False))


def _veiled(value: str) -> str:
    """Unreadable, and after today unlinkable: the key is destroyed with the day."""
    key = keys.create(f"tries/{_today().isoformat()}")
    return hmac.new(key, value.encode(), "sha256").hexdigest()


def _today() -> date:
    return timezone.now().date()


def waiting(before: Shoot | None = None) -> int:
    """Tries that are not drawn yet, those before this one in the queue."""
    open_ones = Shoot.objects.filter(kind=Kind.TRY, status__in=[Status.DRAFT, Status.SUBMITTED])
    if before is not None:
        open_ones = open_ones.filter(created__lt=before.created)
    return open_ones.count()


def go_on(photo: Photo) -> Shoot | None:
    """Submit a try once its selfie is accepted; None for everything else."""
    photo.refresh_from_db()
    shoot = photo.shoot
    if shoot.kind != Kind.TRY or shoot.status != Status.DRAFT or not photo.accepted:
        return None
    shoots.submit(shoot)
    return shoot


def ordered(shoot: Shoot) -> list[Headshot]:
    """The try's pictures, the most like the selfie first; all that show a face are shown."""
    made = sorted(shoot.headshots.all(), key=lambda one: (bool(one.faults), -(one.likeness or 0.0)))
    for place, one in enumerate(made, start=1):
        one.rank, one.shown, one.select = place, "no face" not in one.faults, True
    return made


def adopt(shoot: Shoot, user: User, release: Release) -> None:
    """The try becomes a draft of the account: its selfie is the first photo, its pictures stay to be seen."""
    with transaction.atomic():
        shoot.move(
            Status.DRAFT,
            note="adopted",
            kind=Kind.SHOOT,
            subject=user,
            release=release,
            visitor="",
            asked=40,
            round=F("round") + 1,
            ready_at=None,
            **periods.of_a_draft(Kind.SHOOT, timezone.now()),
        )
        shoot.headshots.update(round=OUR_PICTURE, rank=0, select=False)


def forget_days() -> None:
    """Destroy yesterday's key and everything that was made with it."""
    yesterday = _today() - timedelta(days=1)
    old = Attempt.objects.filter(day__lte=yesterday)
    for day in old.values_list("day", flat=True).distinct():
        keys.destroy(f"tries/{day.isoformat()}")
    old.delete()
