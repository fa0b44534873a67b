"""A program makes a whole shoot with the commands of docs/api.md: real web process, worker and engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings

from tests import docs_api
from tests.journeys.living import living

PATIENCE = 540  # seconds; on two busy cores it took 190
TOKEN = """
from accounts import tokens
from accounts.models import User
print(tokens.make(User.objects.get(email="ivy@example.com"), "program"))
"""


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_a_program_makes_a_whole_shoot(tmp_path: Path) -> None:
    photos, data = tmp_path / "photos", tmp_path / "data"
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
        docs_api.run(site, made.stdout.strip(), folder=tmp_path, photos=photos, patience=PATIENCE)
    with zipfile.ZipFile(tmp_path / "headshots.zip") as zipped:
        pictures = [zipped.read(name) for name in zipped.namelist()]
    assert 1 <= len(pictures) <= 8
    for picture in (*pictures, (tmp_path / "headshot.jpg").read_bytes()):
        assert picture[:2] == b"\xff\xd8"
        assert b"trainedAlgorithmicMedia" in picture
        assert b"c2pa" in picture
