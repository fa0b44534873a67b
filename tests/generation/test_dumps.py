"""Nothing that a photo's file says beside its picture is in a dump of the database or of the queue."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from generation import leaving, letters
from generation.models import Letter, Shoot
from tests import cast, dumps
from tests.engine import test_canaries as canaries

from .test_erasure import BIRD, a_whole_life, temp  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db(transaction=True)


def sung(dump: str) -> list[str]:
    """The canaries of the files' metadata that can be read in it."""
    words = (word.decode("ascii", "backslashreplace") for word in canaries.words())
    return [word for word in (*words, "2025:07:19") if word in dump]


def test_what_the_camera_wrote_is_in_no_dump() -> None:
    cache.clear()
    user = cast.person("ivy", password=None)
    browser = Client()
    browser.force_login(user)
    shoot = cast.draft(user, photos=0)
    address = reverse("generation:photos", args=[shoot.pk])
    for kind, made in canaries.PHOTOS.items():
        sent = {"photo": SimpleUploadedFile(f"holiday.{kind}", made()), "upload": str(uuid4())}
        assert browser.post(address, sent, headers={"accept": "application/json"}).status_code == 201
    cache.set("seen", "holiday")
    dump = dumps.everything()
    assert all(f"holiday.{kind}" in dump for kind in canaries.PHOTOS)  # it is a dump of these rows
    if settings.REDIS_URL:
        assert str(shoot.photos.all()[0].pk) in dump.partition("dramatiq")[2]  # and of these messages
    assert sung(dump) == []
    cache.delete("seen")


def test_after_the_account_no_dump_names_the_person(temp: Path) -> None:  # noqa: F811
    cache.clear()
    user, shoot = a_whole_life(temp)
    assert BIRD in dumps.everything()
    leaving.leave(user)
    assert not User.objects.filter(pk=user.pk).exists()
    for letter in Letter.objects.filter(sent_at=None):
        letters.send(letter.pk)  # the receipt's address stays until it is sent
    assert BIRD not in dumps.everything()
    assert Shoot.objects.get(pk=shoot.pk).receipt
