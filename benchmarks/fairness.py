"""Whether the looks treat every skin tone alike: the panel of rendered people through each look and model.

    python -m benchmarks.fairness [render|shoot|write] [--out DIR] [--model DIR] [--name understudy]

``render`` needs the head (FACEKIT) and OpenGL; ``shoot`` the model and best a GPU, ``torchrun`` shares the
people among processes and GPUs; ``write`` neither. Each goes on where it stopped: a person is learned once,
a look that is added later is only drawn. Without a stage's name all three run.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import django

from generation.engine.__main__ import MODEL
from generation.engine.looks import CATALOGUE
from generation.engine.types import EngineError
from generation.tones import behind
from generation.understudy import panel, panel_shoot

from .fairness_plot import drawn
from .made_on import made_on
from .measures import ROOT

RESULTS = Path(__file__).parent / "results" / "fairness.json"
WORK = ROOT / "work" / "fairness"
STAGES = ("render", "shoot", "write")
EVERYBODY = panel.TONES * panel.PER_TONE


def render(out: Path, people: Sequence[int], workers: int) -> None:
    """Everybody's photos, each worker with an OpenGL context of its own."""
    from generation.understudy.head import head_path

    head_path()  # said at once, not after every worker has loaded torch
    with get_context("spawn").Pool(workers) as pool:
        for done, index in enumerate(pool.imap_unordered(_render_one, [(out, i) for i in people]), start=1):
            panel_shoot.say(f"render {done}/{len(people)}: person {index}")


@cache
def _renderer() -> Any:
    from generation.understudy.head import Head
    from generation.understudy.render import Renderer

    return Renderer(Head(), panel.PHOTO_SIZE)


def _render_one(job: tuple[Path, int]) -> int:
    out, index = job
    panel.render(panel_shoot.folder_of(out, index), index, _renderer())
    return index


def write(name: str, made: dict[str, Any], file: Path = RESULTS) -> None:
    """Put one model's figures beside those of others, and their plot beside both."""
    known = json.loads(file.read_text()) if file.is_file() else {}
    known[name] = {**made_on(f"fairness {name}"), **made}
    file.write_text(json.dumps(known, indent=1) + "\n")
    looks = {key: one["tones"] for key, one in made["looks"].items()}
    file.with_name(f"{file.stem}-{name}.svg").write_text(drawn(looks))


def _printed(made: dict[str, Any]) -> str:
    looks = made["looks"].items()
    return "\n".join(f"{key}: {' '.join(behind(one['tones'])) or 'every tone alike'}" for key, one in looks)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("stage", nargs="?", choices=STAGES, help="one stage alone; all when left out")
    parser.add_argument("--out", type=Path, default=WORK, help="photos, identities, measures in between")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--name", default="understudy", help="of the model, in the results")
    parser.add_argument("--people", type=int, default=EVERYBODY, help="fewer make a trial, not a measurement")
    parser.add_argument("--device", default=os.environ.get("DEVICE"), help="best there is if left out")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    said = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headshots.settings")
    django.setup()
    people, looks = range(said.people), list(CATALOGUE.values())
    try:
        if said.stage in (None, "render"):
            render(said.out, people, said.workers)
        if said.stage in (None, "shoot"):
            panel_shoot.shoot_all(said.out, people, looks, said.model, device=said.device)
        if said.stage in (None, "write"):
            made = panel_shoot.figures(said.out, people, looks, said.model)
            print(_printed(made))
            if said.people == EVERYBODY:
                write(said.name, made)
    except EngineError as error:
        panel_shoot.say(str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
