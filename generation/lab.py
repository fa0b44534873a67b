"""This worker's engine processes: one that learns and draws, one that checks photos. Made at first use."""

from __future__ import annotations

import hashlib
import json
import tempfile
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from .engine.cards import Card, claim
from .engine.checker import Checker
from .engine.resident import PATIENCE, Resident
from .engine.types import Month, Recipe

UNDERSTUDY = Path(__file__).parent / "understudy" / "weights"
# What the tests and a small demo shrink; a shoot of any size runs the same code.
SMALL_STEPS = 40
SDXL = Recipe(steps=128, batch=8)  # in these two like pipeline.SDXL_RECIPE; a test holds them together
COMPILING = 300.0  # seconds that a GPU's first step may be silent: each kind of block is compiled once
# Each installation on a machine has its own, because what no running shoot needs is removed there.
OWN = hashlib.sha256(settings.SECRET_KEY.encode()).hexdigest()[:12]
SCRATCH = Path(tempfile.gettempdir()) / f"headshots-{OWN}"


def model_folder() -> Path:
    return UNDERSTUDY if settings.MODEL == "understudy" else Path(settings.MODEL)


@cache
def card() -> Card | None:
    """The GPU that is this worker's alone; None where there is none. Raises BadModel when all are taken."""
    return None if settings.ENGINE else claim()


@cache
def resident() -> Resident:
    device = own.device if (own := card()) else None
    patience = COMPILING if device else PATIENCE
    return _stand_in().Resident() if settings.ENGINE else Resident(model_folder(), device, patience=patience)


@cache
def checker() -> Checker:
    return _stand_in().Checker() if settings.ENGINE else Checker(model_folder())


def _stand_in() -> Any:
    return import_module(settings.ENGINE)


def close() -> None:
    """End both processes, whose running work goes on elsewhere, and leave the GPU to others."""
    for made in (resident, checker, card):
        if made.cache_info().currsize:
            if held := made():
                held.close()
            made.cache_clear()


def recipe() -> Recipe | None:
    """None is the model's own."""
    return Recipe(steps=SMALL_STEPS, checkpoints=1) if settings.SHOOT_SIZE == "small" else None


def samples() -> int:
    """How many examples the training of one person takes here: its steps times its batch."""
    own = recipe() or _models_own()
    return own.steps * own.batch


def _models_own() -> Recipe:
    """Steps and batch as ``pipeline.read_settings`` has them, which needs torch and this process none."""
    settings_of_model = model_folder() / "engine.json"
    if not settings_of_model.is_file():
        return SDXL
    told = json.loads(settings_of_model.read_text()).get("recipe", {})
    return Recipe(**{name: told[name] for name in ("steps", "batch") if name in told})


def scratch(shoot_id: UUID) -> Path:
    """Where training keeps its checkpoints; lost with the machine, removed with the shoot's inputs."""
    folder = SCRATCH / str(shoot_id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def this_month() -> Month:
    today = date.today()
    return today.year, today.month
