"""The judge's process: ``python -m generation.engine.checker_child MODEL PIPE PARENT``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import cv2
from PIL import Image

from . import photos
from .desk import Desk, Job
from .reader import Reader, load_reader
from .together import Checked
from .types import Month, Photo, StoredPhoto


class Judge:
    """The reader and the face models, loaded once."""

    def __init__(self, model: Path) -> None:
        self.model = model

    @cached_property
    def reader(self) -> Reader:
        return load_reader(self.model / "reader")

    def load(self, job: Job) -> Iterator[Checked]:
        """A verdict on nothing, because the first one takes longest."""
        yield photos.check(Photo(Image.new("RGB", (256, 256))), self.reader.read)

    def check(self, job: Job, photo: StoredPhoto, now: Month) -> Iterator[Checked]:
        yield photos.check(photos.opened(photo), self.reader.read, now=now)


def main() -> None:
    cv2.setNumThreads(1)
    judge = Judge(Path(sys.argv[1]))
    Desk({"load": judge.load, "check": judge.check}).serve()


if __name__ == "__main__":
    main()
