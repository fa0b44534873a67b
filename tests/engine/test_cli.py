"""The command line in the long run: a stopped shoot goes on, a gallery appears whole, progress is true."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from safetensors import safe_open

from generation.engine import disk
from generation.engine.progress import Bar, duration

from .terminal import folder_of, run, shoot


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
    capsys: pytest.CaptureFixture[str], tiny_model: Path, person: list[Path], tmp_path: Path
) -> None:
    slow = shutil.copytree(tiny_model, tmp_path / "slow")
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
        assert run(*shoot(folder, out, "--model", slow, "--count", 2)) == 130
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
    for number, names in enumerate((["001-a.jpg", "002-b.jpg"], ["001-c.jpg"])):
        place.open()
        built = place.folder / "gallery"
        (built / "headshots").mkdir(parents=True)
        for name in names:
            (built / "headshots" / name).write_bytes(b"x")
        (built / "index.html").write_text(str(number))
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
