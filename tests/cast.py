"""The cast and what they own: plain functions that tests and the demo data share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.utils import timezone
from PIL import Image

from accounts import consent
from accounts.models import ConsentText, Purpose, Release, User
from billing import ledger
from generation import frames, shoots, vault
from generation.models import Headshot, Photo, Shoot, Status, Verdict

PASSWORD = "demo-demo-demo"


def person(name: str, *, password: str | None = PASSWORD, staff: bool = False) -> User:
    """Somebody with a verified address; without a password they sign in by code."""
    user = User.objects.create_user(
        f"{name}@example.com", password, name=name.title(), is_staff=staff, is_superuser=staff
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


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


def draft(owner: User, photos: int = 1) -> Shoot:
    """Consent given, some photos accepted, looks chosen."""
    shoot = shoots.open_shoot(owner, release(owner))
    for number in range(photos):
        photo(shoot, f"IMG_{number:04}.jpg")
    shoots.choose(shoot, looks=["studio-grey@1"], direction={}, keep=[], asked=40)
    return shoot


def submitted(owner: User) -> Shoot:
    """Paid with a fresh credit; it waits for a worker."""
    shoot = draft(owner)
    ledger.grant(owner, 1, source="test")
    shoots.submit(shoot)
    return shoot


def training(owner: User) -> Shoot:
    """A worker is at it; its token is ``shoot.claim``."""
    taken = shoots.take(submitted(owner).pk, Status.SUBMITTED)
    assert taken is not None
    return taken


def trained(owner: User) -> Shoot:
    shoot = training(owner)
    vault.put(shoot.pk, "inputs", "identity", b"adapter")
    shoots.keep_identity(shoot, shoot.claim, base_hash="base", sha256="adapter", size=7, seconds=60.0)
    return shoot


def ready(owner: User, headshots: int = 4, *, of: Sequence[Image.Image] = ()) -> Shoot:
    """A gallery, best first, half of it selects; ``of`` are the pictures that it shows in turn."""
    shoot = shoots.take(trained(owner).pk, Status.TRAINED)
    assert shoot is not None
    drawn = [frames.pictures(image) for image in of or [Image.new("RGB", (64, 64), "slategrey")]]
    for number in range(headshots):
        headshot(shoot, number, drawn[number % len(drawn)])
    shoots.drawn_all(shoot, shoot.claim, seconds=60.0)
    shoot = shoots.take(shoot.pk, Status.GENERATED)
    assert shoot is not None
    made = list(shoot.headshots.order_by("number"))
    for place, one in enumerate(made, start=1):
        one.rank, one.shown, one.select = place, True, place <= (headshots + 1) // 2
    shoots.publish(shoot, shoot.claim, made)
    return shoot


def headshot(shoot: Shoot, number: int, pictures: Mapping[str, bytes]) -> Headshot:
    """A stored frame with its signed pictures; the heads turn to all sides."""
    one = Headshot(
        shoot=shoot,
        round=shoot.round,
        number=number,
        look="studio-grey",
        direction={},
        seed=number,
        likeness=0.9 - number / 100,
        sharpness=0.8,
        skin_shift=1.5,
        yaw=(0.0, -20.0, 20.0)[number % 3],
        shown=True,
    )
    for name, data in pictures.items():
        vault.put(shoot.pk, "headshots", f"{one.pk}.{name}", data)
    shoots.keep_frame(shoot, shoot.claim, one)
    return one


def failed(owner: User, code: str = "unusable") -> Shoot:
    shoot = training(owner)
    shoots.fail(shoot, shoot.claim, code)
    return shoot
