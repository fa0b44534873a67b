"""Bad input through the command line: a sentence that says what to do, exit code 2, nothing half-written."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from generation.engine import disk, marking, weights
from generation.engine.session import opened
from generation.engine.types import BadInput

from . import tiny
from .terminal import folder_of, room_for, run, shoot


def faceless(path: Path) -> Path:
    ramp = np.linspace(60, 200, 400).astype(np.uint8)
    Image.fromarray(np.repeat(np.tile(ramp, (400, 1))[..., None], 3, 2)).save(path)
    return path


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """The one sentence that a refusal prints; it must end with exit code 2."""
    assert run(*words) == 2
    printed = capsys.readouterr().err.strip()
    assert "Traceback" not in printed
    return printed.splitlines()[-1]


def test_a_folder_that_does_not_exist(capsys: pytest.CaptureFixture[str], out: Path, tmp_path: Path) -> None:
    assert "There is no folder" in refused(capsys, *shoot(tmp_path / "nowhere", out))
    assert not out.exists()


def test_no_photo_and_too_many(capsys: pytest.CaptureFixture[str], out: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "notes.txt").write_text("not a photo")
    (folder / ".hidden.jpg").write_bytes(b"")
    assert "holds no photos" in refused(capsys, *shoot(folder, out))
    for i in range(21):
        (folder / f"{i}.jpg").write_bytes(b"")
    assert "21 photos; at most 20" in refused(capsys, *shoot(folder, out))
    assert not out.exists()


def test_wrong_words_and_numbers(capsys: pytest.CaptureFixture[str], out: Path, tmp_path: Path) -> None:
    faceless(tmp_path / "a.png")
    assert "Unknown look" in refused(capsys, *shoot(tmp_path, out, "--looks", "seaside"))
    assert "Unknown kept trait" in refused(capsys, *shoot(tmp_path, out, "--keep", "wig"))
    assert "1 to 200" in refused(capsys, *shoot(tmp_path, out, "--count", "0"))
    assert not out.exists()


def test_no_face_unreadable_and_huge_files(
    capsys: pytest.CaptureFixture[str], out: Path, tiny_model: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    faceless(folder / "wall.png")
    assert "No face was found" in refused(capsys, *shoot(folder, out, "--model", tiny_model))
    (folder / "wall.png").unlink()
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    assert "broken.jpg" in refused(capsys, *shoot(folder, out, "--model", tiny_model))
    (folder / "broken.jpg").unlink()
    with (folder / "huge.jpg").open("wb") as file:
        file.truncate(51 << 20)
    assert "larger than 50 MB" in refused(capsys, *shoot(folder, out, "--model", tiny_model))
    assert not out.exists()


def test_two_people_in_the_selfie(
    capsys: pytest.CaptureFixture[str], out: Path, tiny_model: Path, person: list[Path], tmp_path: Path
) -> None:
    with Image.open(person[0]) as photo:
        pair = Image.new("RGB", (2 * photo.width, photo.height))
        pair.paste(photo.convert("RGB"), (0, 0))
        pair.paste(photo.convert("RGB"), (photo.width, 0))
    pair.save(tmp_path / "pair.jpg")
    said = refused(capsys, "try", "--photo", tmp_path / "pair.jpg", "--out", out, "--model", tiny_model)
    assert "several people" in said
    assert not out.exists()


def test_a_missing_or_altered_model(
    capsys: pytest.CaptureFixture[str], out: Path, tiny_model: Path, person: list[Path], tmp_path: Path
) -> None:
    assert "no model folder" in refused(
        capsys, *shoot(folder_of(person, tmp_path), out, "--model", tmp_path / "none")
    )
    broken = shutil.copytree(tiny_model, tmp_path / "broken")
    (broken / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"altered")
    selfie = ["try", "--photo", person[0], "--out", out]
    assert "restore" in refused(capsys, *selfie, "--model", broken)
    (broken / "reader" / "model.safetensors").unlink()
    assert "restore" in refused(capsys, *selfie, "--model", broken)
    assert not out.exists()


def test_out_that_cannot_be_a_folder(
    capsys: pytest.CaptureFixture[str], tiny_model: Path, person: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")
    photos, model = folder_of(person[:1], tmp_path), ("--model", tiny_model)
    assert "is a file" in refused(capsys, *shoot(photos, tmp_path / "taken", *model))
    assert "cannot be made" in refused(capsys, *shoot(photos, tmp_path / "taken" / "out", *model))
    assert "cannot be made" in refused(capsys, *shoot(photos, tmp_path / ("x" * 300), *model))
    assert {path.name for path in tmp_path.iterdir()} == {"taken", "photos"}


def test_a_full_disk_is_a_sentence_and_leaves_the_old_file_whole(tmp_path: Path) -> None:
    kept = tmp_path / "gallery.json"
    kept.write_bytes(b"old")
    with room_for(1000), pytest.raises(BadInput, match="disk is full: free some"), disk.sentences(tmp_path):
        marking.write(kept, b"x" * 5000)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]
    with pytest.raises(BadInput, match="disk is full"), disk.sentences(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_fills_up_stops_the_shoot_and_half_a_file_is_nowhere(
    capsys: pytest.CaptureFixture[str], out: Path, tiny_model: Path, person: list[Path], tmp_path: Path
) -> None:
    words = shoot(folder_of(person[:1], tmp_path), out, "--model", tiny_model, "--count", 1)
    with room_for(2000):
        said = refused(capsys, *words)
    assert "free some" in said
    assert [path.name for path in out.iterdir()] == [".work"]
    assert {path.name for path in out.rglob("*") if path.is_file()} == {"key"}


def test_no_room_is_said_before_anything_is_done(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    out: Path,
    tiny_model: Path,
    person: list[Path],
) -> None:
    monkeypatch.setattr(disk, "ROOM", 1 << 60)
    assert "disk is full" in refused(capsys, "try", "--photo", person[0], "--out", out, "--model", tiny_model)
    assert not out.exists()


def altered(source: Path, change: Callable[[torch.Tensor], torch.Tensor]) -> None:
    """Write an identity anew with changed numbers and its own notes."""
    with safe_open(source, "pt") as file:
        notes = file.metadata()
    save_file({name: change(value) for name, value in load_file(source).items()}, source, notes)


def test_an_identity_of_another_model_or_with_nan_is_refused_and_learned_anew(
    capsys: pytest.CaptureFixture[str], out: Path, tiny_model: Path, person: list[Path], tmp_path: Path
) -> None:
    photos = folder_of(person[:1], tmp_path)
    words = shoot(photos, out, "--model", tiny_model, "--count", 1)
    passed = "pictures passed the checks"  # noise shows no face: the tiny model gets as far as this
    assert passed in refused(capsys, *words)
    learned = out / ".work" / "identity" / "identity.safetensors"
    true = learned.read_bytes()
    altered(learned, lambda value: torch.full_like(value, torch.nan))
    assert "not finite; train it again" in refused(capsys, *words)
    assert not learned.exists()
    assert passed in refused(capsys, *words)
    assert learned.read_bytes() == true
    other = tiny.build(tmp_path / "other", seed=1)
    shutil.copytree(tiny_model / "reader", other / "reader")
    elsewhere = tmp_path / "elsewhere"
    assert passed in refused(capsys, *shoot(photos, elsewhere, "--model", other, "--count", 1))
    shutil.copy(elsewhere / ".work" / "identity" / "identity.safetensors", learned)
    assert "trained on another model; train it again" in refused(capsys, *words)


def test_a_missing_or_altered_face_model_asks_for_setup(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    out: Path,
    person: list[Path],
    tmp_path: Path,
) -> None:
    fetched = weights.cache_dir()
    monkeypatch.setenv("HEADSHOTS_CACHE", str(tmp_path / "cache"))
    selfie = ("try", "--photo", person[0], "--out", out)
    assert "is missing; run `make setup`" in refused(capsys, *selfie)
    for name in weights.FACE_MODELS:
        (tmp_path / "cache").mkdir(exist_ok=True)
        shutil.copy(fetched / name, tmp_path / "cache")
    with (tmp_path / "cache" / "face_landmark.tflite").open("ab") as file:
        file.write(b"x")
    assert "face_landmark.tflite is not the one" in refused(capsys, *selfie)
    assert not out.exists()


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(person: list[Path], tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    given, said = opened([tmp_path / "broken.jpg", person[0]])
    assert [photo.name for photo in given] == [person[0].name]
    assert "broken.jpg" in said[0]
