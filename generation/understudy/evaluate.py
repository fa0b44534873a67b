"""Measures the understudy on people it never saw: render, shoot, judge, write the figures and a sheet.

Three stages that may run on different machines, each repeatable and going on where it stopped:
``render`` needs the head (FACEKIT) and OpenGL, ``shoot`` the model and best a GPU, ``judge`` dlib and no GPU.
Without a stage's name all three run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from math import isfinite
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ..engine.types import BadInput, EngineError

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
RESULTS = REPOSITORY / "benchmarks" / "results" / "understudy.json"
SHEET = REPOSITORY / "benchmarks" / "results" / "understudy.jpg"
STAGES = ("render", "shoot", "judge")
PEOPLE = 20


def folder_of(out: Path, index: int) -> Path:
    return out / f"subject-{index:02d}"


def render(out: Path, people: int, workers: int) -> None:
    """Stage one: photos, studio pictures and other people, every worker with its own OpenGL context."""
    from .head import head_path

    head_path()  # said at once, not after every worker has loaded torch
    from .cast import crowd

    jobs = [(out, "subject", i) for i in range(people)] + [(out, "crowd", i) for i in range(crowd(people))]
    with get_context("spawn").Pool(workers) as pool:
        for done, name in enumerate(pool.imap_unordered(_render_one, jobs), start=1):
            _say(f"render {done}/{len(jobs)}: {name}")


@cache
def _renderer() -> Any:
    """This worker's own. Opened by its first job, so that an error reaches the command."""
    from .cast import PHOTO_SIZE
    from .head import Head
    from .render import Renderer

    return Renderer(Head(), PHOTO_SIZE)


def _render_one(job: tuple[Path, str, int]) -> str:
    from . import cast

    out, kind, index = job
    if kind == "subject":
        cast.render_subject(folder_of(out, index), index, _renderer())
    else:
        cast.render_bystander(out / "crowd" / str(index), index, _renderer())
    return f"{kind} {index}"


def shoot(out: Path, people: int, model: Path, device: str | None) -> None:
    """Stage two: the engine's own shoot of every subject.

    ``torchrun`` shares them among processes and these among GPUs. A subject that cannot be shot is said and
    left out, for one process that fails would end the others; ``judge`` asks for it.
    """
    from ..engine import pipeline
    from ..engine.reader import load_own
    from .trial import shoot_subject

    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    engine = pipeline.load(model, device=device or own_gpu())
    reader = load_own(model / "reader", str(engine.device))
    for index in range(rank, people, world):
        folder, begun = folder_of(out, index), time.monotonic()
        try:
            shoot_subject(folder, index, engine, reader, None)
        except EngineError as error:
            _say(f"shoot {index}: {error}")
        else:
            _say(f"shoot {index}: {time.monotonic() - begun:.0f} s")


def own_gpu() -> str | None:
    """This process's share of the GPUs, in turn; None where there is none."""
    import torch

    if not torch.cuda.is_available():
        return None
    gpu = int(os.environ.get("LOCAL_RANK", 0)) % torch.cuda.device_count()
    torch.cuda.set_device(gpu)
    return f"cuda:{gpu}"


def judge(out: Path, people: int, workers: int) -> dict[str, dict[str, object]]:
    """Stage three: measure, write the results and the sheet."""
    folders = [folder_of(out, i) for i in range(people)]
    if missing := [folder.name for folder in folders if not (folder / "shot").is_file()]:
        raise BadInput(f"Nothing to judge in {', '.join(missing)}: run the stages render and shoot first.")
    from benchmarks.measures import code  # the repository's: an installed package measures nothing

    from .evaluation_sheet import sheet
    from .judge_models import fetch_judge
    from .scores import report
    from .verdict import figures  # needs dlib, which only this stage has

    fetch_judge()
    values, ceilings, notes = figures(folders, out / "crowd", workers)
    goals = report(values)
    for name, value in ceilings.items():
        goals[name]["on_the_renders"] = round(value, 4) if isfinite(value) else None
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    made = {"commit": commit(), "machine": machine(), "date": today(), "code": code("understudy")}
    said = {**made, "people": people, "notes": notes, "goals": goals}
    RESULTS.write_text(json.dumps(said, indent=1) + "\n")
    sheet(folders, SHEET)
    return goals


def commit() -> str:
    done = subprocess.run(
        ["git", "-C", str(REPOSITORY), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def machine() -> str:
    """Processor, cores and system in one line."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    return f"{model}, {os.cpu_count()} cores, {platform.system()}"


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def printed(goals: Mapping[str, Mapping[str, object]]) -> str:
    """The results as a table, one row a goal."""
    rows = [f"{'':<48} {'value':>9} {'floor':>7} {'goal':>7}"]
    for name, row in goals.items():
        value = row["value"]
        shown = f"{value:.3f}" if isinstance(value, float) else "–"
        mark = "goal" if row["held"] else "floor" if row["held_floor"] else "BELOW"
        rows.append(f"{name:<48} {shown:>9} {row['floor']!s:>7} {row['goal']!s:>7}  {mark}")
    return "\n".join(rows)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", nargs="?", choices=STAGES, help="one stage alone; all three when left out")
    parser.add_argument(
        "--out", type=Path, default=REPOSITORY / "work" / "evaluate", help="pictures in between"
    )
    parser.add_argument("--people", type=int, default=int(os.environ.get("PEOPLE", PEOPLE)))
    parser.add_argument("--model", type=Path, default=HERE / "weights")
    parser.add_argument(
        "--device", default=os.environ.get("DEVICE"), help="cpu or cuda; best there is if left out"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    said = parser.parse_args()
    try:
        if said.stage in (None, "render"):
            render(said.out, said.people, said.workers)
        if said.stage in (None, "shoot"):
            shoot(said.out, said.people, said.model, said.device)
        if said.stage in (None, "judge"):
            print(printed(judge(said.out, said.people, said.workers)))
    except EngineError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
