"""The commands of the API's pages in docs/, run as they stand there by a shell."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
PHOTOS = DOCS.parent / "generation" / "photos"


def commands(page: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", (DOCS / page).read_text(), re.M | re.S)


def run(site: str, token: str, *, folder: Path, photos: Path, patience: float) -> str:
    """A whole shoot."""
    return shell("api.md", folder, patience, SITE=site, TOKEN=token, PHOTOS=str(photos))


def shell(page: str, folder: Path, patience: float, **environment: str) -> str:
    """One shell for all blocks of a page; the first that fails ends it. Returns what it printed."""
    script = "\n".join(["set -eu -o pipefail", *commands(page)])
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=patience,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
