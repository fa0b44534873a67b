"""Breaks the code on purpose and sees the tests go red: ``python -m tests.mutants [WORDS …]``.

Each break is made in a copy of the tree, so an interrupted run leaves nothing broken. A test that must notice
a break has to pass without it, in the same copy. Words choose breaks by their group or what they do.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.made_on import made_on

from .breaks import BREAKS, Break

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "benchmarks" / "results" / "mutants.json"
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.M)
LONGEST = 600  # seconds; a break that makes a test hang is noticed, too


@contextmanager
def copy() -> Iterator[Path]:
    """The tree as git sees it, new files included."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        told = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        for name in filter(None, told.stdout.decode().split("\0")):
            if (ROOT / name).is_file():
                there = Path(folder, name)
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, there)
        yield Path(folder)


def failures(tree: Path, tests: Sequence[str]) -> list[str]:
    """The tests that do not pass, by their ids; "…" stands for a run that ended without naming one."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rfE", "--tb=no", *tests]
    environment = os.environ | {"PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1"}
    try:
        said = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        return ["…"]
    return (sorted(set(FAILED.findall(said.stdout))) or ["…"]) if said.returncode else []


def tried(tree: Path, one: Break) -> dict[str, Any]:
    """What noticed the break, and which of its tests fail without it."""
    file = tree / one.file
    whole = file.read_text()
    before = failures(tree, one.tests)
    file.write_text(whole.replace(one.old, one.new))
    try:
        caught = failures(tree, one.tests)
    finally:
        file.write_text(whole)
    return {
        "group": one.group,
        "break": one.what,
        "file": one.file,
        "red before": before,
        "caught by": caught,
    }


def main(words: Sequence[str]) -> int:
    chosen = [one for one in BREAKS if not words or any(word in (one.group, one.what) for word in words)]
    made, found = made_on("mutants"), []
    with copy() as tree:
        for one in chosen:
            found.append(tried(tree, one))
            print(line(found[-1]), flush=True)
    holds = all(noticed(one) for one in found)
    if not words:
        RESULT.write_text(json.dumps({**made, "holds": holds, "breaks": found}, indent=1) + "\n")
    return not holds


def noticed(one: dict[str, Any]) -> bool:
    return bool(one["caught by"]) and not one["red before"]


def line(one: dict[str, Any]) -> str:
    verdict = "caught by " + ", ".join(one["caught by"]) if one["caught by"] else "NOT NOTICED"
    if one["red before"]:
        verdict = "RED WITHOUT IT: " + ", ".join(one["red before"])
    return f"{one['group']}: {one['break']} → {verdict}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
