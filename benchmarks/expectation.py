"""What to expect of few photos: headshots that look like the person, by how many photos were given.

    python -m benchmarks.expectation shoot --cast DIR --out OUT
    python -m benchmarks.expectation write --out OUT

``shoot`` runs the engine's own shoot of every person with every number of photos; ``torchrun`` shares them
among processes and GPUs, and a later run goes on where it stopped. ``write`` needs no GPU. Without a stage's
name both run.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from generation.engine import intake, marking, measure, pipeline, ranking, shoot
from generation.engine.__main__ import FOUR_LOOKS, MODEL
from generation.engine.disk import photo_files
from generation.engine.gate import Gate, load_gate
from generation.engine.looks import chosen_looks
from generation.engine.orders import orders_for
from generation.engine.pipeline import Engine
from generation.engine.progress import never, silent
from generation.engine.reader import Reader, load_own
from generation.engine.traits import judged
from generation.engine.types import BadInput, EngineError, Keep, Recipe
from generation.understudy.evaluate import commit, folder_of, machine, own_gpu, today

from .measures import code

RESULTS = Path(__file__).parent / "results" / "expectation.json"
STAGES = ("shoot", "write")
SIZES, PEOPLE, ASKED = (1, 3, 7, 15), 4, 40
FRONTAL = 15.0  # degrees: what a person would call looking at the camera
NOW = (2026, 1)  # rendered photos carry no date


@dataclass(frozen=True)
class Outcome:
    """One shoot. Its ``good`` headshots are those truly like the person, by ``_good``."""

    person: int
    photos: int  # given, all of them accepted
    asked: int
    drawn: int
    passed: int  # the gate, as the shoot itself saw it: by the photos given
    good: int
    selects: int
    bar: float  # likeness of the person's least like photo to their others
    likeness: tuple[float, ...]  # of the headshots, to all of the person's photos; best rank first
    seconds: Mapping[str, float]
    machine: str


def subset(everyone: shoot.Subject, size: int, seed: int) -> list[int]:
    """Which photos a sensible person sends: one that looks at the camera, the others as they come.

    A smaller subset is part of every larger one, so that sizes differ by what was added and by nothing else.
    """
    turns = [abs(face.yaw) for face in everyone.faces]
    order = [int(i) for i in np.random.default_rng(seed).permutation(len(turns))]
    first = next((i for i in order if turns[i] < FRONTAL), int(np.argmin(turns)))
    return [first, *(i for i in order if i != first)][:size]


def outcome(
    folder: Path,
    person: int,
    size: int,
    engine: Engine,
    reader: Reader,
    *,
    asked: int = ASKED,
    recipe: Recipe | None = None,
) -> Outcome:
    """Shoot the person in ``folder`` with ``size`` of their accepted photos. Raises EngineError."""
    given = [intake.open_photo(file) for file in photo_files(folder)]
    everyone = shoot.meet(given, reader, now=NOW, progress=silent)
    chosen = [everyone.photos[i] for i in subset(everyone, size, person)]
    if len(chosen) < size:
        raise BadInput(f"{folder} has {len(chosen)} usable photos, not {size}; leave that size out for it.")
    subject, gate = shoot.meet(chosen, reader, now=NOW, progress=silent), load_gate(engine.folder)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as work:
        who = shoot.learn(
            engine,
            reader,
            subject,
            keep=shoot.keep_for(subject, Keep()),
            out=Path(work) / "identity.safetensors",
            work=Path(work) / "checkpoints",
            recipe=recipe,
            progress=silent,
            cancelled=never,
        )
        learned = time.monotonic()
        orders = orders_for(chosen_looks(FOUR_LOOKS), round(asked * shoot.MORE), seed=person)
        (frames := Path(work) / "frames").mkdir()
        try:
            taken = shoot.take(
                engine,
                who,
                reader,
                gate,
                subject,
                orders,
                count=asked,
                work=frames,
                progress=silent,
                cancelled=never,
            )
        except BadInput:  # not one passed: that is an outcome too
            taken = shoot.Taken((), {})
    seconds = {"learn": learned - begun, "take": time.monotonic() - learned}
    good, likeness, bar = _good(taken, everyone, who.keep, reader, gate)
    return Outcome(
        person=person,
        photos=len(subject.photos),
        asked=asked,
        drawn=len(taken.everything) or len(orders),
        passed=len(taken.frames),
        good=good,
        selects=sum(one.score.select for one in taken.frames),
        bar=round(bar, 4),
        likeness=tuple(round(value, 4) for value in likeness),
        seconds={name: round(value, 1) for name, value in seconds.items()},
        machine=_machine(engine),
    )


def _good(
    taken: shoot.Taken, everyone: shoot.Subject, keep: Keep, reader: Reader, gate: Gate
) -> tuple[int, list[float], float]:
    """How many headshots are good, every headshot's likeness, and the bar.

    By the photos given alone, a shoot from one photo would judge itself by that one: every headshot is
    held against all of the person's photos, and is good when it is at least as like them as the least like of
    them is to the others.
    """
    own, bar = everyone.own, _bar(everyone.own)
    if not taken.frames:
        return 0, [], bar
    frames = [one.frame for one in taken.frames]
    scores = ranking.rank(measure.measure(frames, reader, gate, judged(keep, everyone.readings)), own)
    likeness = [score.likeness for score in scores]
    return sum(not score.faults and score.likeness >= bar for score in scores), likeness, bar


def _bar(own: ranking.Own) -> float:
    read = own.embeddings
    if len(read) < 2:
        return own.stranger
    return min(float(ranking.likeness(read[[i]], np.delete(read, i, axis=0))[0]) for i in range(len(read)))


def _machine(engine: Engine) -> str:
    import torch

    return torch.cuda.get_device_name(engine.device) if engine.device.type == "cuda" else machine()


def shoot_all(
    folders: Sequence[Path], sizes: Sequence[int], out: Path, model: Path, device: str | None
) -> None:
    """This process's share of the jobs; one that fails is said and left out."""
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    engine = pipeline.load(model, device=device or own_gpu())
    reader = load_own(model / "reader", str(engine.device))
    jobs = [(person, size) for size in sorted(sizes, reverse=True) for person in range(len(folders))]
    out.mkdir(parents=True, exist_ok=True)
    for person, size in jobs[rank::world]:
        file = out / f"person-{person:02d}-{size:02d}.json"
        if file.is_file():
            continue
        try:
            made = outcome(folders[person], person, size, engine, reader)
        except EngineError as error:
            _say(f"person {person}, {size} photos: {error}")
            continue
        marking.write(file, json.dumps(asdict(made), indent=1).encode())
        _say(f"person {person}, {size} photos: {made.good} good of {made.passed}, {made.drawn} drawn")


