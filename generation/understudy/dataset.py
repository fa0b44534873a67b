"""Renders the training set into flat arrays on disk, many processes side by side, and reads it back.

Every fourth person starts a family: four people who share every trait but the shape of the head, so that
the reader and the model must learn faces and cannot live on hair and tone.
"""

from __future__ import annotations

import argparse
import glob
import json
import multiprocessing
import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from ..engine import looks
from ..engine.sketch import draw_sketch
from .captions import caption
from .casual import phone
from .people import Person, check_training_seed, population_rng, sample_person
from .scene import Scene, sample_scene

if TYPE_CHECKING:
    from .render import Rendered

SIZE = 256
FAMILY = 4
CAPTIONS = 4  # drawn for each picture
STUDIO_SHARE = 0.65
GROUPS = tuple(looks.KEEP_GROUPS.values())


@dataclass(frozen=True)
class Plan:
    """What is rendered: people of one population, pictures of each, processes."""

    seed: int
    people: int
    pictures: int
    jobs: int


def shapes(plan: Plan) -> dict[str, tuple[tuple[int, ...], str]]:
    """Array name -> (shape, dtype); rows are people * pictures, those of a person side by side."""
    rows = plan.people * plan.pictures
    return {
        "images": ((rows, SIZE, SIZE, 3), "u1"),
        "sketches": ((rows, SIZE, SIZE, 3), "u1"),
        "landmarks": ((rows, 68, 2), "f4"),
        "tokens": ((rows, CAPTIONS, 77), "i2"),
        "traits": ((rows, len(GROUPS)), "i2"),
        "done": ((rows,), "u1"),
    }


def open_arrays(folder: Path, plan: Plan, mode: str) -> dict[str, NDArray[np.generic]]:
    return {
        name: np.memmap(folder / f"{name}.bin", dtype=dtype, mode=mode, shape=shape)  # type: ignore[call-overload]
        for name, (shape, dtype) in shapes(plan).items()
    }


def member(seed: int, index: int) -> Person:
    """Person ``index``: their own shape, and the traits of the first of their family."""
    first = sample_person(population_rng(seed, index - index % FAMILY))
    own = sample_person(population_rng(seed, index))
    return replace(first, shape=own.shape, seed=own.seed) if index % FAMILY else first


def trait_indices(person: Person) -> list[int]:
    """For each group of ``looks.KEEP_GROUPS`` the index of the word that is true of the person."""
    words = set(person.keep_words())
    return [next((i for i, word in enumerate(group) if word in words), 0) for group in GROUPS]


def sketch_of(scene: Scene, picture: Rendered) -> NDArray[np.uint8]:
    """The control image that would have asked for this picture: colours as they came out."""
    drawn = draw_sketch(
        scene.direction, picture.backdrop_rgb, picture.garment_rgb, SIZE, fov=scene.fov, shift=scene.shift
    )
    return np.asarray(drawn)


def work(job: tuple[Plan, Path, Path, int]) -> None:
    """Render every ``plan.jobs``-th person, from ``part`` on; people already done are left alone."""
    plan, head_file, folder, part = job
    os.environ["GLCONTEXT_DEVICE_INDEX"] = str(part % max(1, len(glob.glob("/dev/nvidia[0-9]*"))))
    # Here: those who only read the set need no OpenGL, and the parent needs no transformers.
    from .head import Head
    from .render import Renderer
    from .tokens import build_tokenizer

    tokenizer = build_tokenizer()
    renderer = Renderer(Head(head_file), SIZE)
    arrays = open_arrays(folder, plan, "r+")
    for index in range(part, plan.people, plan.jobs):
        rows = range(index * plan.pictures, (index + 1) * plan.pictures)
        if arrays["done"][rows.start : rows.stop].all():
            continue
        person = member(plan.seed, index)
        rng = np.random.default_rng([plan.seed, index, 1])
        for row in rows:
            scene = sample_scene(rng, "studio portrait" if rng.random() < STUDIO_SHARE else "phone photo")
            picture = renderer.render(person, scene)
            image = picture.image if scene.medium == "studio portrait" else phone(picture.image, rng)
            texts = [caption(person, scene, rng) for _ in range(CAPTIONS)]
            arrays["images"][row] = image
            arrays["sketches"][row] = sketch_of(scene, picture)
            arrays["landmarks"][row] = picture.landmarks
            arrays["tokens"][row] = tokenizer(texts, padding="max_length", max_length=77).input_ids
            arrays["traits"][row] = trait_indices(person)
            arrays["done"][row] = 1


def render(plan: Plan, head_file: Path, folder: Path) -> None:
    """Render the whole plan with a progress bar; safe to run again after an interruption."""
    check_training_seed(plan.seed)
    folder.mkdir(parents=True, exist_ok=True)
    described = json.dumps(asdict(replace(plan, jobs=0)))
    note = folder / "plan.json"
    again = note.exists() and note.read_text() == described
    arrays = open_arrays(folder, plan, "r+" if again else "w+")
    note.write_text(described)
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=work, args=((plan, head_file, folder, part),)) for part in range(plan.jobs)
    ]
    for process in processes:
        process.start()
    done = arrays["done"]
    with tqdm(total=len(done), unit="picture") as bar:
        while any(process.is_alive() for process in processes):
            time.sleep(1)
            bar.update(int(done.sum(dtype=np.int64)) - bar.n)
        bar.update(int(done.sum(dtype=np.int64)) - bar.n)
    if not done.all():
        raise RuntimeError(f"{int((done == 0).sum())} pictures were not rendered; see the errors above")


def load(folder: Path) -> tuple[Plan, dict[str, NDArray[np.generic]]]:
    plan = Plan(**json.loads((folder / "plan.json").read_text()))
    return plan, open_arrays(folder, plan, "r")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=render.__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=8000)
    parser.add_argument("--pictures", type=int, default=12)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--facekit", type=Path, default=os.environ.get("FACEKIT"), required="FACEKIT" not in os.environ
    )
    parser.add_argument("--out", type=Path, required=True)
    a = parser.parse_args()
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"  # before the spawned processes load numpy
    render(Plan(a.seed, a.people, a.pictures, a.jobs), a.facekit, a.out)
