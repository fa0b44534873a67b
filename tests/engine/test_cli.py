"""The command line: bad input gets one sentence and leaves nothing, a stopped shoot goes on."""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors import safe_open

from generation.engine import disk, marking
from generation.engine.__main__ import main
from generation.engine.progress import Bar, duration
from generation.engine.reader import ReaderNet, save_reader
from generation.engine.session import opened
from generation.engine.types import BadInput

from . import tiny


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tiny.build(tmp_path_factory.mktemp("model"))
    save_reader(ReaderNet(), folder / "reader")
    return folder


@pytest.fixture(scope="module")
def person(root: Path) -> list[Path]:
    return sorted((root / "tests" / "photos").glob("person-2-*.jpg"))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def folder_of(photos: list[Path], place: Path) -> Path:
    folder = place / "photos"
    folder.mkdir()
    for photo in photos:
        shutil.copy(photo, folder)
    return folder


def faceless(path: Path) -> Path:
    ramp = np.linspace(60, 200, 400).astype(np.uint8)
    Image.fromarray(np.repeat(np.tile(ramp, (400, 1))[..., None], 3, 2)).save(path)
    return path


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one sentence that a refusal prints; it must end with exit code 2."""
    assert main([str(word) for word in arguments]) == 2
    printed = capsys.readouterr().err.strip()
    assert "Traceback" not in printed
    return printed.splitlines()[-1]


def shoot(photos: object, out: Path, *more: object) -> list[object]:
    return ["shoot", "--photos", photos, "--out", out, *more]


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
    capsys: pytest.CaptureFixture[str], out: Path, model: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    faceless(folder / "wall.png")
    assert "No face was found" in refused(capsys, *shoot(folder, out, "--model", model))
    (folder / "wall.png").unlink()
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    assert "broken.jpg" in refused(capsys, *shoot(folder, out, "--model", model))
    (folder / "broken.jpg").unlink()
    with (folder / "huge.jpg").open("wb") as file:
        file.truncate(51 << 20)
    assert "larger than 50 MB" in refused(capsys, *shoot(folder, out, "--model", model))
    assert not out.exists()


def test_two_people_in_the_selfie(
    capsys: pytest.CaptureFixture[str], out: Path, model: Path, person: list[Path], tmp_path: Path
) -> None:
    with Image.open(person[0]) as photo:
        pair = Image.new("RGB", (2 * photo.width, photo.height))
        pair.paste(photo.convert("RGB"), (0, 0))
        pair.paste(photo.convert("RGB"), (photo.width, 0))
    pair.save(tmp_path / "pair.jpg")
    said = refused(capsys, "try", "--photo", tmp_path / "pair.jpg", "--out", out, "--model", model)
    assert "several people" in said
    assert not out.exists()


def test_a_missing_or_altered_model(
    capsys: pytest.CaptureFixture[str], out: Path, model: Path, person: list[Path], tmp_path: Path
) -> None:
    assert "no model folder" in refused(
        capsys, *shoot(folder_of(person, tmp_path), out, "--model", tmp_path / "none")
    )
    broken = shutil.copytree(model, tmp_path / "broken")
    (broken / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"altered")
    selfie = ["try", "--photo", person[0], "--out", out]
    assert "restore" in refused(capsys, *selfie, "--model", broken)
    (broken / "reader" / "model.safetensors").unlink()
    assert "restore" in refused(capsys, *selfie, "--model", broken)


def test_out_that_is_a_file(
    capsys: pytest.CaptureFixture[str], model: Path, person: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")
    said = refused(capsys, *shoot(folder_of(person, tmp_path), tmp_path / "taken", "--model", model))
    assert "is a file" in said


def test_a_full_disk_is_a_sentence_and_leaves_the_old_file_whole(tmp_path: Path) -> None:
    kept = tmp_path / "gallery.json"
    kept.write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(BadInput, match="disk is full: free some"), disk.sentences(tmp_path):
            marking.write(kept, b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert kept.read_bytes() == b"old"
    with pytest.raises(BadInput, match="disk is full"), disk.sentences(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(person: list[Path], tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    given, said = opened([tmp_path / "broken.jpg", person[0]])
    assert [photo.name for photo in given] == [person[0].name]
    assert "broken.jpg" in said[0]


def step_of(state: Path) -> int:
    """The training step that a saved state stands at, 0 without one."""
    if not state.is_file():
        return 0
    with safe_open(state, "pt") as file:
        return int(file.metadata()["step"])


@pytest.fixture
def _old_handler() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_old_handler")
def test_ctrl_c_in_training_saves_and_the_same_command_goes_on(
    capsys: pytest.CaptureFixture[str], model: Path, person: list[Path], tmp_path: Path
) -> None:
    slow = shutil.copytree(model, tmp_path / "slow")
    settings = json.loads((slow / "engine.json").read_text())
    settings["recipe"]["steps"] = 100_000
    (slow / "engine.json").write_text(json.dumps(settings))
    folder = folder_of(person[:1], tmp_path)
    out, steps = tmp_path / "out", [0]
    state = out / ".work" / "identity" / "checkpoints" / "state.safetensors"

    def press_ctrl_c(after: int) -> None:
        while step_of(state) <= after:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    for _ in range(2):
        watcher = threading.Thread(target=press_ctrl_c, args=(steps[-1],), daemon=True)
        watcher.start()
        words = shoot(folder, out, "--model", slow, "--count", 2)
        assert main([str(word) for word in words]) == 130
        watcher.join()
        assert "same command again" in capsys.readouterr().err
        assert [path.name for path in out.iterdir()] == [".work"]
        steps.append(step_of(state))
    assert 0 < steps[1] < steps[2]  # the second run began where the first was stopped


def test_work_is_kept_for_the_same_task_only(tmp_path: Path) -> None:
    place = disk.Workplace(tmp_path / "out")
    place.open()
    (place.part("frames", "one") / "0000.png").write_bytes(b"x")
    assert (place.part("frames", "one") / "0000.png").exists()
    assert not (place.part("frames", "two") / "0000.png").exists()


def test_a_new_gallery_replaces_the_old_one_whole(tmp_path: Path) -> None:
    place = disk.Workplace(tmp_path / "out")
    for run, names in enumerate((["001-a.jpg", "002-b.jpg"], ["001-c.jpg"])):
        place.open()
        built = place.folder / "gallery"
        (built / "headshots").mkdir(parents=True)
        for name in names:
            (built / "headshots" / name).write_bytes(b"x")
        (built / "index.html").write_text(str(run))
        place.publish(built, ("headshots", "index.html"))
    assert [path.name for path in (tmp_path / "out" / "headshots").iterdir()] == ["001-c.jpg"]
    assert (tmp_path / "out" / "index.html").read_text() == "1"
    assert not place.folder.exists()


def test_time_left_counts_from_where_a_resumed_stage_began() -> None:
    now, said = [0.0], StringIO()
    bar = Bar("Learning", said, lambda: now[0])
    bar(0.5)
    now[0] = 10.0
    bar(0.75)
    assert "75%  10 s left" in said.getvalue()
    assert duration(125) == "2 min 05 s"
