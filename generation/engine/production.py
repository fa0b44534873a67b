"""The production models of ``production.toml``, and which bytes each of their files must be."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .types import BadModel

LISTING = "weights.sha256"  # of a model folder, lines as sha256sum writes them
GATE = ("gate/config.json", "gate/model.safetensors")


@dataclass(frozen=True)
class HubFile:
    """One file of a hub repository, and where it lies in the model folder."""

    place: str
    path: str
    sha256: str | None


@dataclass(frozen=True)
class HubModel:
    """What is taken from one repository at one commit."""

    hub_id: str
    revision: str
    licence: str
    use: str
    files: tuple[HubFile, ...]


def _manifest() -> tuple[HubModel, ...]:
    tables = tomllib.loads((Path(__file__).parent / "production.toml").read_text())["model"]
    return tuple(
        HubModel(
            **{name: value for name, value in table.items() if name != "files"},
            files=tuple(
                HubFile(place, said.get("path", place), said.get("sha256"))
                for place, said in table["files"].items()
            ),
        )
        for table in tables
    )


PRODUCTION = _manifest()


def listing(folder: Path) -> dict[str, str]:
    """Place -> sha256 by the folder's listing, empty where there is none."""
    file = folder / LISTING
    if not file.is_file():
        return {}
    lines = (line.partition("  ") for line in file.read_text().splitlines() if line)
    return {place: sha256 for sha256, _, place in lines}


def pins(folder: Path, models: tuple[HubModel, ...] = PRODUCTION) -> dict[str, str | None]:
    """Place -> the sha256 its file must have: this release's own, otherwise the one pinned in ``folder``."""
    pinned = listing(folder)
    return {file.place: file.sha256 or pinned.get(file.place) for model in models for file in model.files}


def require_pins(folder: Path, models: tuple[HubModel, ...] = PRODUCTION) -> dict[str, str]:
    """``pins``; raises BadModel while one is unknown."""
    found = pins(folder, models)
    if unknown := [place for place, sha256 in found.items() if sha256 is None]:
        raise BadModel(
            f"No sha256 is known of {', '.join(unknown)}: run `manage.py fetch_models --pin` once, which"
            f" writes down what the hub sends now in {folder / LISTING} and holds every later file to it."
        )
    return {place: sha256 for place, sha256 in found.items() if sha256}


def check(folder: Path) -> None:
    """What a worker asks before it loads: is every file listed with the sum that it must have?

    That it is there, and its bytes, are held against the listing when it is loaded (``pipeline.load``).
    Raises BadModel.
    """
    known = listing(folder)
    wrong = [place for place, sha256 in require_pins(folder).items() if known.get(place) != sha256]
    if wrong:
        raise BadModel(
            f"{folder} lacks {', '.join(wrong)}, or has another version: run"
            f" `manage.py fetch_models {folder}`."
        )


def needs_gate(folder: Path) -> bool:
    """Every model does but the understudy, which alone draws after a colour sketch (``engine.json``)."""
    try:
        said = dict(json.loads((folder / "engine.json").read_text()))
    except (OSError, ValueError, TypeError):
        return True
    return said.get("control") != "sketch"


def check_gate(folder: Path) -> None:
    """Raises BadModel where a model that needs a nudity gate lacks a file of it."""
    missing = [place for place in GATE if not (folder / place).is_file()]
    if missing and needs_gate(folder):
        raise BadModel(
            f"{folder} lacks its nudity gate ({', '.join(missing)}), without which no picture may be shown:"
            f" run `manage.py fetch_models {folder}`."
        )
