"""The cast of demo and tests, and what they own: plain functions on the verbs that people and workers use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.utils import timezone
from PIL import Image

from accounts import consent
from accounts.models import Company, ConsentText, Member, Purpose, Release, Role, User
from billing import ledger

from . import brands, frames, shoots, vault
from .models import Headshot, Photo, Portrait, Shoot, Status, Verdict

PASSWORD = "demo-demo-demo"
LOOKS = ("studio-grey@1",)


def person(name: str, *, password: str | None = PASSWORD, staff: bool = False) -> User:
    """Somebody with a verified address; without a password they sign in by code."""
    user = User.objects.create_user(
        f"{name}@example.com", password, name=name.title(), is_staff=staff, is_superuser=staff
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def company(owner: User, name: str = "Acme") -> Company:
    """A company of its owner alone."""
    made = Company.objects.create(name=name)
    member(made, owner, role=Role.OWNER)
    return made


def member(company: Company, user: User | None = None, email: str = "", **more: Any) -> Member:
    """Somebody who accepted, or, without an account, somebody who was only asked."""
    known = (
        {"email": user.email, "name": user.name, "joined_at": timezone.now()} if user else {"email": email}
    )
    return Member.objects.create(company=company, user=user, **known | more)


def text(purpose: str = Purpose.HEADSHOTS) -> ConsentText:
    return consent.current(purpose, "en")


def release(user: User | None, purpose: str = Purpose.HEADSHOTS) -> Release:
    return consent.give(
        purpose=purpose, user=user, is_subject=True, is_adult=True, locale="en", text=text(purpose)
    )


def picture(colour: str = "slategrey", side: int = 64) -> bytes:
    """A small JPEG that stands where the picture itself does not matter."""
    data = BytesIO()
    Image.new("RGB", (side, side), colour).save(data, "JPEG")
    return data.getvalue()


def photo(shoot: Shoot, name: str = "IMG_2041.jpg", *, verdict: str = Verdict.ACCEPTED) -> Photo:
    added = shoots.add_photo(
        shoot, uuid4(), name=name, picture=picture(), thumbnail=picture(side=16), size=(64, 64)
    )
    Photo.objects.filter(pk=added.pk).update(verdict=verdict, checked_at=timezone.now())
    added.refresh_from_db()
    return added


def draft(
    owner: User,
    photos: int = 1,
    *,
    looks: Sequence[str] = LOOKS,
    asked: int = 40,
    member: Member | None = None,
) -> Shoot:
    """Consent given, some photos accepted, looks chosen: those of the brand where it is for a company."""
    shoot = shoots.open_shoot(owner, release(owner), member=member)
    if member:
        looks = brands.of_member(member).looks
    for number in range(photos):
        photo(shoot, f"IMG_{number:04}.jpg")
    shoots.choose(shoot, looks=looks, direction={}, keep=[], asked=asked)
    return shoot


def submitted(owner: User, **chosen: Any) -> Shoot:
    """Paid with a fresh credit of the payer's; it waits for a worker."""
    shoot = draft(owner, **chosen)
    ledger.grant(shoot.member.company if shoot.member else owner, 1, source="test")
    shoots.submit(shoot)
    return shoot


def training(owner: User, **chosen: Any) -> Shoot:
    """A worker is at it; its token is ``shoot.claim``."""
    return _taken(submitted(owner, **chosen), Status.SUBMITTED)


def trained(owner: User, **chosen: Any) -> Shoot:
    shoot = training(owner, **chosen)
    vault.put(shoot.pk, "inputs", "identity", b"adapter")
    shoots.keep_identity(shoot, shoot.claim, base_hash="base", sha256="adapter", size=7, seconds=60.0)
    return shoot


def drawing(owner: User, **chosen: Any) -> Shoot:
    """A worker draws; ``shoots.keep_frame`` adds what it has drawn."""
    return _taken(trained(owner, **chosen), Status.TRAINED)


def ready(owner: User, headshots: int = 4, *, of: Sequence[Image.Image] = (), **chosen: Any) -> Shoot:
    """A gallery, best first, half of it selects; ``of`` are the pictures that it shows in turn."""
    shoot = drawing(owner, **chosen)
    drawn = [frames.pictures(image) for image in of or [Image.new("RGB", (64, 64), "slategrey")]]
    for number in range(headshots):
        headshot(shoot, number, drawn[number % len(drawn)])
    return opened(shoot, selects=(headshots + 1) // 2)


def opened(shoot: Shoot, *, selects: int) -> Shoot:
    """What was drawn becomes the gallery, ranked as it was drawn."""
    shoots.drawn_all(shoot, shoot.claim, seconds=60.0)
    taken = _taken(shoot, Status.GENERATED)
    made = list(taken.headshots.order_by("number"))
    for place, one in enumerate(made, start=1):
        one.rank, one.shown, one.select = place, True, place <= selects
    shoots.publish(taken, taken.claim, made)
    return taken


def portrait(member: Member, pictures: Mapping[str, bytes], *, place: int = 1, **more: Any) -> Portrait:
    """Released to the member's company, with these files; ``released_at=None`` leaves it a draft."""
    now = timezone.now()
    values: dict[str, Any] = {"brand_version": 1, "made_at": now, "released_at": now, **more}
    if values["released_at"]:
        values.setdefault("released_under", release(member.user, Purpose.RELEASE))
    made = Portrait.objects.create(member=member, place=place, **values)
    for name, data in pictures.items():
        vault.put(made.pk, "portraits", name, data)
    return made


def _taken(shoot: Shoot, status: str) -> Shoot:
    taken = shoots.take(shoot.pk, status)
    assert taken is not None
    return taken


def headshot(shoot: Shoot, number: int, pictures: Mapping[str, bytes], **measured: Any) -> Headshot:
    """A stored frame with its signed pictures; the heads turn to all sides."""
    values = {
        "look": "studio-grey",
        "direction": {},
        "seed": number,
        "likeness": 0.9 - number / 100,
        "sharpness": 0.8,
        "skin_shift": 1.5,
        "yaw": (0.0, -20.0, 20.0)[number % 3],
    }
    one = Headshot(shoot=shoot, round=shoot.round, number=number, shown=True, **values | measured)
    for name, data in pictures.items():
        vault.put(shoot.pk, "headshots", f"{one.pk}.{name}", data)
    shoots.keep_frame(shoot, shoot.claim, one)
    return one


def failed(owner: User, code: str = "unusable") -> Shoot:
    shoot = training(owner)
    shoots.fail(shoot, shoot.claim, code)
    return shoot
