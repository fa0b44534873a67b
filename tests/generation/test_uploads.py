"""Photos arrive one per request, once however often they are sent, and every refusal is a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from generation import shoots, vault
from generation.models import Photo, Shoot
from tests import cast

PHOTOS = Path(__file__).resolve().parents[1] / "photos"


@pytest.fixture
def draft(ivy: User) -> Shoot:
    return shoots.open_shoot(ivy, cast.release(ivy))


def file(name: str = "IMG_1.jpg", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or (PHOTOS / "person-2-0.jpg").read_bytes())


def address(shoot: Shoot) -> str:
    return reverse("generation:photos", kwargs={"shoot": shoot.pk})


def send(client: Client, shoot: Shoot, upload: object = None, **how: Any) -> Any:
    body = {"upload": str(upload or uuid4()), "photo": how.pop("photo", None) or file()}
    return client.post(address(shoot), body, headers={"Accept": "application/json"}, **how)


def test_the_same_upload_sent_twice_is_one_photo(signed_in: Client, draft: Shoot) -> None:
    key = uuid4()
    first, second = send(signed_in, draft, key), send(signed_in, draft, key)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    photo = draft.photos.get()
    assert vault.get(draft.pk, "inputs", f"{photo.pk}.jpg").startswith(b"\xff\xd8")
    assert photo.name == "IMG_1.jpg"


def test_a_name_that_hides_something_is_kept_as_it_is_shown(signed_in: Client, draft: Shoot) -> None:
    assert send(signed_in, draft, photo=file("me\u202egpj.exe" + "x" * 300 + ".jpg")).status_code == 201
    name = draft.photos.get().name
    assert name.startswith("megpj.exexx")
    assert name.endswith(".jpg")
    assert len(name) <= 80


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("notes.pdf", b"%PDF-1.7 words", "not a photo we can read"),
        ("half.jpg", (PHOTOS / "person-2-0.jpg").read_bytes()[:3000], "damaged or incomplete"),
        ("page.html", b"<html><script>alert(1)</script>", "not a photo we can read"),
    ],
)
def test_a_file_that_is_no_photo_gets_a_sentence(
    signed_in: Client, draft: Shoot, name: str, data: bytes, words: str
) -> None:
    send(signed_in, draft)
    response = send(signed_in, draft, photo=file(name, data))
    assert response.status_code == 422
    assert words in response.json()["error"]
    assert name in response.json()["error"]
    assert draft.photos.count() == 1  # the others stay


def test_the_21st_photo_is_refused_in_words(signed_in: Client, draft: Shoot) -> None:
    for number in range(20):
        cast.photo(draft, f"{number}.jpg")
    response = send(signed_in, draft)
    assert response.status_code == 409
    assert "20 photos already" in response.json()["error"]


def test_a_file_over_the_limit_is_dropped_while_it_arrives(
    signed_in: Client, draft: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generation.uploads.MOST_BYTES", 3000)
    response = send(signed_in, draft, photo=file("huge.jpg"))
    assert response.status_code == 413
    assert "huge.jpg is larger than 50 MB" in response.json()["error"]
    assert not draft.photos.exists()


def test_of_several_files_only_the_one_over_the_limit_is_dropped(
    signed_in: Client, draft: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = cast.picture(side=300)
    monkeypatch.setattr("generation.uploads.MOST_BYTES", len(small))
    body = {"photo": [file("huge.jpg"), file("small.jpg", small)]}
    page = signed_in.post(address(draft), body, follow=True).content.decode()
    assert draft.photos.get().name == "small.jpg"
    assert "huge.jpg is larger than 50 MB" in page


def test_a_request_that_announces_too_much_is_not_read(signed_in: Client, draft: Shoot) -> None:
    response = signed_in.generic(
        "POST",
        address(draft),
        b"never read",
        content_type="multipart/form-data; boundary=x",
        headers={"Accept": "application/json"},
        CONTENT_LENGTH=str(60 * 1024 * 1024),
    )
    assert response.status_code == 413


def test_a_submitted_shoot_takes_none(signed_in: Client, ivy: User) -> None:
    shoot = cast.submitted(ivy)
    response = send(signed_in, shoot)
    assert response.status_code == 409
    assert "open a new one" in response.json()["error"]
    photo = shoot.photos.get()
    signed_in.post(reverse("generation:remove_photo", kwargs={"shoot": shoot.pk, "photo": photo.pk}))
    assert Photo.objects.filter(pk=photo.pk).exists()


def test_an_expired_login_is_said_and_loses_nothing(zoe: Client, ivy: User, draft: Shoot) -> None:
    kept = cast.photo(draft)
    response = send(zoe, draft)
    assert response.status_code == 401
    assert "Sign in again" in response.json()["error"]
    plain = zoe.post(address(draft), {"photo": file()})
    back = reverse("generation:shoot", kwargs={"shoot": draft.pk})
    assert plain.headers["Location"] == f"{reverse('account_login')}?next={back}"
    assert list(draft.photos.all()) == [kept]


def test_a_forged_request_is_refused(ivy: User, draft: Shoot) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ivy)
    assert send(strict, draft).status_code == 403
    assert not draft.photos.exists()


def test_a_plain_form_sends_several_and_says_which_failed(signed_in: Client, draft: Shoot) -> None:
    body = {"photo": [file("a.jpg"), file("b.pdf", b"%PDF"), file("c.jpg")]}
    page = signed_in.post(address(draft), body, follow=True).content.decode()
    assert sorted(draft.photos.values_list("name", flat=True)) == ["a.jpg", "c.jpg"]
    assert "b.pdf is not a photo we can read" in page


def test_a_removed_photo_is_gone_with_its_files(signed_in: Client, draft: Shoot) -> None:
    photo = cast.photo(draft)
    signed_in.post(reverse("generation:remove_photo", kwargs={"shoot": draft.pk, "photo": photo.pk}))
    assert not draft.photos.exists()
    for ending in ("jpg", "thumb"):
        assert not vault.exists(draft.pk, "inputs", f"{photo.pk}.{ending}")
