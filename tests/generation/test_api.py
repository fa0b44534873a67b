"""The API makes a whole shoot, lets nobody else in, and says in a sentence what went wrong."""

from __future__ import annotations

import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from accounts import receipts, tokens
from accounts.models import ApiToken, User
from billing import ledger
from generation import catalogue, frames, media, renditions, shoots, tries
from generation.api import describing
from generation.models import Headshot, Kind, Photo, Rendition, Shoot, Status, Verdict
from tests import cast, docs_api

JSON = "application/json"


@pytest.fixture
def api(ivy: User) -> Client:
    """ivy's program."""
    return Client(headers={"authorization": f"Bearer {tokens.make(ivy, 'test')}"})


def at(name: str, *args: object) -> str:
    return reverse(f"api:{name}", args=args)


def error(response: Any) -> str:
    said = response.json()
    assert list(said) == ["error"], said
    return str(said["error"])


@contextmanager
def studio() -> Iterator[None]:
    """A worker that accepts every photo and draws grey squares, on the verbs of the real one."""
    over = threading.Event()

    def work() -> None:
        try:
            while not over.wait(0.05):
                for photo in Photo.objects.filter(verdict=Verdict.WAITING):
                    Photo.objects.filter(pk=photo.pk).update(verdict=Verdict.ACCEPTED)
                    tries.go_on(photo)
                for shoot in Shoot.objects.filter(status=Status.SUBMITTED):
                    if shoot.kind == Kind.TRY:
                        try_on(shoot)
                    else:
                        draw(shoot)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def draw(shoot: Shoot) -> None:
    taken = shoots.take(shoot.pk, Status.SUBMITTED)
    assert taken is not None
    shoots.keep_identity(taken, taken.claim, base_hash="base", sha256="adapter", size=7, seconds=60.0)
    drawing = shoots.take(shoot.pk, Status.TRAINED)
    assert drawing is not None
    pictures = frames.pictures(grey())
    for number in range(2):
        cast.headshot(drawing, number, pictures)
    cast.opened(drawing, selects=1)


def try_on(shoot: Shoot) -> None:
    taken = shoots.take(shoot.pk, Status.SUBMITTED)
    assert taken is not None
    for number in range(4):
        cast.headshot(taken, number, frames.pictures(grey()))
    shoots.publish(taken, taken.claim, tries.ordered(taken))


def grey() -> Any:
    from PIL import Image

    return Image.new("RGB", (64, 64), "slategrey")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_commands_of_the_page_make_a_whole_shoot(live_server: LiveServer, tmp_path: Path) -> None:
    catalogue.seed()  # a flushed database has no looks
    ivy = cast.person("ivy", password=None)
    ledger.grant(ivy, 1, source="test")
    photos = tmp_path / "photos"
    photos.mkdir()
    for file in sorted(docs_api.PHOTOS.iterdir())[:2]:
        shutil.copy(file, photos)
    with studio():
        token = tokens.make(ivy, "curl")
        said = docs_api.run(live_server.url, token, folder=tmp_path, photos=photos, patience=120)
    assert cast.text().body.splitlines()[0] in said
    assert "['studio-grey@1', 'garden@1']" in said
    ended = set(Shoot.objects.values_list("kind", "status"))
    assert ended == {(Kind.SHOOT, Status.PURGED), (Kind.TRY, Status.PURGED)}
    for name in ("headshot.jpg", "tried.jpg"):
        assert (tmp_path / name).read_bytes()[:2] == b"\xff\xd8"
    for name in ("photo.webp", "thumbnail.webp"):
        assert (tmp_path / name).read_bytes()[8:12] == b"WEBP"
    assert len(zipfile.ZipFile(tmp_path / "headshots.zip").namelist()) == 2
    assert receipts.checked((tmp_path / "receipt.json").read_text()) is not None
    assert ApiToken.objects.get().used is not None


def test_nothing_opens_without_a_token(signed_in: Client, ivy: User) -> None:
    """Nor with a session: no other site can act through a person's browser."""
    cast.draft(ivy)
    for client in (signed_in, Client(), Client(headers={"authorization": "Bearer hs_wrong"})):
        response = client.get(at("shoots"))
        assert response.status_code == 401
        assert "Bearer" in response["WWW-Authenticate"]
        assert error(response)


