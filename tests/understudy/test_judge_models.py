"""The judge's files come out of their archive checked, whole, and without anything else."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from generation.engine.types import BadModel
from generation.understudy.judge_models import RECOGNISER, JudgeModel, judge_file, unpack

CONTENT = b"weights of a judge" * 1000
MODEL = JudgeModel("judge.dat", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


def _archive(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "archive.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "judge").mkdir()
    return tmp_path / "judge"


def test_only_the_wanted_file_is_taken(tmp_path: Path, place: Path) -> None:
    members = {
        "pack/setup.py": b"raise SystemExit",
        "../../outside.dat": b"x",
        "pack/models/judge.dat": CONTENT,
    }
    unpack(_archive(tmp_path, members), {MODEL.name: MODEL}, place)
    assert [path.name for path in place.iterdir()] == ["judge.dat"]
    assert (place / "judge.dat").read_bytes() == CONTENT


def test_an_altered_file_is_refused_and_not_kept(tmp_path: Path, place: Path) -> None:
    archive = _archive(tmp_path, {"pack/judge.dat": CONTENT[:-1] + b"?"})
    with pytest.raises(BadModel, match=r"does not hold the pinned judge\.dat"):
        unpack(archive, {MODEL.name: MODEL}, place)
    assert not list(place.iterdir())


def test_an_archive_without_the_file_is_refused(tmp_path: Path, place: Path) -> None:
    with pytest.raises(BadModel, match=r"does not hold judge\.dat"):
        unpack(_archive(tmp_path, {"pack/other.dat": CONTENT}), {MODEL.name: MODEL}, place)


def test_a_file_that_was_not_fetched_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADSHOTS_CACHE", str(tmp_path))
    with pytest.raises(BadModel, match=RECOGNISER.name):
        judge_file(RECOGNISER)
