"""What each shortcut of drawing costs the eye: the same people, each learned once, drawn slowly and faster.

    python -m benchmarks.shortcuts draw --cast DIR --out OUT
    python -m benchmarks.shortcuts write --out OUT

``draw`` takes the subjects that ``evaluate render`` left in DIR; ``torchrun`` shares them among processes and
GPUs. ``write`` puts the means over all of them into the result.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from generation.engine import intake, measure, pipeline, ranking, shoot, studio
from generation.engine.__main__ import MODEL
from generation.engine.disk import photo_files
from generation.engine.gate import Open
from generation.engine.pipeline import Engine, Settings
from generation.engine.progress import never, silent
from generation.engine.reader import OwnReader, load_own
from generation.engine.types import Identity, Keep
from generation.understudy.cast import orders
from generation.understudy.evaluate import own_gpu

from .made_on import made_on

RESULTS = Path(__file__).parent / "results" / "shortcuts.json"
PICTURES, NOW = 16, (2026, 1)  # of each person and way; rendered photos carry no date
HALF, EARLY = (0.25, 0.75), 0.5  # what SDXL is drawn with
Figures = dict[str, float]


def ways(own: Settings) -> dict[str, Settings]:
    """Every step guided and controlled, then each shortcut alone, and SDXL's together."""
    slow = replace(own, steps=24, guidance_window=(0.0, 1.0), control_until=1.0)
    return {
        "slow": slow,
        "50 steps": replace(slow, steps=50),
        "14 steps": replace(slow, steps=14),
        "guidance in the middle half": replace(slow, guidance_window=HALF),
        "control in the first half": replace(slow, control_until=EARLY),
        "both": replace(slow, guidance_window=HALF, control_until=EARLY),
    }


def samples(settings: Settings) -> tuple[int, int]:
    """How many samples a picture asks of the UNet and of the ControlNet: a guided step asks for two."""
    shares = [(step + 0.5) / settings.steps for step in range(settings.steps)]
    asked = [1 + studio.within(share, settings.guidance_window) for share in shares]
    return sum(asked), sum(asked[: round(settings.control_until * settings.steps)])


def draw(folder: Path, index: int, engine: Engine, reader: OwnReader) -> dict[str, Figures]:
    """One person in every way."""
    given = [intake.open_photo(file) for file in photo_files(folder / "photos")]
    subject = shoot.meet(given, reader, now=NOW, progress=silent)
    who, own, asked = _learned(folder, engine, reader, subject), subject.own, orders(index)[:PICTURES]
    settings, found = engine.settings, {}
    for name, way in ways(settings).items():
        engine.settings = way
        frames = list(studio.shoot(engine, who, asked))
        scores = ranking.rank(measure.measure(frames, reader, Open(), Keep()), own)
        off = [abs(score.yaw - frame.direction.yaw) for score, frame in zip(scores, frames, strict=True)]
        found[name] = {
            "likeness": float(np.nanmean([score.likeness for score in scores])),
            "yaw_error": float(np.nanmean(off)),
            "skin_shift": float(np.nanmean([score.skin_shift for score in scores])),
            "sharpness": float(np.nanmean([score.sharpness for score in scores])),
            "passed": float(np.mean([not score.faults for score in scores])),
        }
    engine.settings = settings
    return found


def _learned(folder: Path, engine: Engine, reader: OwnReader, subject: shoot.Subject) -> Identity:
    return shoot.learn(
        engine,
        reader,
        subject,
        keep=shoot.keep_for(subject, Keep()),
        out=folder / "identity.safetensors",
        work=folder / "checkpoints",
        recipe=None,
        progress=silent,
        cancelled=never,
    )


def together(people: Sequence[dict[str, Figures]], own: Settings) -> dict[str, Figures]:
    """Means over the people, with the standard error of what a way differs from the slow one."""
    found = {}
    for name, way in ways(own).items():
        unet, controlnet = samples(way)
        figures: Figures = {"unet_samples": unet, "controlnet_samples": controlnet}
        for measured in people[0][name]:
            values = np.array([one[name][measured] for one in people])
            apart = values - np.array([one["slow"][measured] for one in people])
            figures[measured] = round(float(values.mean()), 4)
            figures[f"{measured}_apart"] = round(float(apart.mean()), 4)
            figures[f"{measured}_error"] = round(float(apart.std(ddof=1) / len(people) ** 0.5), 4)
        found[name] = figures
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("stage", choices=("draw", "write"))
    parser.add_argument("--cast", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    if given.stage == "draw":
        rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        engine = pipeline.load(MODEL, device=own_gpu())
        reader = load_own(MODEL / "reader", str(engine.device))
        for index, folder in enumerate(sorted(given.cast.glob("subject-*"))):
            if index % world == rank:
                found = draw(folder, index, engine, reader)
                (given.out / f"{folder.name}.json").write_text(json.dumps(found))
                print(folder.name, flush=True)
        return
    people = [json.loads(file.read_text()) for file in sorted(given.out.glob("subject-*.json"))]
    ways_found = together(people, pipeline.read_settings(MODEL))
    report = {**made_on("shortcuts"), "people": len(people), "pictures": PICTURES, "ways": ways_found}
    RESULTS.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(ways_found, indent=1))


if __name__ == "__main__":
    main()
