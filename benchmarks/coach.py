"""Tries the coverage coach on rendered sets: one cell removed, does it ask for that one, and then no more?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image

from generation.engine import coverage, photos
from generation.engine.coverage import ANGLES, EXPRESSIONS, LIGHTS, Cell
from generation.engine.types import Direction, Photo
from generation.understudy.casual import phone
from generation.understudy.scene import Scene, sample_scene, studio_light

from .verdict_people import Darkroom, person_of

PEOPLE = (1, 6)  # of verdict_people: a light and a dark tone
GAPS = 10  # cells removed, one after the other, of each person's set
YAWS = dict(zip(ANGLES, (-32.0, -15.0, 0.0, 15.0, 32.0)))
BESIDE = {"left": -55.0, "front": 0.0, "right": 55.0}  # degrees from where the face looks


def plan() -> list[Cell]:
    """15 cells that show every pair of an angle, a light side and an expression (a Latin square)."""
    return [
        (angle, LIGHTS[(i + j) % len(LIGHTS)], expression)
        for (i, angle), (j, expression) in product(enumerate(ANGLES), enumerate(EXPRESSIONS))
    ]


def scene_of(person: int, cell: Cell) -> Scene:
    """A photo that shows the cell: a window beside the face, as far as the head is turned, or before it."""
    angle, light, expression = cell
    rng = np.random.default_rng([person, plan().index(cell), 77])
    direction = Direction(yaw=YAWS[angle] + float(rng.normal(0, 2)), expression=expression, light_side=light)
    direction = replace(direction, pitch=float(rng.normal(0, 3)), head_height=float(rng.uniform(0.45, 0.65)))
    scene = sample_scene(rng, "phone photo")
    turn = direction.yaw + BESIDE[light] + float(rng.normal(0, 4))
    lit = studio_light(direction, rng) | {"key_azimuth": float(np.clip(turn, -85, 85))}
    return replace(  # type: ignore[arg-type]
        scene,
        direction=direction,
        expression_detail=expression,
        expression_strength=1.0,
        eyes_closed=False,
        gaze_at_camera=True,
        **lit,
    )


def photos_of(room: Darkroom, person: int) -> dict[Cell, Photo]:
    shown = {}
    for k, cell in enumerate(plan()):
        image, _, _ = room.develop(f"coach-{person}-{k:02d}", person_of(person), scene_of(person, cell))
        shown[cell] = Photo(Image.fromarray(phone(image, np.random.default_rng([person, k]))))
    return shown


def tried(folder: Path) -> dict[str, object]:
    """Shares of sets whose gap was asked for, and whose advice changed once it was filled.

    The goal's 20 sets lack one of the first ten cells; ``asked_for_any_gap`` counts all 30.
    """
    room = Darkroom(folder)
    asked, any_gap, changed, read = [], [], [], []
    for person in PEOPLE:
        shown = photos_of(room, person)
        measured: Mapping[Cell, Mapping[str, float]] = {
            cell: photos.judge(photo).measures for cell, photo in shown.items()
        }
        whole = coverage.cover(list(measured.values()))
        read += [told == cell for told, cell in zip(whole.cells, measured)]
        for k, gap in enumerate(measured):
            rest = coverage.cover([m for cell, m in measured.items() if cell != gap])
            right = coverage.next_best(rest) == gap
            any_gap.append(right)
            if k < GAPS:
                asked.append(right)
                changed.append(coverage.advise(rest) != coverage.advise(whole))
    return {
        "sets": len(asked),
        "asked_for_the_gap": float(np.mean(asked)),
        "asked_for_any_gap": float(np.mean(any_gap)),
        "advice_changed": float(np.mean(changed)),
        "cells_read_right": float(np.mean(read)),
    }
