"""The code for the phone lets photos into one draft, for a quarter of an hour, and nothing else anywhere."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import consent
from accounts.models import User
from generation.models import Photo, Shoot, Verdict
from tests import cast
from tests.generation.test_uploads import PHOTOS

JSON = {"Accept": "application/json"}


@pytest.fixture
def draft(ivy: User) -> Shoot:
    return cast.draft(ivy, photos=1)


def token(client: Client, shoot: Shoot) -> str:
    page = client.get(reverse("generation:phone_code", kwargs={"shoot": shoot.pk})).content.decode()
    found = re.search(r"/phone/([^/]+)/", page)
    assert found
    return found[1]


def at(name: str, code: str, **more: object) -> str:
    return reverse(f"generation:{name}", kwargs={"token": code, **more})


def photo() -> dict[str, object]:
    data = (PHOTOS / "person-2-1.jpg").read_bytes()
    return {"upload": str(uuid4()), "photo": SimpleUploadedFile("phone.jpg", data)}


def test_a_phone_adds_photos_without_signing_in(signed_in: Client, zoe: Client, draft: Shoot) -> None:
    code = token(signed_in, draft)
    assert zoe.get(at("phone", code)).status_code == 200
    assert zoe.post(at("phone_photos", code), photo(), headers=JSON).status_code == 201
    arrived = draft.photos.get(name="phone.jpg")
    assert arrived.verdict == Verdict.WAITING
    assert zoe.get(at("phone_thumb", code, photo=arrived.pk)).headers["Content-Type"] == "image/webp"
    assert (
        b"phone.jpg" in zoe.get(at("phone_photos", code), {"seen": 0}, headers={"HX-Request": "true"}).content
    )


def test_the_code_is_a_picture_of_its_own_address(signed_in: Client, zoe: Client, draft: Shoot) -> None:
    picture = zoe.get(at("phone_picture", token(signed_in, draft)))
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert b"<svg" in picture.content


def test_it_opens_nothing_but_this_draft(signed_in: Client, zoe: Client, draft: Shoot, sam: User) -> None:
    code = token(signed_in, draft)
    other = cast.photo(cast.draft(sam, photos=0))
    assert zoe.get(at("phone_thumb", code, photo=other.pk)).status_code == 404
    page = zoe.get(at("phone", code)).content.decode()
    assert "remove" not in page.lower()
    for name in ("shoot", "looks", "review"):
        assert (
            "login" in zoe.get(reverse(f"generation:{name}", kwargs={"shoot": draft.pk})).headers["Location"]
        )
    mine = draft.photos.get()
    full = reverse("generation:photo_image", kwargs={"shoot": draft.pk, "photo": mine.pk, "size": "jpg"})
    assert zoe.get(full).status_code == 404
    gone = reverse("generation:remove_photo", kwargs={"shoot": draft.pk, "photo": mine.pk})
    assert "login" in zoe.post(gone).headers["Location"]


def test_it_ends_after_a_quarter_of_an_hour(signed_in: Client, zoe: Client, draft: Shoot) -> None:
    code = token(signed_in, draft)
    with time_machine.travel(timezone.now() + timedelta(minutes=14, seconds=30)):
        assert zoe.get(at("phone", code)).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=5)):
        for name in ("phone", "phone_photos", "phone_picture"):
            assert zoe.get(at(name, code)).status_code == 410, name
        late = zoe.post(at("phone_photos", code), photo(), headers=JSON)
        assert late.status_code == 410
        assert "run out" in late.json()["error"]
    assert Photo.objects.count() == 1


def test_an_altered_code_is_not_there(signed_in: Client, zoe: Client, draft: Shoot, sam: User) -> None:
    code = token(signed_in, draft)
    theirs = cast.draft(sam, photos=0).pk.hex
    for wrong in (code[:-1] + ("A" if code[-1] != "A" else "B"), code.replace(code[:32], theirs), "nonsense"):
        assert zoe.get(at("phone", wrong)).status_code == 404, wrong
        assert zoe.post(at("phone_photos", wrong), photo(), headers=JSON).status_code == 404, wrong


def test_it_ends_with_the_draft_and_with_the_consent(signed_in: Client, zoe: Client, ivy: User) -> None:
    first, second = cast.draft(ivy), cast.draft(ivy)
    codes = [token(signed_in, first), token(signed_in, second)]
    Shoot.objects.filter(pk=first.pk).update(status="failed")
    consent.withdraw(second.release)
    for code in codes:
        assert zoe.get(at("phone", code)).status_code == 410
        assert zoe.post(at("phone_photos", code), photo(), headers=JSON).status_code == 410
    assert Photo.objects.count() == 2
