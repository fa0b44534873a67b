"""Models come by pin: an altered or missing file is refused with a sentence, a whole one is found."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from generation.engine import weights
from generation.engine.types import BadModel


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEADSHOTS_CACHE", str(tmp_path / "models"))
    return tmp_path / "models"


def test_the_fetched_models_are_the_pinned_ones() -> None:
    for name, model in weights.FACE_MODELS.items():
        content = weights.model_file(name).read_bytes()
        assert len(content) == model.size
        assert hashlib.sha256(content).hexdigest() == model.sha256


def test_a_missing_model_asks_for_setup(empty_cache: Path) -> None:
    with pytest.raises(BadModel, match=r"face_landmark\.tflite is missing; run `make setup` while online"):
        weights.model_file("face_landmark.tflite")


def test_one_changed_byte_is_refused(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.delenv("HEADSHOTS_CACHE")
        content = bytearray(weights.model_file("face_landmark.tflite").read_bytes())
    content[1000] ^= 1
    empty_cache.mkdir()
    (empty_cache / "face_landmark.tflite").write_bytes(content)
    with pytest.raises(
        BadModel, match=r"face_landmark\.tflite is not the one .* delete it and run `make setup`"
    ):
        weights.model_file("face_landmark.tflite")


def test_a_name_outside_the_manifest_is_no_model() -> None:
    with pytest.raises(KeyError):
        weights.model_file("../../etc/passwd")


def test_the_file_is_read_once_per_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tmp_path / "model.bin"
    model.write_bytes(b"weights")
    pin = hashlib.sha256(b"weights").hexdigest()
    read: list[Path] = []
    hashed = weights.digest
    monkeypatch.setattr(weights, "digest", lambda path: read.append(path) or hashed(path))
    assert weights.verified(model, pin) == weights.verified(model, pin) == model
    assert read == [model]


def test_yunet_is_an_option_that_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YUNET", raising=False)
    assert weights.yunet_file() is None
    other = tmp_path / "yunet.onnx"
    other.write_bytes(b"another detector")
    monkeypatch.setenv("YUNET", str(other))
    with pytest.raises(BadModel, match="not the one that this release pins"):
        weights.yunet_file()


def test_a_wheel_with_another_model_leaves_nothing_behind(empty_cache: Path, tmp_path: Path) -> None:
    wheel = tmp_path / "altered.whl"
    model = weights.FACE_MODELS["face_landmark.tflite"]
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"mediapipe/modules/{model.member}", b"something else")
    empty_cache.mkdir()
    with pytest.raises(BadModel, match="does not hold the pinned"):
        weights.take(wheel, model, empty_cache, tmp_path)
    assert not list(empty_cache.iterdir())


def _fetch(**environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "generation.engine.weights"]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=60
    )


def test_setup_offline_says_so_and_fails(empty_cache: Path) -> None:
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(empty_cache), "HEADSHOTS_CACHE": str(empty_cache)}
    done = _fetch(**offline)
    assert done.returncode == 1
    assert "Cannot download mediapipe==0.10.21" in done.stderr
    assert "check the network, then run `make setup` again" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(empty_cache.iterdir())


def test_setup_into_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = _fetch(HEADSHOTS_CACHE=str(tmp_path / "file" / "models"))
    assert done.returncode == 1
    assert "set HEADSHOTS_CACHE to another folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_setup_with_every_model_in_place_needs_no_network() -> None:
    done = _fetch(PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    assert done.returncode == 0
    assert done.stdout.count("ready") == len(weights.FACE_MODELS)
