"""A program makes a whole shoot with the commands of docs/api.md: real web process, worker and engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from django.conf import settings

from generation.engine.marking import SOURCE_TYPE
from tests import docs_api
from tests.journeys.living import living
from tests.npm import needs_node
from tests.other_reader import Read, altered

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
PATIENCE = 540  # seconds; on two busy cores it took 190
TOKEN = """
from accounts import tokens
from accounts.models import User
print(tokens.make(User.objects.get(email="ivy@example.com"), "program"))
"""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the program has on its disk at the end: the best headshot alone, and those of its ZIP."""
    folder = tmp_path_factory.mktemp("program")
    photos, data = folder / "photos", folder / "data"
    photos.mkdir()
    data.mkdir()
    for file in sorted(docs_api.PHOTOS.iterdir())[:6]:
        shutil.copy(file, photos)
    with living(data, SHOOT_SIZE="small") as site:
        own = {**os.environ, "DATA_DIR": str(data), "SITE_URL": site}
        command = [sys.executable, "manage.py", "shell", "-v0", "-c", TOKEN]
        made = subprocess.run(
            command, cwd=settings.BASE_DIR, env=own, capture_output=True, text=True, check=True
        )
        docs_api.run(site, made.stdout.strip(), folder=folder, photos=photos, patience=PATIENCE)
    with zipfile.ZipFile(folder / "headshots.zip") as zipped:
        gallery = {name: zipped.read(name) for name in zipped.namelist()}
    return {"headshot.jpg": (folder / "headshot.jpg").read_bytes(), **gallery}


def test_a_program_makes_a_whole_shoot(pictures: dict[str, bytes]) -> None:
    assert 1 <= len(pictures) - 1 <= 8
    for picture in pictures.values():
        assert picture[:2] == b"\xff\xd8"
        assert b"trainedAlgorithmicMedia" in picture


@needs_node
def test_a_reader_that_is_not_ours_finds_every_picture_valid(read: Read, pictures: dict[str, bytes]) -> None:
    for name, said in read(pictures).items():
        assert said["valid"], (name, said)
        assert said["source"] == SOURCE_TYPE


@needs_node
def test_it_reports_a_byte_that_was_altered(read: Read, pictures: dict[str, bytes]) -> None:
    for said in read({name: altered(data) for name, data in pictures.items()}).values():
        assert not said["valid"]
        assert "assertion.dataHash.mismatch" in said["codes"]
