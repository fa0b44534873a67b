"""One process to a GPU: the first card that no other worker of this host holds, until this process ends."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .process import bare_environment
from .types import BadModel

DRIVER = (Path("/dev/nvidiactl"), Path("/dev/dxg"))  # without one nobody need wait for torch's import
LOCKS = (Path("/run/lock"), Path(tempfile.gettempdir()))  # of the whole host: whoever runs a worker here
THREADS = 8  # of a card's process, whose maths is on the card: the host's other cards want cores, too
PATIENCE = 120.0  # seconds for the import of torch on a busy machine


@dataclass
class Card:
    """A GPU that is this process's own."""

    device: str  # torch's name of it
    lock: int  # a file descriptor; the kernel frees the lock with the process, however that ends

    def close(self) -> None:
        os.close(self.lock)


def claim() -> Card | None:
    """A card of our own; None where there is no GPU. Raises BadModel when others hold them all."""
    uuids = visible() if any(path.exists() for path in DRIVER) else ()
    return first_free(uuids) if uuids else None


def first_free(uuids: Sequence[str], folders: Sequence[Path] = LOCKS) -> Card:
    """The first of these cards that nobody holds; the place in the list is its number."""
    for number, uuid in enumerate(uuids):
        lock = _locked(f"headshots-gpu-{uuid}.lock", folders)
        if lock is not None:
            return Card(f"cuda:{number}", lock)
    which = "The GPU of this host has" if len(uuids) == 1 else "All GPUs of this host have"
    raise BadModel(
        f"{which} a worker already ({', '.join(uuids)}): end one first, or name another card in"
        " CUDA_VISIBLE_DEVICES."
    )


def visible() -> tuple[str, ...]:
    """UUIDs of the cards that torch sees, in its order; asked in a process that ends, so none is held."""
    asked = subprocess.run(
        [sys.executable, "-m", "generation.engine.cards"],
        env=bare_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if asked.returncode:
        raise BadModel(f"The GPUs of this host cannot be listed: {asked.stderr.strip()[-300:]}")
    return tuple(asked.stdout.split())


def only(device: str) -> tuple[str, dict[str, str]]:
    """The device's name, and the environment, for a process that shall see no other card than this one.

    Nothing can then land on a neighbour by default, and what was compiled for one card serves them all:
    each is the first in its own process. Nor does it take all cores of the host.
    """
    kind, _, number = device.partition(":")
    if not number:
        return device, {}
    seen, threads = os.environ.get("CUDA_VISIBLE_DEVICES"), os.environ.get("OMP_NUM_THREADS")
    return kind, {
        "CUDA_VISIBLE_DEVICES": seen.split(",")[int(number)] if seen else number,
        "OMP_NUM_THREADS": threads or str(THREADS),
    }


def _locked(name: str, folders: Sequence[Path]) -> int | None:
    """A lock's descriptor, None where another process holds it."""
    file = _opened(name, folders)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file


def _opened(name: str, folders: Sequence[Path]) -> int:
    """The lock file, which another user may have made: reading is enough to lock it."""
    for folder in folders:
        for flags in (os.O_RDONLY, os.O_RDONLY | os.O_CREAT):
            with suppress(OSError):
                return os.open(folder / name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    where = " or ".join(map(str, folders))
    raise BadModel(f"No lock for the GPU can be made in {where}; check their rights.")


def main() -> None:
    import torch  # not above: the worker, which imports this module, stays thin

    for number in range(torch.cuda.device_count()):
        print(torch.cuda.get_device_properties(number).uuid)


if __name__ == "__main__":
    main()
