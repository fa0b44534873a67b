"""Files of a shoot: what was given, the work that a stopped shoot leaves, and the gallery put in place."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .types import BadInput
from .weights import digest

MOST_PHOTOS = 20
NOT_PHOTOS = (".json", ".txt", ".md", ".csv", ".html", ".xml", ".ini", ".db", ".aae", ".xmp")
NOWHERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
ROOM = 300 * 1024 * 1024  # bytes: checkpoints with their optimiser, frames and the gallery of one shoot


def photo_files(folder: Path) -> list[Path]:
    """The photos of a folder in name order; hidden files and notes beside them are passed over.

    Raises BadInput when there is no such folder, none or too many photos in it.
    """
    if not folder.exists():
        raise BadInput(f"There is no folder {folder}; name the folder that holds the photos.")
    if not folder.is_dir():
        raise BadInput(f"{folder} is a file; name the folder that holds the photos.")
    try:
        found = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise BadInput(f"{folder} cannot be read ({error.strerror}); check its rights.") from error
    photos = [p for p in found if not p.name.startswith(".") and p.suffix.lower() not in NOT_PHOTOS]
    if not photos:
        raise BadInput(f"{folder} holds no photos; put 1 to {MOST_PHOTOS} photos of one person there.")
    if len(photos) > MOST_PHOTOS:
        raise BadInput(
            f"{folder} holds {len(photos)} photos; at most {MOST_PHOTOS} are used, so leave the best ones."
        )
    return photos


@contextmanager
def sentences(out: Path) -> Iterator[None]:
    """Turn a failing disk under ``out`` into BadInput that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise BadInput(
                f"The disk is full: free some {ROOM >> 20} MB where {out} lies and run the same command"
                " again; it goes on where it stopped."
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise BadInput(
                f"{error.filename or out} cannot be written; check its rights or name another OUT."
            ) from error
        raise


def fingerprint(said: Mapping[str, object], files: Iterable[Path] = ()) -> str:
    """sha256 over settings (JSON) and the bytes of files: the same work has the same fingerprint."""
    together = hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode())
    for path in files:
        together.update(digest(path).encode())
    return together.hexdigest()


@dataclass(frozen=True)
class Workplace:
    """``OUT/.work``: folders that are kept while their fingerprint stays, so that a shoot can go on."""

    out: Path

    @property
    def folder(self) -> Path:
        return self.out / ".work"

    @property
    def built(self) -> Path:
        """Where a gallery is written before it is put in place."""
        return self.folder / "gallery"

    def open(self) -> None:
        """Make the folders; raises BadInput when OUT is a file, cannot be made, or the disk has no room."""
        if os.path.isfile(self.out):
            raise BadInput(f"{self.out} is a file; name a folder for the gallery.")
        with sentences(self.out):
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                if error.errno not in NOWHERE:
                    raise
                raise BadInput(
                    f"The folder {self.out} cannot be made ({error.strerror}); name another OUT."
                ) from error
            if shutil.disk_usage(self.folder).free < ROOM:
                raise OSError(errno.ENOSPC, "no room", str(self.out))

    def part(self, name: str, key: str) -> Path:
        """A folder of the work, emptied when ``key`` differs from the one that it was made with."""
        folder = self.folder / name
        note = folder / "key"
        if folder.exists() and (not note.is_file() or note.read_text() != key):
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        note.write_text(key)
        return folder

    def publish(self, built: Path, names: Iterable[str]) -> None:
        """Move the finished files of ``built`` to OUT, each by a rename; what they replace goes last."""
        old = self.folder / "replaced"
        shutil.rmtree(old, ignore_errors=True)
        old.mkdir()
        for name in names:
            if (self.out / name).exists():
                os.replace(self.out / name, old / name)
            if (built / name).exists():
                os.replace(built / name, self.out / name)
        self.clear()

    def clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def leave(self) -> None:
        """Remove a half-built gallery, and the folders again where nothing else was put into them."""
        shutil.rmtree(self.built, ignore_errors=True)
        for folder in (self.folder, self.out):
            if os.path.isdir(folder) and not any(folder.iterdir()):
                folder.rmdir()
