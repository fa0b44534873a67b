"""The worker's engine process on a GPU, asked for one person after another, killed and starved."""

from __future__ import annotations

import os
import signal
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from generation.engine.looks import CATALOGUE
from generation.engine.orders import orders_for
from generation.engine.pipeline import SDXL_RECIPE
from generation.engine.process import ChildDied
from generation.engine.resident import Drawn, Learned, Resident, Step
from generation.engine.types import Keep, Order, Recipe, StoredPhoto
from generation.engine.weights import cache_dir

COUNT, NOW, PATIENCE = 100, (2026, 11), 300.0
ORDERS = orders_for(
    [CATALOGUE[name] for name in ("studio-grey", "clean-white", "deep-teal", "warm-beige")], COUNT
)
TRIES = 4
BRIEF = replace(SDXL_RECIPE, steps=32, checkpoints=2)  # compiles all that a whole one does
ROOM = 44 << 30  # bytes that a starved worker is left: less than eight photos at once want
GLASSES = ("no glasses", "round glasses", "square glasses")
Figures = dict[str, Any]


class Worker:
    """One card's engine process. Each person is new to it by another keep list; the photos are the same."""

    def __init__(self, model: Path, photos: Sequence[StoredPhoto], work: Path, number: int = 0) -> None:
        self.resident = Resident(model, f"cuda:{number}", patience=PATIENCE)
        self.photos, self.work, self.number = photos, work / str(number), number

    def learn(
        self, person: int, recipe: Recipe | None = None, say: Callable[[Step], None] = lambda _: None
    ) -> Learned:
        keep = Keep((GLASSES[person],))
        work = self._folder(f"learn-{person}")
        return self.resident.learn(self.photos, keep, work, now=NOW, recipe=recipe, say=say)

    def shoot(self, who: Learned, orders: Sequence[Order]) -> list[Drawn]:
        work = self._folder("shoot")
        return list(self.resident.shoot(who.adapter, who.person, orders, work, count=len(orders)))

    def whole(self, person: int) -> Figures:
        """Photos in, every ordered frame drawn, measured and here."""
        with memory(self.number) as held:
            begun = time.perf_counter()
            who = self.learn(person)
            learned = time.perf_counter()
            frames = self.shoot(who, ORDERS)
        return {
            "seconds_total": time.perf_counter() - begun,
            "learn": learned - begun,
            **{f"learn_{name}": seconds for name, seconds in who.timings.items()},
            "draw": time.perf_counter() - learned,
            "frames": len(frames),
            "adapter_mb": len(who.adapter) / 1e6,
            "gib": max(held) / 2**30,
        }

    def try_on(self) -> list[float]:
        """Seconds until each picture of a free try was here."""
        begun, orders = time.perf_counter(), orders_for([CATALOGUE["studio-grey"]], 4)
        return [time.perf_counter() - begun for _ in self.resident.try_on(self.photos[0], orders, now=NOW)]

    def end(self) -> None:
        """The next job gets a fresh process."""
        self.resident.close()
        while self.resident.pid:
            time.sleep(0.1)

    def kill(self) -> None:
        if pid := self.resident.pid:
            os.kill(pid, signal.SIGKILL)

    def _folder(self, name: str) -> Path:
        folder = self.work / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


class Heard:
    """Listens for the first step of training; ``began`` is seconds since this was made."""

    def __init__(self) -> None:
        self.since, self.began = time.perf_counter(), 0.0

    def __call__(self, told: Step) -> None:
        if not self.began and told.words.startswith("Learning the person"):
            self.began = time.perf_counter() - self.since


@contextmanager
def memory(number: int) -> Iterator[list[int]]:
    """Bytes in use on a card, five times a second."""
    done, held = threading.Event(), list[int]()

    def look() -> None:
        while not done.wait(0.2):
            free, total = torch.cuda.mem_get_info(number)
            held.append(total - free)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield held
    finally:
        done.set()
        thread.join()


