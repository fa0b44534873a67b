"""The command line as tests call it: its words, a folder of photos, a small disk."""

from __future__ import annotations

import resource
import shutil
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from generation.engine.__main__ import main


def run(*words: object) -> int:
    """The exit code of the command line."""
    return main([str(word) for word in words])


def shoot(photos: Path, out: Path, *more: object) -> tuple[object, ...]:
    """The words of a shoot."""
    return ("shoot", "--photos", photos, "--out", out, *more)


def folder_of(photos: Iterable[Path], place: Path) -> Path:
    """A folder with copies of photos."""
    folder = place / "photos"
    folder.mkdir()
    for photo in photos:
        shutil.copy(photo, folder)
    return folder


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file can grow past ``size`` bytes, which fails a write as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
