"""The judge as a process of its own: verdicts while the studio trains beside it.

One thread and its full priority are enough for a photo in time; the studio's process is the niced one.
The set is judged by ``together.judge_set`` from what was found in each photo, without asking here again.
"""

from __future__ import annotations

from pathlib import Path

from .process import Child, ChildDied
from .together import Checked
from .types import Month, StoredPhoto

PATIENCE = 60.0  # seconds; the longest silence is the import of torch


class Checker(Child):
    """One child process with the face models and the reader, started when first called, by any thread."""

    def __init__(self, model: Path, *, patience: float = PATIENCE) -> None:
        alone = {"OMP_NUM_THREADS": "1"}
        folder = str(model.resolve())
        super().__init__("generation.engine.checker_child", folder, patience=patience, environment=alone)

    def check(self, photo: StoredPhoto, *, now: Month) -> Checked:
        """What is found in one photo. One that kills the child raises ChildDied; the next one is fine."""
        for checked in self.ask("check", photo=photo, now=now):
            if isinstance(checked, Checked):
                return checked
        raise ChildDied("The judge's process ended without a verdict; ask again.")