def report(out: Path) -> dict[str, object]:
    """Means over people, by photos that counted; a number that not everybody was shot with is left out.

    Raises BadInput when nothing was shot.
    """
    made = [Outcome(**json.loads(file.read_text())) for file in sorted(out.glob("person-*.json"))]
    if not made:
        raise BadInput(f"{out} holds no outcomes: run the stage shoot first.")
    return {
        "commit": commit(),
        "machine": ", ".join(sorted({one.machine for one in made})),
        "date": today(),
        "code": code("expectation"),
        "asked": made[0].asked,
        "people": len({one.person for one in made}),
        **{name: _means(made, name) for name in ("good", "passed", "drawn", "selects", "bar")},
    }


def _means(made: Sequence[Outcome], name: str) -> dict[str, float]:
    everybody, sizes = {one.person for one in made}, sorted({one.photos for one in made})
    groups = {size: [one for one in made if one.photos == size] for size in sizes}
    return {
        str(size): round(sum(float(getattr(one, name)) for one in group) / len(group), 2)
        for size, group in groups.items()
        if {one.person for one in group} == everybody
    }


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("stage", nargs="?", choices=STAGES, help="one stage alone; both when left out")
    people = parser.add_mutually_exclusive_group()
    people.add_argument("--photos", type=Path, nargs="+", help="one folder for each person")
    people.add_argument("--cast", type=Path, help="folder with subject-NN/photos, as evaluate renders them")
    parser.add_argument("--out", type=Path, required=True, help="outcomes in between")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of photos")
    parser.add_argument("--people", type=int, default=PEOPLE, help="of the cast")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--device", default=os.environ.get("DEVICE"), help="best there is if left out")
    said = parser.parse_args()
    try:
        if said.stage != "write":
            if not (said.photos or said.cast):
                raise BadInput("Say whom to shoot: --photos FOLDER ... or --cast DIR.")
            folders = said.photos or [folder_of(said.cast, i) / "photos" for i in range(said.people)]
            sizes = [int(size) for size in said.sizes.split(",")]
            shoot_all(folders, sizes, said.out, said.model, said.device)
        if said.stage != "shoot":
            figures = report(said.out)
            RESULTS.write_text(json.dumps(figures, indent=1) + "\n")
            print(json.dumps(figures, indent=1))
    except EngineError as error:
        _say(str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