def test_a_revoked_token_and_a_closed_account_are_nobodys(api: Client, signed_in: Client, ivy: User) -> None:
    assert api.get(at("shoots")).status_code == 200
    User.objects.filter(pk=ivy.pk).update(is_active=False)
    assert api.get(at("shoots")).status_code == 401
    User.objects.filter(pk=ivy.pk).update(is_active=True)
    signed_in.post(reverse("accounts:revoke", args=[ApiToken.objects.get().pk]))
    assert api.get(at("shoots")).status_code == 401


def test_consent_is_said_by_the_adult_subject_to_the_present_text(api: Client) -> None:
    yes = {"text": cast.text().sha256, "is_subject": True, "is_adult": True}
    for change, status, words in (
        ({"text": "0" * 64}, 422, "renewed"),
        ({"is_subject": False}, 422, "yourself"),
        ({"is_adult": False}, 422, "18"),
        ({"is_adult": None}, 400, "is_adult"),
    ):
        response = api.post(at("shoots"), {**yes, **change}, JSON)
        assert response.status_code == status
        assert words in error(response)
    assert not Shoot.objects.exists()
    assert api.post(at("shoots"), yes, JSON).status_code == 201


def send(api: Client, shoot: Shoot, data: bytes, upload: object) -> Any:
    file = SimpleUploadedFile("me.jpg", data)
    return api.post(at("photos", shoot.pk), {"photo": file, "upload": str(upload)})


def test_the_same_upload_is_the_same_photo(api: Client, ivy: User) -> None:
    shoot, upload = cast.draft(ivy, photos=0), uuid4()
    data = sorted(docs_api.PHOTOS.iterdir())[0].read_bytes()
    first, second = send(api, shoot, data, upload), send(api, shoot, data, upload)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert api.delete(at("photo", shoot.pk, first.json()["id"])).status_code == 204
    assert not shoot.photos.exists()


def test_what_is_no_photo_is_refused_in_words(api: Client, ivy: User) -> None:
    shoot = cast.draft(ivy, photos=0)
    response = send(api, shoot, b"%PDF-1.7", uuid4())
    assert response.status_code == 422
    assert "not a photo we can read" in error(response)
    assert "upload" in error(send(api, shoot, cast.picture(), "no key"))
    announced = api.generic(
        "POST", at("photos", shoot.pk), b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=60 * 1024**2
    )
    assert announced.status_code == 413
    assert error(announced)


def test_only_words_of_the_catalogue_are_taken(api: Client, ivy: User) -> None:
    shoot = cast.draft(ivy)
    for choice, field in (
        ({"looks": ["a nice beach"]}, "looks"),
        ({"looks": []}, "looks"),
        ({"looks": ["studio-grey@1"], "expression": "seductive"}, "expression"),
        ({"looks": ["studio-grey@1"], "keep": ["beautiful"]}, "keep"),
        ({"looks": ["studio-grey@1"], "asked": 100_000}, "asked"),
    ):
        response = api.put(at("choice", shoot.pk), choice, JSON)
        assert response.status_code == 400
        assert error(response).startswith(field)
    wish = {"looks": ["garden@1"], "turn": "left", "keep": ["full beard"]}
    assert api.put(at("choice", shoot.pk), wish, JSON).json()["direction"] == {"yaw": -15.0}
    shoot.refresh_from_db()
    assert (shoot.looks, shoot.keep) == (["garden@1"], ["full beard"])


def test_a_shoot_is_submitted_once_and_only_with_a_credit(api: Client, ivy: User) -> None:
    shoot = cast.draft(ivy)
    response = api.post(at("submit", shoot.pk))
    assert response.status_code == 409
    assert "no credit left" in error(response)
    ledger.grant(ivy, 2, source="test")
    for _again in range(2):
        assert api.post(at("submit", shoot.pk)).json()["status"] == Status.SUBMITTED
    assert ledger.unspent(ivy).count() == 1
    assert api.get(at("shoot", shoot.pk)).json()["outlook"]["place"] == 1
    cancelled = api.post(at("cancel", shoot.pk)).json()
    assert (cancelled["status"], cancelled["outlook"]) == (Status.FAILED, None)
    assert "credit is back" in cancelled["failure"]
    assert api.post(at("cancel", shoot.pk)).status_code == 409


