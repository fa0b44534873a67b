"""The resident studio and the judge beside it: their results are the engine's own, whatever befalls them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PIL import Image

from generation.engine import adapter, photos, pipeline, ranking, shoot, studio
from generation.engine.checker import Checker
from generation.engine.looks import CATALOGUE
from generation.engine.marking import png
from generation.engine.orders import orders_for
from generation.engine.process import ChildDied
from generation.engine.progress import never, silent
from generation.engine.ranking import Person
from generation.engine.reader import load_reader
from generation.engine.records import pack, unpack
from generation.engine.resident import Drawn, Learned, Resident, Step
from generation.engine.together import Checked
from generation.engine.types import BadInput, Cancelled, Keep, Recipe, StoredPhoto

NOW = (2026, 11)
RECIPE = Recipe(rank=4, steps=60, batch=2, checkpoints=2, warmup=1)
ORDERS = orders_for([CATALOGUE["studio-grey"], CATALOGUE["garden"]], 6, 3)
KEEP = Keep(("short hair",))


@pytest.fixture(scope="module")
def resident(tiny_model: Path) -> Iterator[Resident]:
    resident = Resident(tiny_model, "cpu")
    resident.start()
    yield resident
    resident.close()


@pytest.fixture(scope="module")
def stored(person: list[Path]) -> list[StoredPhoto]:
    return [StoredPhoto(file.read_bytes(), name=file.name) for file in person[:4]]


@pytest.fixture(scope="module")
def here(tiny_model: Path, stored: list[StoredPhoto], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The adapter as this process learns it."""
    engine, reader = pipeline.load(tiny_model, device="cpu"), load_reader(tiny_model / "reader")
    subject = shoot.meet([photos.opened(one) for one in stored], reader, now=NOW, progress=silent)
    work = tmp_path_factory.mktemp("here")
    shoot.learn(
        engine,
        reader,
        subject,
        keep=KEEP,
        out=work / "identity.safetensors",
        work=work,
        recipe=RECIPE,
        progress=silent,
        cancelled=never,
    )
    return work / "identity.safetensors"


@pytest.fixture(scope="module")
def learned(
    resident: Resident, stored: list[StoredPhoto], tmp_path_factory: pytest.TempPathFactory
) -> Learned:
    return resident.learn(stored, KEEP, tmp_path_factory.mktemp("work"), now=NOW, recipe=RECIPE)


def test_what_it_learns_is_what_the_engine_learns(learned: Learned, here: Path) -> None:
    assert learned.adapter == here.read_bytes()
    assert learned.person.keep == KEEP  # nothing that nobody asked for
    assert learned.timings["train"] > 0


def test_what_it_shoots_is_what_the_engine_shoots(
    resident: Resident, learned: Learned, here: Path, tiny_model: Path, tmp_path: Path
) -> None:
    drawn = list(resident.shoot(learned.adapter, learned.person, ORDERS, tmp_path, count=4))
    engine = pipeline.load(tiny_model, device="cpu")
    mine = list(studio.shoot(engine, adapter.read(here), ORDERS[:4]))
    assert [one.number for one in drawn] == list(range(len(ORDERS)))  # no face in them: all orders are used
    assert [one.image for one in drawn[:4]] == [png(frame.image) for frame in mine]
    last = ranking.rank([one.measures for one in drawn], learned.person.own)[-1]
    assert repr(drawn[-1].score) == repr(last)  # by its words, since NaN is not itself
    assert not list(tmp_path.iterdir())


def test_a_shoot_goes_on_behind_the_frames_that_are_done(
    resident: Resident, learned: Learned, tmp_path: Path
) -> None:
    whole = list(resident.shoot(learned.adapter, learned.person, ORDERS, tmp_path, count=4))
    done = [one.measures for one in whole[:4]]
    rest = list(resident.shoot(learned.adapter, learned.person, ORDERS, tmp_path, count=4, done=done))
    assert [one.number for one in rest] == [4, 5]
    assert [one.image for one in rest] == [one.image for one in whole[4:]]


def test_killed_in_training_it_goes_on_to_the_same_adapter(
    resident: Resident, stored: list[StoredPhoto], learned: Learned, tmp_path: Path
) -> None:
    steps = list[Step]()

    def kill_when_saved(step: Step) -> None:
        steps.append(step)
        if step.saved and resident.pid:
            os.kill(resident.pid, signal.SIGKILL)

    work = tmp_path / "work"
    with pytest.raises(ChildDied):
        resident.learn(stored, KEEP, work, now=NOW, recipe=RECIPE, say=kill_when_saved)
    assert (work / "state.safetensors").is_file()
    again = list[Step]()
    resumed = resident.learn(stored, KEEP, work, now=NOW, recipe=RECIPE, say=again.append)
    assert resumed.adapter == learned.adapter
    assert not work.exists()
    trained = [step.words for step in again if "step" in step.words]
    assert "step 21 of" in trained[0]  # and not from the beginning
    assert [step.share for step in again] == sorted(step.share for step in again)


