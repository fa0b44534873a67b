"""A panel's shoot: each person is learned once, each look drawn in all its directions and measured.

By the engine's own rulers, the gate's as a customer's gallery meets them: what is compared is one skin tone
with another under the same ruler.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..engine import adapter, intake, marking, measure, pipeline, ranking, shoot, skin, studio
from ..engine.disk import photo_files
from ..engine.gate import Gate, load_gate
from ..engine.pipeline import Engine
from ..engine.progress import never, silent
from ..engine.ranking import Measures, Own
from ..engine.reader import Reader, load_own
from ..engine.traits import judged
from ..engine.types import BadInput, EngineError, Identity, Keep, Look, Recipe, Score
from ..tones import by_tone, look_version, model_version
from . import panel
from .evaluate import own_gpu

NOW = (2026, 1)  # rendered photos carry no date
Line = Mapping[str, float | bool | None]


def folder_of(out: Path, index: int) -> Path:
    return out / f"person-{index:03d}"


def lines_of(folder: Path, look: Look, model: str) -> Path:
    """What was measured of a look that this model drew of the person in ``folder``."""
    return folder / model / f"{look.id}@{look.version}.json"


def shoot_all(
    out: Path,
    people: Sequence[int],
    looks: Sequence[Look],
    folder: Path,
    *,
    device: str | None = None,
    recipe: Recipe | None = None,
) -> None:
    """This process's share of the people; one who cannot be shot is said, and ``figures`` asks for them."""
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    engine, model = pipeline.load(folder, device=device or own_gpu()), model_version(folder)
    reader, gate = load_own(folder / "reader", str(engine.device)), load_gate(folder, str(engine.device))
    for index in people[rank::world]:
        begun = time.monotonic()
        try:
            shoot_person(out, index, looks, engine, reader, gate, model=model, recipe=recipe)
        except EngineError as error:
            say(f"person {index}: {error}")
        else:
            say(f"person {index}: {time.monotonic() - begun:.0f} s")


def shoot_person(
    out: Path,
    index: int,
    looks: Sequence[Look],
    engine: Engine,
    reader: Reader,
    gate: Gate,
    *,
    model: str,
    recipe: Recipe | None = None,
) -> None:
    """Draw and measure what is not measured yet. Raises EngineError, so where no photos are rendered."""
    folder = folder_of(out, index)
    missing = [look for look in looks if not _is_of(lines_of(folder, look, model), look)]
    if not missing:
        return
    given = [intake.open_photo(file) for file in photo_files(folder / "photos")]
    subject = shoot.meet(given, reader, now=NOW, progress=silent)
    who = _learned(folder, subject, engine, reader, model, recipe)
    keep, own = judged(who.keep, subject.readings), subject.own
    for look in missing:
        orders = [(look, one, 1000 * index + place) for place, one in enumerate(look.directions)]
        frames = list(studio.shoot(engine, who, orders))
        measures = measure.measure(frames, reader, gate, keep)
        scores = ranking.rank(measures, own)
        told = [
            _line(look.directions[place].yaw, one, score, own)
            for place, (one, score) in enumerate(zip(measures, scores, strict=True))
        ]
        said = {"look": asdict(look), "frames": told}
        marking.write(lines_of(folder, look, model), json.dumps(said, indent=1).encode())


def _is_of(file: Path, look: Look) -> bool:
    """Whether these lines are of this very look: another may have had its name."""
    return file.is_file() and json.loads(file.read_text())["look"] == json.loads(json.dumps(asdict(look)))


def _learned(
    folder: Path, subject: shoot.Subject, engine: Engine, reader: Reader, model: str, recipe: Recipe | None
) -> Identity:
    """The person's identity for this model, learned at the first look."""
    (folder / model).mkdir(parents=True, exist_ok=True)
    file = folder / model / "identity.safetensors"
    if file.is_file():
        return adapter.read(file)
    return shoot.learn(
        engine,
        reader,
        subject,
        keep=shoot.keep_for(subject, Keep()),
        out=file,
        work=folder / model / "checkpoints",
        recipe=recipe,
        progress=silent,
        cancelled=never,
    )


def _line(asked: float, seen: Measures, score: Score, own: Own) -> Line:
    """One frame. ``lightness`` is how much lighter (L*) its skin is than in own photos under like light."""
    if not seen.faces:
        return {"usable": False, "likeness": None, "skin shift": None, "lightness": None, "direction": None}
    lighter = float(seen.skin[0] - skin.like_light(seen.skin, own.skin)[0])
    return {
        "usable": not score.faults,
        "likeness": score.likeness,
        "skin shift": _known(score.skin_shift),
        "lightness": _known(lighter),
        "direction": abs(seen.pose[0] - asked),
    }


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def figures(out: Path, people: Sequence[int], looks: Sequence[Look], folder: Path) -> dict[str, Any]:
    """Each look by tone, with this model. Raises BadInput while somebody is missing."""
    model = model_version(folder)
    told = {}
    for look in looks:
        key = f"{look.id}@{look.version}"
        frames = [(int(panel.person(index).tone), _frames(out, index, look, model)) for index in people]
        told[key] = {"look": look_version(asdict(look)), "tones": by_tone(frames)}
    return {"model": model, "people": len(people), "looks": told}


def _frames(out: Path, index: int, look: Look, model: str) -> list[Line]:
    file = lines_of(folder_of(out, index), look, model)
    if not _is_of(file, look):
        raise BadInput(f"{look.id}@{look.version} is not measured of person {index}: run the stage shoot.")
    frames: list[Line] = json.loads(file.read_text())["frames"]
    return frames


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
