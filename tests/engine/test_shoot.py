"""A small real shoot: the trained understudy, photos of one person, a gallery that can be shown."""

from __future__ import annotations

import json
import random
import shutil
import time
from pathlib import Path

import pytest
from PIL import Image

from generation.engine import adapter, faces, intake
from generation.engine.__main__ import MODEL
from generation.engine.looks import chosen_looks
from generation.engine.session import Session
from generation.engine.types import Keep, Recipe

LOOKS, COUNT, SEED = ("studio-grey", "deep-teal"), 2, 5
SHORT = Recipe(steps=16, batch=2, warmup=2, checkpoints=1)


@pytest.fixture(scope="module")
def gallery(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shot from a folder that holds nothing but JPEG and HEIC files under random names."""
    photos, out = tmp_path_factory.mktemp("photos"), tmp_path_factory.mktemp("shoot") / "out"
    bundled, names = root / "generation" / "photos", random.Random(SEED)
    for photo in [*sorted(bundled.glob("*.jpg"))[:4], *bundled.glob("*.heic")]:
        shutil.copy(photo, photos / f"{names.randbytes(16).hex()}{photo.suffix}")
    session = Session(out, MODEL, lambda: False, SHORT)
    assert session.from_photos(sorted(photos.iterdir()), chosen_looks(LOOKS), COUNT, SEED, Keep()) == 0
    return out


def test_the_gallery_is_whole_and_nothing_else_is_left(gallery: Path) -> None:
    names = {"identity.safetensors", "headshots", "gallery.json", "index.html"}
    assert {path.name for path in gallery.iterdir()} == names
    assert 1e6 <= (gallery / "identity.safetensors").stat().st_size <= 20e6


def test_every_headshot_shows_one_face_and_has_its_record(gallery: Path) -> None:
    said = json.loads((gallery / "gallery.json").read_text())
    records = said["headshots"]
    assert 1 <= len(records) <= COUNT
    assert [record["rank"] for record in records] == list(range(1, len(records) + 1))
    files = sorted(str(path.relative_to(gallery)) for path in (gallery / "headshots").iterdir())
    assert [record["file"] for record in records] == files  # best first in name order
    for record in records:
        figures = {"likeness", "sharpness", "skin_shift", "yaw", "seed", "look", "direction", "select"}
        assert figures <= record.keys()
        assert record["look"] in LOOKS
        with Image.open(gallery / record["file"]) as picture:
            assert picture.size == (256, 256)
            assert len(faces.detect(picture.convert("RGB"))) == 1
    assert records[0]["select"]


def test_headshots_say_that_they_were_made(gallery: Path) -> None:
    for path in (gallery / "headshots").iterdir():
        data = path.read_bytes()
        assert intake.declares_ai(data, "JPEG")


def test_the_identity_knows_its_model_and_names_no_file(gallery: Path) -> None:
    notes = adapter.notes(gallery / "identity.safetensors")
    said = json.loads((gallery / "gallery.json").read_text())
    assert notes["base_hash"] == said["model"]["sha256"]
    assert ".jpg" not in json.dumps(notes)


def test_one_selfie_gives_headshots_and_no_identity(root: Path, out: Path) -> None:
    selfie = next((root / "generation" / "photos").glob("*.heic"))
    session = Session(out, MODEL, lambda: False)
    assert session.from_selfie(selfie, chosen_looks(LOOKS), SEED, time.monotonic()) == 0
    assert {path.name for path in out.iterdir()} == {"headshots", "gallery.json", "index.html"}
    said = json.loads((out / "gallery.json").read_text())
    assert 1 <= len(said["headshots"]) <= 4
    assert said["adapter"] is None