def test_the_gallery_tells_what_the_page_tells(api: Client, ivy: User) -> None:
    shoot = cast.ready(ivy)
    listed = api.get(at("headshots", shoot.pk)).json()
    best = media.gallery(shoot)[0]
    assert [one["rank"] for one in listed] == [1, 2, 3, 4]
    assert (listed[0]["likeness"], listed[0]["skin"]) == (90, "hardly a difference")
    picture = api.get(at("picture", shoot.pk, best.pk))
    assert picture["Content-Type"] == "image/jpeg"
    assert listed[0]["picture"].endswith(at("picture", shoot.pk, best.pk))
    assert api.patch(at("headshot", shoot.pk, best.pk), {"favourite": True}, JSON).json()["favourite"]
    chosen = b"".join(api.get(at("archive", shoot.pk), {"only": "favourites"}).streaming_content)
    assert len(zipfile.ZipFile(BytesIO(chosen)).namelist()) == 1


def test_a_ready_size_is_made_once_it_is_asked_for(api: Client, ivy: User) -> None:
    best = media.gallery(cast.ready(ivy))[0]
    address = at("size", best.shoot_id, best.pk, "linkedin-400")
    assert api.get(address).status_code == 404
    assert api.put(address).json() == {
        "what": "linkedin-400",
        "made": False,
        "link": settings.SITE_URL + address,
    }
    renditions.make(Rendition.objects.get())
    assert api.put(address).json()["made"]
    assert api.get(address)["Content-Type"] == "image/jpeg"
    assert "not offered" in error(api.put(at("size", best.shoot_id, best.pk, "passport")))


def test_more_looks_come_from_the_kept_identity(api: Client, ivy: User) -> None:
    shoot = cast.ready(ivy)
    assert "looks" in error(api.post(at("more_looks", shoot.pk), {"looks": ["a nice beach"]}, JSON))
    again = api.post(at("more_looks", shoot.pk), {"looks": ["garden@1"]}, JSON).json()
    assert (again["status"], again["looks"]) == (Status.TRAINED, ["garden@1"])


def test_a_report_may_ask_for_the_one_redo(api: Client, ivy: User) -> None:
    best = media.gallery(cast.ready(ivy))[0]
    address = at("report", best.shoot_id, best.pk)
    assert "why" in error(api.post(address, {"why": "ugly"}, JSON))
    assert api.post(address, {"why": "skin_tone"}, JSON).json()["status"] == Status.READY
    redone = api.post(address, {"why": "not_like_me", "redo": True}, JSON).json()
    assert (redone["status"], redone["working"]) == (Status.SUBMITTED, True)
    assert Headshot.objects.get(pk=best.pk).report == "not_like_me"
    assert "not open" in error(api.post(address, {"why": "skin_tone"}, JSON))


def test_a_crowd_of_requests_is_slowed(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.api.Pace.rate", "2/min", raising=False)
    answers = [api.get(at("looks")) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert error(answers[-1])


def test_the_page_lists_every_request(zoe: Client) -> None:
    page = zoe.get(at("docs")).content.decode()
    listed = {(one["method"], one["path"]) for one in describing.endpoints()}
    assert ("DELETE", "shoots/{shoot}/") in listed
    assert ("POST", "shoots/{shoot}/photos/") in listed
    assert all(one["words"] and one["words"][:4] not in ("GET:", "POST") for one in describing.endpoints())
    assert page.count("<dt>") == len(listed)


def test_the_schema_is_served_and_describes_errors(zoe: Client) -> None:
    schema = zoe.get(at("schema")).json()
    assert schema["openapi"].startswith("3.")
    for path, item in schema["paths"].items():
        for method in set(item) & {"get", "post", "put", "patch", "delete"}:
            assert {"4XX", "401"} & set(item[method]["responses"]), f"{method} {path}"
