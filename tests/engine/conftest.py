"""What the engine's tests share: one tiny random model a process, and photos of one rendered person."""

from __future__ import annotations

from pathlib import Path

import pytest

from generation.engine import pipeline
from generation.engine.pipeline import Engine
from generation.engine.reader import ReaderNet, save_reader

from . import tiny


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder as the command line takes it. Tests that alter one copy it first."""
    folder = tiny.build(tmp_path_factory.mktemp("model"))
    save_reader(ReaderNet(), folder / "reader")
    return folder


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> Engine:
    """The tiny model, loaded once for each test file."""
    return pipeline.load(tiny_model, device="cpu")


@pytest.fixture(scope="session")
def person(root: Path) -> list[Path]:
    """Photo files of one person."""
    return sorted((root / "tests" / "photos").glob("person-2-*.jpg"))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where a gallery is asked for; not there yet."""
    return tmp_path / "out"
