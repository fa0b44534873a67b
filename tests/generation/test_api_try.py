"""A program tries it with one selfie and no account, within the limits of the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import encode_multipart

from accounts import receipts, tokens
from accounts.models import Purpose, User
from generation import intake, shoots, tries
from generation.engine.types import Reason
from generation.models import Attempt, Kind, Photo, Shoot, Status, Verdict
from tests import cast

from .test_api import JSON, at, error

SELFIE = (Path(__file__).resolve().parents[1] / "photos" / "person-0-0.jpg").read_bytes()


@pytest.fixture(autouse=True)
def quiet_minute(db: None) -> None:
    cache.clear()


def said(data: bytes = SELFIE, **changes: Any) -> dict[str, Any]:
    return {
        "text": cast.text(Purpose.TRY).sha256,
        "is_subject": "true",
        "is_adult": "true",
        "selfie": SimpleUploadedFile("selfie.jpg", data, "image/jpeg"),
        **changes,
    }


def begun(zoe: Client, **more: Any) -> Client:
    """A program that holds the token of a try."""
    answer = zoe.post(at("try"), said(), **more)
    assert answer.status_code == 201, answer.content
    return Client(headers={"authorization": f"Try {answer.json()['token']}"})


def draw(shoot: Shoot) -> None:
    photo = shoot.photos.get()
    Photo.objects.filter(pk=photo.pk).update(verdict=Verdict.ACCEPTED)
    assert tries.go_on(photo) is not None
    taken = shoots.take(shoot.pk, Status.SUBMITTED)
    assert taken is not None
    for number in range(2):
        cast.headshot(taken, number, {name: cast.picture() for name in ("full", "preview", "thumb")})
    shoots.publish(taken, taken.claim, tries.ordered(taken))


def test_the_token_alone_opens_it(zoe: Client) -> None:
    program = begun(zoe)
    assert program.get(at("try_mine")).json()["step"] == "checking"
    draw(Shoot.objects.get())
    ready = program.get(at("try_mine")).json()
    assert (ready["step"], len(ready["pictures"])) == ("ready", 2)
    picture = ready["pictures"][0]["picture"]
    assert program.get(picture)["Content-Type"] == "image/jpeg"
    for stranger in (zoe, Client(headers={"authorization": "Try guessed"})):
        for address in (picture, at("try_mine")):
            assert stranger.get(address).status_code == 401
    assert program.get(at("try_picture", 7)).status_code == 404
    assert program.get(at("shoots")).status_code == 401  # it opens nothing else


@pytest.mark.parametrize("missing", ["text", "is_subject", "is_adult", "selfie"])
def test_without_one_part_of_it_nothing_begins(zoe: Client, missing: str) -> None:
    answer = zoe.post(at("try"), {name: value for name, value in said().items() if name != missing})
    assert answer.status_code in (400, 422)
    assert error(answer)
    assert not Shoot.objects.exists()
    assert not Attempt.objects.exists()


def test_one_a_day_from_a_network_and_none_beyond_the_pages_limits(zoe: Client) -> None:
    begun(zoe)
    again = zoe.post(at("try"), said())
    assert again.status_code == 409
    assert "once a day" in error(again)
    begun(zoe, REMOTE_ADDR="192.0.2.9")
    for number in range(tries.PER_ADDRESS):
        tries.begin(cast.release(None, Purpose.TRY), f"v{number}", device=f"d{number}", address="192.0.2.8")
    assert "your network" in error(zoe.post(at("try"), said(), REMOTE_ADDR="192.0.2.8"))


def test_a_forged_address_opens_no_second_try(zoe: Client) -> None:
    begun(zoe)
    again = zoe.post(at("try"), said(), headers={"X-Forwarded-For": "198.51.100.3"})
    assert again.status_code == 409


def test_asking_is_slowed_like_on_the_page(zoe: Client) -> None:
    answers = [zoe.post(at("try"), said(b"nonsense")).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert not Attempt.objects.exists()


def test_a_refused_selfie_is_replaced(zoe: Client) -> None:
    program = begun(zoe)
    intake._decide(Photo.objects.get(), [Reason("blurred", "The face is blurred.", blocking=True)])
    refused = program.get(at("try_mine")).json()
    assert (refused["step"], refused["reasons"][0]["code"]) == ("refused", "blurred")
    body = said()
    boundary = "BoUnDaRy"
    sent = encode_multipart(boundary, {"selfie": body["selfie"]})
    better = program.put(at("try_mine"), sent, f"multipart/form-data; boundary={boundary}")
    assert better.json()["step"] == "checking"
    assert (Photo.objects.count(), Attempt.objects.count()) == (1, 1)


def test_ending_it_gives_a_receipt(zoe: Client) -> None:
    program = begun(zoe)
    draw(Shoot.objects.get())
    assert receipts.checked(program.delete(at("try_mine")).content.decode()) is not None
    assert Shoot.objects.get().status == Status.PURGED
    over = program.get(at("try_mine"))
    assert over.status_code == 401
    assert "deleted" in error(over)


def test_an_account_goes_on_with_it(zoe: Client, ivy: User) -> None:
    answer = zoe.post(at("try"), said()).json()
    program = Client(headers={"authorization": f"Bearer {tokens.make(ivy, 'test')}"})
    text = cast.text().sha256
    opening = {"text": text, "is_subject": True, "is_adult": True, "try_token": answer["token"]}
    early = program.post(at("shoots"), opening, JSON)
    assert (early.status_code, "once its pictures" in error(early)) == (409, True)
    assert not ivy.releases.exists()
    draw(Shoot.objects.get())
    opened = program.post(at("shoots"), opening, JSON)
    assert (opened.status_code, opened.json()["photos"]["accepted"]) == (201, 1)
    shoot = Shoot.objects.get()
    assert (shoot.kind, shoot.subject, shoot.status) == (Kind.SHOOT, ivy, Status.DRAFT)
    assert program.post(at("shoots"), opening, JSON).status_code == 409  # it is a try no longer