def test_out_of_memory_fresh_processes_finish_the_shoot_in_smaller_portions(
    tiny_model: Path, stored: list[StoredPhoto], tmp_path: Path
) -> None:
    tight, lives = Resident(tiny_model, "cpu"), set[int | None]()
    tight.module = "tests.engine.starved_child"
    recipe = replace(RECIPE, steps=4, batch=8, checkpoints=1)
    try:
        learned = tight.learn(
            stored, KEEP, tmp_path / "work", now=NOW, recipe=recipe, say=lambda _: lives.add(tight.pid)
        )
        assert (tight.split, len(lives)) == (2, 2)
        drawn = list(tight.shoot(learned.adapter, learned.person, ORDERS, tmp_path, count=4))
        assert [one.number for one in drawn] == list(range(len(ORDERS)))
    finally:
        tight.close()


def test_cancelled_in_training_it_keeps_how_far_it_came(
    resident: Resident, stored: list[StoredPhoto], tmp_path: Path
) -> None:
    long, seen = replace(RECIPE, steps=100_000, checkpoints=1), list[Step]()
    with pytest.raises(Cancelled):
        resident.learn(
            stored, KEEP, tmp_path, now=NOW, recipe=long, say=seen.append, cancelled=lambda: _trains(seen)
        )
    assert (tmp_path / "state.safetensors").is_file()
    assert resident.pid  # it obeyed; nobody had to end it


def _trains(seen: Sequence[Step]) -> bool:
    return any("step" in step.words for step in seen)


def test_a_try_beside_training_comes_at_once_and_leaves_no_trace_in_it(
    resident: Resident, stored: list[StoredPhoto], learned: Learned, tmp_path: Path
) -> None:
    alone = list(resident.try_on(stored[1], ORDERS[:2], now=NOW))
    training, tries = Event(), list[float]()
    share = 0.0

    def say(step: Step) -> None:
        nonlocal share
        share = step.share
        if _trains([step]):
            training.set()

    def try_on() -> list[Drawn]:
        training.wait()
        drawn = list(resident.try_on(stored[1], ORDERS[:2], now=NOW))
        tries.append(share)
        return drawn

    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(try_on)
        same = resident.learn(stored, KEEP, tmp_path / "work", now=NOW, recipe=RECIPE, say=say)
        assert [one.image for one in beside.result()] == [one.image for one in alone]
    assert tries[0] < 1  # the try was over before training was
    assert same.adapter == learned.adapter


def test_a_try_goes_on_when_the_process_dies_under_it(resident: Resident, stored: list[StoredPhoto]) -> None:
    drawing = resident.try_on(stored[1], ORDERS[:3], now=NOW)
    first = next(drawing)
    assert resident.pid
    os.kill(resident.pid, signal.SIGKILL)
    rest = list(drawing)
    assert [one.number for one in (first, *rest)] == [0, 1, 2]


def test_a_selfie_without_a_face_is_refused_in_words(resident: Resident) -> None:
    grey = StoredPhoto(png(Image.new("RGB", (300, 300), "grey")), name="wall.png")
    with pytest.raises(BadInput, match="wall"):
        list(resident.try_on(grey, ORDERS[:1], now=NOW))


def test_the_judge_says_what_the_engine_says(tiny_model: Path, stored: list[StoredPhoto]) -> None:
    checker = Checker(tiny_model)
    checker.start()
    there = checker.check(stored[0], now=NOW)
    here = photos.check(photos.opened(stored[0]), load_reader(tiny_model / "reader").read, now=NOW)
    assert there.verdict.reasons == here.verdict.reasons
    assert pack(there) == pack(here)
    with pytest.raises(BadInput, match="upload it again"):
        checker.check(StoredPhoto(b"no picture"), now=NOW)
    checker.close()


def test_what_is_kept_comes_back_as_it_was(learned: Learned, stored: list[StoredPhoto]) -> None:
    person = unpack(Person, pack(learned.person))
    assert person.keep == learned.person.keep
    np.testing.assert_array_equal(person.own.prints, learned.person.own.prints)
    assert person.own.skin.dtype == learned.person.own.skin.dtype
    checked = photos.check(photos.opened(stored[0]), lambda faces: [])
    back = unpack(Checked, pack(checked))
    assert back.verdict.reasons == checked.verdict.reasons
    assert back.verdict.measures == checked.verdict.measures
    assert back.reading is None
    assert back.verdict.face
    assert checked.verdict.face
    np.testing.assert_array_equal(back.verdict.face.landmarks, checked.verdict.face.landmarks)
    with pytest.raises((KeyError, TypeError, ValueError)):
        unpack(Person, b'{"keep": 3}')
