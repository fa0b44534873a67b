"""A reader that is not of our making confirms our pictures, and finds the byte that was altered."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from generation.engine import marking
from generation.engine.credentials import signed
from generation.engine.signer import Signer

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="the other reader runs on Node.js")

FILES = ("package.json", "package-lock.json", "read.mjs")


def run(*command: str, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def reader(root: Path) -> Path:
    """The folder that the reader is installed in: once for each state of its lock file and script."""
    source, cache = root / "tests" / "c2pa_ts", root / ".cache"
    state = hashlib.sha256(b"".join((source / name).read_bytes() for name in FILES)).hexdigest()[:12]
    target = cache / f"c2pa-ts-{state}"
    if not target.exists():
        cache.mkdir(exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=cache))
        for name in FILES:
            shutil.copy(source / name, fresh)
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=fresh)
        with suppress(OSError):  # another test process was first
            fresh.rename(target)
    return target


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_our_picture_is_valid_and_an_altered_one_is_not(reader: Path, tmp_path: Path, kind: str) -> None:
    image = Image.effect_noise((320, 320), 60).convert("RGB")
    plain = marking.jpeg(image) if kind == "jpg" else marking.transparent(image.convert("RGBA"))
    data = signed(plain, Signer.create("Headshots"))
    altered = bytearray(data)
    altered[-1000] ^= 1
    paths = [tmp_path / f"{name}.{kind}" for name in ("ours", "altered", "plain")]
    for path, content in zip(paths, (data, altered, plain), strict=True):
        path.write_bytes(content)

    said = run("node", "read.mjs", *map(str, paths), folder=reader).splitlines()
    ours, other, none = (json.loads(line) for line in said)
    assert ours["valid"]
    assert "claimSignature.validated" in ours["codes"]
    assert ours["source"] == marking.SOURCE_TYPE
    assert not other["valid"]
    assert "assertion.dataHash.mismatch" in other["codes"]
    assert none == {"found": False}
