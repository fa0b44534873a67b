"""The demo's data: the cast, with a shoot in every status that a person meets."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from uuid import uuid4

from django.db import transaction
from PIL import Image, ImageFilter

from accounts.models import User
from billing import ledger

from . import cast, demo_team, frames, intake, recorded, retention, shoots
from .engine.ranking import select_count
from .models import Letter, Shoot, Status, Verdict

PHOTOS = Path(__file__).parent / "photos"
LOOKS = ("studio-grey@1", "boardroom@1", "garden@1")
ASKED = 12  # of the running shoot: enough to choose from, soon enough to be waited for
CREDITS = 3


class Occupied(Exception):
    """The database has people who are not the demo's."""


def seed() -> Shoot | None:
    """Fill an empty database; the shoot that is to run while the reader looks, or None where it was filled.

    Raises Occupied rather than add people with a known password to somebody's real data.
    """
    if User.objects.filter(email="ivy@example.com").exists():
        return None
    if User.objects.exists():
        raise Occupied
    with transaction.atomic():  # all of it or, after a Ctrl-C, nothing
        return _everybody()


def _everybody() -> Shoot:
    ivy, _sam = cast.person("ivy"), cast.person("sam", staff=True)
    ledger.grant(ivy, CREDITS, source="demo")
    _deleted(ivy)
    cast.failed(ivy, "cancelled")
    _gallery(ivy)
    _draft(ivy)
    demo_team.seed()
    Letter.objects.all().delete()  # nobody waits for mail about what has just been made up
    # Nor do these steps say how long real ones take here.
    Shoot.objects.update(timings={})
    return _running(ivy)


def begin(shoot: Shoot) -> bool:
    """Submit the running shoot once its photos have their verdicts; whether that is settled."""
    shoot.refresh_from_db()
    if shoot.photos.filter(verdict=Verdict.WAITING).exists():
        return False
    if shoot.status == Status.DRAFT:
        shoots.choose(shoot, looks=LOOKS, direction={}, keep=intake.noticed(shoot), asked=ASKED)
        shoots.submit(shoot)
    return True


def _deleted(owner: User) -> None:
    retention.purge(cast.ready(owner), why="asked for by the subject")


def _gallery(owner: User) -> None:
    """What the engine drew once, signed and encrypted here and now; its photos are gone already."""
    made = list(recorded.headshots())
    shoot = cast.drawing(owner, looks=recorded.looks(), asked=len(made))
    for number, one in enumerate(made):
        cast.headshot(shoot, number, frames.pictures(one.image), **one.measured)
    retention.drop_inputs(cast.opened(shoot, selects=select_count(len(made))))


def _draft(owner: User) -> None:
    """Some photos as they come, one of which will not do: the worker says which."""
    shoot = shoots.open_shoot(owner, cast.release(owner))
    for file in _bundled()[:5]:
        _upload(shoot, file.name, file.read_bytes())
    blurred = BytesIO()
    with Image.open(_bundled()[5]) as opened:
        opened.convert("RGB").filter(ImageFilter.GaussianBlur(12)).save(blurred, "JPEG")
    _upload(shoot, "shaky.jpg", blurred.getvalue())


def _running(owner: User) -> Shoot:
    shoot = shoots.open_shoot(owner, cast.release(owner))
    for file in _bundled():
        _upload(shoot, file.name, file.read_bytes())
    shoots.choose(shoot, looks=LOOKS, direction={}, keep=[], asked=ASKED)
    return shoot


def _upload(shoot: Shoot, name: str, data: bytes) -> None:
    intake.receive(shoot, uuid4(), data, name)


def _bundled() -> list[Path]:
    return sorted(PHOTOS.iterdir())
