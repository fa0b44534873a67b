"""The commands of docs/api.md, run as they stand there by a shell."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "api.md"
PHOTOS = PAGE.parent.parent / "generation" / "photos"


def commands() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.M | re.S)


def run(site: str, token: str, *, folder: Path, photos: Path, patience: float) -> str:
    """One shell for all blocks; the first that fails ends it. Returns what it printed."""
    script = "\n".join(["set -eu -o pipefail", *commands()])
    environment = {**os.environ, "SITE": site, "TOKEN": token, "PHOTOS": str(photos)}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=patience,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
