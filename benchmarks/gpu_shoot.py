"""A whole SDXL shoot on one GPU in the worker's own process, and where its time goes.

    make bench-gpu, or python -m benchmarks.gpu_shoot --out DIR [--model DIR] [--photos DIR]

Without --model, SDXL of full size with random weights is built below DIR: it costs exactly what the real one
costs, but draws noise, so no frame passes the gate and all that were ordered are drawn.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from generation.engine.__main__ import PHOTOS
from generation.engine.looks import CATALOGUE
from generation.engine.orders import orders_for
from generation.engine.process import ChildDied
from generation.engine.resident import Learned, Resident, Step
from generation.engine.types import Keep, Order, StoredPhoto

from . import full_size, gpu_parts
from .made_on import made_on

COUNT, NOW, PATIENCE = 100, (2026, 11), 300.0
LOOKS = ("studio-grey", "clean-white", "deep-teal", "warm-beige")
Figures = dict[str, Any]


class Worker:
    """The worker's engine process, asked for one person after another."""

    def __init__(self, model: Path, photos: Sequence[StoredPhoto], work: Path) -> None:
        self.resident = Resident(model, "cuda:0", patience=PATIENCE)
        self.photos, self.work, self.told = photos, work, list[Step]()

    def learn(self, person: int) -> Learned:
        """Another person by another keep list: the photos are the same, nothing that was learned is."""
        self.told.clear()
        keep = Keep((("no glasses", "round glasses", "square glasses")[person],)) if person else Keep()
        return self.resident.learn(self.photos, keep, self._folder(person), now=NOW, say=self.told.append)

    def shoot(self, who: Learned, orders: Sequence[Order]) -> list[float]:
        """Seconds until each frame was here."""
        begun = time.perf_counter()
        work = self._folder(9)
        frames = self.resident.shoot(who.adapter, who.person, orders, work, count=len(orders))
        return [time.perf_counter() - begun for _ in frames]

    def try_on(self) -> list[float]:
        begun = time.perf_counter()
        orders = orders_for([CATALOGUE["studio-grey"]], 4)
        return [time.perf_counter() - begun for _ in self.resident.try_on(self.photos[0], orders, now=NOW)]

    def killed(self) -> Figures:
        """SIGKILL in the middle of training, then the same call again."""
        with suppress(ChildDied):
            self._ask(self._kill_once_saved)
        saved, again = self.told[-1].share, time.perf_counter()
        self.told.clear()
        self._ask(self.told.append)
        shares = [told.share for told in self.told if told.words.startswith("Learning")]
        return {
            "killed_at": saved,
            "went_on_at": shares[0],
            "until_it_went_on_and_ended": time.perf_counter() - again,
        }

    def end(self) -> None:
        """The next job gets a fresh process."""
        self.resident.close()
        while self.resident.pid:
            time.sleep(0.1)

    def _ask(self, say: Callable[[Step], None]) -> None:
        self.resident.learn(self.photos, Keep(), self._folder(0), now=NOW, say=say)

    def _kill_once_saved(self, told: Step) -> None:
        self.told.append(told)
        if told.saved and told.share > 0.3 and self.resident.pid:
            os.kill(self.resident.pid, signal.SIGKILL)

    def _folder(self, person: int) -> Path:
        folder = self.work / str(person)
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def whole(model: Path, photos: Sequence[StoredPhoto], out: Path) -> Figures:
    """One person on a fresh worker, one on a warm one, tries, a worker started again, a kill."""
    orders = orders_for([CATALOGUE[name] for name in LOOKS], COUNT)
    worker, begun = Worker(model, photos, out / "work"), time.perf_counter()
    first = worker.learn(1)
    learned = time.perf_counter() - begun
    worker.shoot(first, orders[:20])
    cold = {"learned": learned, "learned_and_20_drawn": time.perf_counter() - begun}
    tell("cold", cold)
    begun = time.perf_counter()
    who = worker.learn(2)
    trained = time.perf_counter() - begun
    arrived = worker.shoot(who, orders)
    warm = {
        "seconds_total": trained + arrived[-1],
        "learn": trained,
        **{f"learn_{name}": seconds for name, seconds in who.timings.items()},
        "draw": arrived[-1],
        "frames": len(arrived),
        "adapter_mb": len(who.adapter) / 1e6,
    }
    tell("warm", warm)
    tries = [worker.try_on() for _ in range(4)]
    tried = {"first_ever": tries[0][0], "first": statistics.median(t[0] for t in tries[1:])}
    tried["all_four"] = statistics.median(t[-1] for t in tries[1:])
    tell("try", tried)
    worker.end()
    begun = time.perf_counter()
    worker.shoot(first, orders[:4])  # by a fresh process: the last one was closed
    restarted = {"four_drawn": time.perf_counter() - begun}
    tell("restarted", restarted)
    killed = worker.killed()
    tell("killed", killed)
    worker.end()
    return {"cold": cold, "warm": warm, "try": tried, "killed": killed, "restarted": restarted}


def tell(name: str, figures: Figures) -> None:
    """At once: a run that is cut short has still said something."""
    print(json.dumps({name: rounded(figures)}), flush=True)


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    return round(value, 3) if isinstance(value, float) else value


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--photos", type=Path, default=PHOTOS)
    given = parser.parse_args()
    if not torch.cuda.is_available():
        parser.error("there is no GPU here; run it on one")
    kind = torch.cuda.get_device_name().replace("NVIDIA ", "").lower().replace(" ", "-")
    made = made_on("gpu-shoot")
    folder = given.model or given.out / "sdxl"
    if not (folder / "model_index.json").is_file():
        full_size.build(folder)
        torch.cuda.empty_cache()
    photos = [StoredPhoto(file.read_bytes(), name=file.name) for file in sorted(given.photos.glob("*.jpg"))]
    figures = whole(folder, photos, given.out)
    figures |= gpu_parts.measure(folder, given.out, tell)
    torch.cuda.empty_cache()
    stock = gpu_parts.stock(folder)
    tell("stock", stock)
    report = {
        **made,
        "gpu": torch.cuda.get_device_name(),
        "torch": torch.__version__,
        "photos": len(photos),
        "seconds_total": figures["warm"]["seconds_total"],
        "stock_seconds_total": stock["shoot_seconds"],
        "faster": stock["shoot_seconds"] / figures["warm"]["seconds_total"],
        "stages": {**figures, "stock": stock},
    }
    text = json.dumps(rounded(report), indent=1)
    (given.out / f"gpu-shoot-{kind}.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
