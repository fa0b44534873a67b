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
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import keys
from accounts.models import ConsentText, Release, User

from . import intake, measured, periods, shoots
from .engine.decoder import Decoded
from .engine.ranking import UNFIT
from .failures import Refused
from .models import Attempt, Headshot, Kind, Photo, Shoot, Status, TryBudget, Verdict

LOOKS = ("studio-grey@1", "clean-white@1", "deep-teal@1", "warm-beige@1")  # one picture of each
PER_DEVICE, PER_ADDRESS = 1, 10  # a day
# Seconds to the first and to the last picture where nothing was measured: what we promise on two cores.
PROMISED = {"idle": (30, 30), "beside a shoot": (75, 75)}
RATES = {"try": "10/m/ip"}  # of asking for one at all, by page or by program
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


def begin(release: Release, visitor: str, *, device: str, address: str) -> Shoot:
    """Open a try and count the attempt, in its release's transaction. Raises Refused beyond the limits."""
    with transaction.atomic():
        # Beginners pass here one by one, so that the limits hold among simultaneous ones.
        ConsentText.objects.select_for_update(no_key=True).get(pk=release.text_id)
        check_limits(device, address)
        Attempt.objects.create(day=_today(), device=_veiled(device), address=_veiled(network(address)))
        shoot = shoots.open_shoot(None, release, kind=Kind.TRY, visitor=hashed(visitor))
        Shoot.objects.filter(pk=shoot.pk).update(looks=list(LOOKS), asked=len(LOOKS))
    shoot.refresh_from_db()
    return shoot


def send(shoot: Shoot, selfie: Decoded, name: str, upload: UUID) -> Photo:
    """The try's one selfie; a better one takes the place of a refused one and costs no attempt."""
    for photo in shoot.photos.all():
        if photo.verdict == Verdict.WAITING:
            raise Refused(_("Your selfie is being checked; this takes a few seconds."))
        shoots.remove_photo(photo)
    return intake.keep(shoot, upload, selfie, name)


def check_limits(device: str, address: str) -> None:
    """Raises Refused where no further try may begin from there today, or nowhere at the moment."""
    today = Attempt.objects.filter(day=_today())
    if today.filter(device=_veiled(device)).count() >= PER_DEVICE:
        raise Refused(_("The free try is for once a day. Open a shoot to go on, or come back tomorrow."))
    if today.filter(address=_veiled(network(address))).count() >= PER_ADDRESS:
        raise Refused(_("Many people tried from your network today. Open a shoot, or come back tomorrow."))
    most = a_day()
    if most is not None and today.count() >= most:
        raise Refused(_("The free tries of today are all taken. Open a shoot, or come back tomorrow."))
    if waiting() >= settings.MOST_TRIES:
        raise Refused(_("The studio is full at the moment. Please come back in a few minutes."))


def a_day() -> int | None:
    """How many may begin in a day, as staff set it; None is without a limit."""
    return TryBudget.objects.values_list("a_day", flat=True).first()


def network(address: str) -> str:
    """An IPv4 address itself, the /64 of an IPv6 one: what one household has."""
    known = ipaddress.ip_address(address)
    if isinstance(known, ipaddress.IPv6Address):
        known = known.ipv4_mapped or known
    return str(ipaddress.ip_network((known, 32 if known.version == 4 else 64), strict=False))


def _veiled(value: str) -> str:
    """Unreadable, and after today unlinkable: the key is destroyed with the day."""
    key = keys.create(f"tries/{_today().isoformat()}")
    return hmac.new(key, value.encode(), "sha256").hexdigest()


def _today() -> date:
    return timezone.now().date()


def waiting() -> int:
    """Tries that will be drawn or are being drawn; one whose selfie was refused waits for its visitor."""
    checked = Q(status=Status.DRAFT, photos__verdict=Verdict.WAITING)
    return _tries().filter(checked | Q(status=Status.SUBMITTED)).distinct().count()


def ahead(shoot: Shoot) -> int:
    """Tries that are drawn before this one."""
    drawn = _tries().filter(status=Status.SUBMITTED)
    return drawn.filter(submitted_at__lt=shoot.submitted_at or timezone.now()).count()


def step(shoot: Shoot, photo: Photo | None, pictures: int) -> str:
    """What to say of it: selfie, checking, refused, waiting, drawing, ready or failed."""
    if shoot.status == Status.READY:
        return "ready" if pictures else "failed"
    if shoot.status == Status.SUBMITTED:
        return "drawing" if pictures or shoot.claimed else "waiting"
    if shoot.status != Status.DRAFT:
        return "failed"
    if photo is None:
        return "selfie"
    return "refused" if photo.verdict != Verdict.WAITING and not photo.accepted else "checking"


def until_first_picture(shoot: Shoot) -> timedelta:
    """As if all before it took their usual time; a shoot that is being made beside it takes its share."""
    beside = Shoot.objects.working().filter(kind=Kind.SHOOT, claimed_until__gt=timezone.now()).exists()
    part = "beside a shoot" if beside else "idle"
    first, whole = measured.try_seconds(part) or PROMISED[part]
    return timedelta(seconds=ahead(shoot) * whole + first)


def _tries() -> QuerySet[Shoot]:
    return Shoot.objects.filter(kind=Kind.TRY)


def go_on(photo: Photo) -> Shoot | None:
    """Submit a try once its selfie is accepted; None for everything else."""
    now = Photo.objects.select_related("shoot").filter(pk=photo.pk).first()
    if now is None or now.shoot.kind != Kind.TRY or now.shoot.status != Status.DRAFT or not now.accepted:
        return None
    shoots.submit(now.shoot)
    return now.shoot


def ordered(shoot: Shoot) -> list[Headshot]:
    """The try's pictures, the most like the selfie first; all that are fit to be seen are shown."""
    made = sorted(shoot.headshots.all(), key=lambda one: (bool(one.faults), -(one.likeness or 0.0)))
    for place, one in enumerate(made, start=1):
        one.rank, one.shown, one.select = place, not UNFIT & set(one.faults), True
    return made


def adopt(shoot: Shoot, user: User, release: Release) -> None:
    """The try becomes a draft of the account: its selfie is the first photo, its pictures stay to be seen."""
    with transaction.atomic():
        shoot.headshots.update(round=OUR_PICTURE, rank=0, select=False)
        shoot.move(
            Status.DRAFT,
            note="adopted",
            kind=Kind.SHOOT,
            subject=user,
            release=release,
            visitor="",
            looks=[],
            asked=40,
            drawn=0,
            submitted_at=None,
            ready_at=None,
            **periods.of_a_draft(Kind.SHOOT, timezone.now()),
        )


def forget_days() -> None:
    """Destroy yesterday's key and everything that was made with it."""
    yesterday = _today() - timedelta(days=1)
    old = Attempt.objects.filter(day__lte=yesterday)
    for day in old.values_list("day", flat=True).distinct():
        keys.destroy(f"tries/{day.isoformat()}")
    old.delete()
