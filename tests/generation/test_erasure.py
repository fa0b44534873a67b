"""Canaries in everything that a person gives: after the account is gone, no file of the installation sings.

Left in purpose: the consent and deletion receipts and the history of the shoot, which name nobody.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from billing import ledger
from generation import export, lab, letters, retention, shoots, sweeper, vault
from generation.models import Letter, Photo, Rendition, Shoot, Status, Verdict
from tests import cast
from tests.stores import Stores

BIRD = "zeisig-7f3a9c"  # in the name, the address and the file's name
FACE = b"canary-of-the-face-51d2"  # in what is learned, measured and drawn
PLACE = "canary-of-the-place-88b1"  # in what the camera wrote


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Path:
    """The machine's folder for temporary files, scratch included."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(lab, "SCRATCH", tmp_path / "scratch")
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1024  # every upload passes the disk
    return tmp_path


@pytest.fixture
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """All that the installation says, as a careful operator has set it."""
    path = tmp_path_factory.mktemp("log") / "all.log"
    handler = logging.FileHandler(path)
    logging.getLogger().addHandler(handler)
    yield path
    logging.getLogger().removeHandler(handler)
    handler.close()


def hits(*places: Path) -> list[str]:
    """Files in which a canary can be read."""
    birds = [BIRD.encode(), BIRD.encode("utf-16-le"), FACE, PLACE.encode()]
    found = [path for place in places for path in ([place] if place.is_file() else place.rglob("*"))]
    return sorted(
        path.name for path in found if path.is_file() and any(bird in path.read_bytes() for bird in birds)
    )


def selfie() -> SimpleUploadedFile:
    data, exif = BytesIO(), Image.Exif()
    exif[0x010E] = PLACE
    Image.effect_noise((512, 512), 60).convert("RGB").save(data, "JPEG", exif=exif, comment=PLACE.encode())
    return SimpleUploadedFile(f"{BIRD}.jpg", data.getvalue(), "image/jpeg")


def a_whole_life(temp: Path) -> tuple[User, Shoot]:
    """Signed in by password, a photo sent, a shoot made, looked at, taken along."""
    user = cast.person(BIRD)
    browser = Client()
    browser.post(reverse("account_login"), {"login": user.email, "password": "wrong"})
    browser.post(reverse("account_login"), {"login": user.email, "password": cast.PASSWORD})
    browser.post(reverse("accounts:settings"), {"name": f"Ivy {BIRD}"})
    shoot = shoots.open_shoot(user, cast.release(user))
    browser.post(reverse("generation:photos", args=[shoot.pk]), {"photo": selfie()})
    photo = Photo.objects.get(shoot=shoot)
    assert photo.name == f"{BIRD}.jpg"
    vault.put(shoot.pk, "inputs", f"{photo.pk}.checked", FACE)
    Photo.objects.update(verdict=Verdict.ACCEPTED)
    shoots.choose(shoot, looks=["studio-grey@1"], direction={}, keep=[], asked=40)
    ledger.grant(user, 1, source="test")
    shoots.submit(shoot)
    made(shoot)
    for letter in Letter.objects.all():
        letters.send(letter.pk)
    for address in ("shoot", "archive"):
        b"".join(browser.get(reverse(f"generation:{address}", args=[shoot.pk])))
    b"".join(export.archive(user))
    (lab.scratch(shoot.pk) / "checkpoint").write_bytes(FACE)
    return user, shoot


def made(shoot: Shoot) -> None:
    taken = shoots.take(shoot.pk, Status.SUBMITTED)
    assert taken is not None
    for name in ("identity", "person"):
        vault.put(shoot.pk, "inputs", name, FACE)
    shoots.keep_identity(taken, taken.claim, base_hash="base", sha256="adapter", size=7, seconds=1.0)
    taken = shoots.take(shoot.pk, Status.TRAINED)
    assert taken is not None
    picture = cast.picture() + FACE
    one = cast.headshot(taken, 0, {name: picture for name in ("full", "preview", "thumb")})
    rendition = Rendition.objects.create(headshot=one, what="linkedin")
    vault.put(shoot.pk, "headshots", rendition.file, FACE)
    shoots.drawn_all(taken, taken.claim, seconds=1.0)
    taken = shoots.take(shoot.pk, Status.GENERATED)
    assert taken is not None
    one.rank = 1
    shoots.publish(taken, taken.claim, [one])


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the database's own file")
def test_after_the_account_no_file_sings(temp: Path, log: Path) -> None:
    data = Path(django_settings.DATA_DIR)
    user, shoot = a_whole_life(temp)
    before = hits(data, temp)
    assert "checkpoint" in before
    assert any(name.startswith("test.sqlite3") for name in before)  # the search finds what is there
    assert not any(place in {"files", "keys"} for place in hits(data / "files", data / "keys"))
    browser = Client()
    browser.force_login(user)
    page = browser.post(reverse("generation:leave"), {"leave": "yes"})
    if page.status_code == 302 and "reauthenticate" in page.headers["Location"]:
        browser.post(page.headers["Location"], {"password": cast.PASSWORD})
        browser.post(reverse("generation:leave"), {"leave": "yes"})
    assert not User.objects.filter(pk=user.pk).exists()
    for letter in Letter.objects.filter(sent_at=None):
        letters.send(letter.pk)
    sweeper.tidy()
    assert hits(data, temp, log) == []
    assert Shoot.objects.get(pk=shoot.pk).receipt


def test_yesterdays_copy_of_the_files_is_unreadable(ivy: User, stores: Stores) -> None:
    """Who restores a backup of database and files has no keys to it: those are kept apart and are gone."""
    shoot = cast.ready(ivy)
    backup = stores.files.everything()
    names: list[tuple[vault.Kind, str]] = list(export.files(shoot))
    readable = [(kind, name) for kind, name in names if vault.exists(shoot.pk, kind, name)]
    assert len(readable) >= 6
    retention.purge(shoot)
    for name, data in backup:
        stores.files.overwrite(name, data)
    for kind, name in readable:
        assert vault.exists(UUID(str(shoot.pk)), kind, name)
        with pytest.raises(vault.Gone):
            vault.get(shoot.pk, kind, name)