def shoots(worker: Worker) -> Figures:
    """A fresh process's first person, a warm one's whole shoot, tries, and a process that begins again."""
    filled, begun, heard = (cache_dir() / "compiled").is_dir(), time.perf_counter(), Heard()
    first = worker.learn(1, say=heard)
    cold = {"cache_was_filled": filled, "training_began": heard.began, "learned": time.perf_counter() - begun}
    worker.shoot(first, ORDERS[:20])
    cold["learned_and_20_drawn"] = time.perf_counter() - begun
    print("first process", cold, flush=True)
    warm = worker.whole(2)
    print("warm", warm, flush=True)
    tries = [worker.try_on() for _ in range(TRIES)]
    worker.end()
    heard = Heard()
    worker.learn(0, BRIEF, say=heard)
    again = {"training_began": heard.began}
    return {
        "first_process": cold,
        "warm": warm,
        "second_process": again,
        "try": {
            "first_ever": tries[0][0],
            "first": statistics.median(one[0] for one in tries[1:]),
            "all_four": statistics.median(one[-1] for one in tries[1:]),
        },
    }


def side_by_side(workers: Sequence[Worker], alone: float) -> list[Figures]:
    """A whole shoot on 2, 4 ... warm cards at once, against one card, which took ``alone`` seconds."""
    with ThreadPoolExecutor(len(workers)) as several:
        list(several.map(lambda worker: worker.shoot(worker.learn(0, BRIEF), ORDERS[:20]), workers))
    found: list[Figures] = [{"gpus": 1, "shoots_per_hour": 3600 / alone, "efficiency": 1.0}]
    for count in (2, 4, 8):
        if count <= len(workers):
            begun = time.perf_counter()
            with ThreadPoolExecutor(count) as several:
                each = list(several.map(lambda worker: worker.whole(1), workers[:count]))
            took = time.perf_counter() - begun
            hourly, efficiency = 3600 * count / took, alone / took
            found.append({"gpus": count, "shoots_per_hour": hourly, "efficiency": efficiency, "each": each})
    return found


def faults(worker: Worker) -> Figures:
    """SIGKILL in training and in drawing, then a card that others have almost filled."""
    tried = {
        "killed_in_training": _killed_learning,
        "killed_in_drawing": _killed_drawing,
        "out_of_memory": _starved,
    }
    found = {}
    for name, fault in tried.items():
        found[name] = fault(worker)
        print(name, found[name], flush=True)
    return found


def _killed_learning(worker: Worker) -> Figures:
    told = list[Step]()

    def kill_once_saved(step: Step) -> None:
        told.append(step)
        if step.saved and step.share > 0.3:
            worker.kill()

    with suppress(ChildDied):
        worker.learn(0, replace(BRIEF, steps=60), say=kill_once_saved)
    again, begun = list[Step](), time.perf_counter()
    worker.learn(0, replace(BRIEF, steps=60), say=again.append)
    went_on = next(step.share for step in again if step.words.startswith("Learning the person: step"))
    return {"at": told[-1].share, "went_on_at": went_on, "seconds_after": time.perf_counter() - begun}


def _killed_drawing(worker: Worker) -> Figures:
    who, work, orders = worker.learn(1, BRIEF), worker.work / "shoot", ORDERS[:20]
    done = list[Drawn]()
    with suppress(ChildDied):
        for one in worker.resident.shoot(who.adapter, who.person, orders, work, count=len(orders)):
            done.append(one)
            if len(done) == 10:
                worker.kill()
    measures = [one.measures for one in done]
    begun = time.perf_counter()
    rest = worker.resident.shoot(who.adapter, who.person, orders, work, count=len(orders), done=measures)
    numbers = [one.number for one in (*done, *rest)]
    return {
        "at": len(done),
        "each_once": numbers == list(range(len(orders))),
        "seconds_after": time.perf_counter() - begun,
    }


def _starved(worker: Worker) -> Figures:
    worker.end()
    free, _ = torch.cuda.mem_get_info(worker.number)
    hog = torch.empty(free - ROOM, dtype=torch.uint8, device=f"cuda:{worker.number}")
    with memory(worker.number) as held:
        begun = time.perf_counter()
        who = worker.learn(2, BRIEF)
        frames = worker.shoot(who, ORDERS[:20])
    found = {
        "left_gib": ROOM / 2**30,
        "portions": worker.resident.split,
        "frames": len(frames),
        "seconds": time.perf_counter() - begun,
        "gib": (max(held) - len(hog)) / 2**30,
    }
    del hog
    torch.cuda.empty_cache()
    return found
