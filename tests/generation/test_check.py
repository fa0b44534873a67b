"""Anybody may ask whether a picture was made here; the answer is honest and nothing is stored."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from generation import marks
from generation.engine import marking
from generation.views import checking

CANARY = b"canary of somebody else's picture"


@pytest.fixture(autouse=True)
def _no_limit(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(checking, "RATES", {})


def answer(client: Client, data: bytes, status: int = 200) -> str:
    response = client.post(reverse("generation:check"), {"picture": SimpleUploadedFile("a.jpg", data)})
    assert response.status_code == status
    return response.content.decode()


def ours() -> bytes:
    return marks.signed(marking.jpeg(Image.new("RGB", (64, 64), "teal")))


def test_a_picture_of_ours_is_known(zoe: Client) -> None:
    assert "Made here, mark intact" in answer(zoe, ours())


def test_one_changed_byte_is_noticed(zoe: Client) -> None:
    altered = bytearray(ours())
    altered[-20] ^= 1
    assert "Made here, but altered" in answer(zoe, bytes(altered))


def test_a_lost_mark_proves_nothing(zoe: Client) -> None:
    stripped = BytesIO()
    Image.open(BytesIO(ours())).save(stripped, "JPEG")
    assert "which proves nothing" in answer(zoe, stripped.getvalue())


def test_what_is_no_picture_gets_a_sentence(zoe: Client) -> None:
    assert "not a picture" in answer(zoe, b"%PDF-1.7 not at all", 422)
    assert "Choose a picture first." in zoe.post(reverse("generation:check")).content.decode()


def test_a_large_one_is_refused_before_it_is_read(zoe: Client) -> None:
    assert "larger than 8 MB" in answer(zoe, b"\xff\xd8" + bytes(checking.MOST), 413)


def test_nothing_of_it_is_stored(zoe: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", str(tmp_path))
    monkeypatch.setattr(settings, "FILE_UPLOAD_MAX_MEMORY_SIZE", 8)  # Django's own way would be a file
    picture = ours()
    assert "Choose a picture first." in answer(zoe, picture + CANARY, 400)
    monkeypatch.undo()
    answer(zoe, picture + CANARY)
    assert not list(tmp_path.iterdir())
    kept = [path for path in Path(settings.DATA_DIR).rglob("*") if path.is_file()]
    assert not [path for path in kept if CANARY in path.read_bytes()]


def test_many_questions_have_to_wait(zoe: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "RATES", {"check": "2/m/ip"})
    for status in (200, 200, 429):
        answer(zoe, ours(), status)
    assert zoe.get(reverse("generation:check")).status_code == 200
