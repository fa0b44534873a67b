"""The site that is measured: what lies in it, and the requests that people send to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.templatetags.static import static
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from accounts.models import User
from generation import cast, media, recorded, shoots
from generation.models import Shoot

from .web_load import Request

HEADSHOTS = 200
PHOTOS = sorted((Path(settings.BASE_DIR) / "generation" / "photos").iterdir())
TOKEN = "a" * 32  # what a page would have put into the form and into the cookie


@dataclass(frozen=True)
class Person:
    shoot: Shoot
    client: Client  # signed in

    @property
    def address(self) -> str:
        return reverse("generation:shoot", args=[self.shoot.pk])

    @property
    def cookies(self) -> dict[str, str]:
        return {settings.SESSION_COOKIE_NAME: self.client.cookies[settings.SESSION_COOKIE_NAME].value}


def with_gallery() -> Person:
    """The pictures are those that the demo opens on, each several times."""
    owner = cast.person("nora", password=None)
    drawn = [one.image for one in recorded.headshots()]
    return Person(cast.ready(owner, HEADSHOTS, of=drawn), signed_in(owner))


def with_draft(number: int) -> Person:
    owner = cast.person(f"guest-{number}", password=None)
    return Person(shoots.open_shoot(owner, cast.release(owner)), signed_in(owner))


def signed_in(user: User) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def visits(owner: Person) -> dict[str, Request]:
    """What is asked for again and again. The file costs what server and generator cost, nothing of ours."""
    as_owner = {"Cookie": "; ".join(f"{name}={value}" for name, value in owner.cookies.items())}
    best = media.gallery(owner.shoot)[0].pk
    picture = reverse("generation:headshot", args=[owner.shoot.pk, best, "thumb"])
    return {
        "a static file": Request(static("img/mark.svg")),
        "landing": Request(reverse("pages:landing")),
        "gallery": Request(owner.address, as_owner),
        "picture": Request(picture, as_owner),
    }


def uploads(count: int) -> Iterator[Request]:
    """As many people as may send so many photos; everybody sends one, then everybody the next."""
    guests = [with_draft(number) for number in range(-(-count // shoots.MOST_PHOTOS))]
    for guest, photo, _ in zip(cycle(guests), cycle(PHOTOS), range(count)):
        yield upload(guest, photo)


def sent(guest: Person, request: Request) -> None:
    """The same upload to the code in this process."""
    answer = guest.client.generic(
        "POST", request.path, request.body, MULTIPART_CONTENT, headers={"accept": "application/json"}
    )
    assert answer.status_code == request.expected, answer.content


def upload(guest: Person, photo: Path) -> Request:
    cookies = {**guest.cookies, settings.CSRF_COOKIE_NAME: TOKEN}
    file = SimpleUploadedFile(photo.name, photo.read_bytes())
    return Request(
        reverse("generation:photos", args=[guest.shoot.pk]),
        {
            "Accept": "application/json",
            "Content-Type": MULTIPART_CONTENT,
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": TOKEN,
        },
        encode_multipart(BOUNDARY, {"upload": str(uuid4()), "photo": file}),
        expected=201,
    )
