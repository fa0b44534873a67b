"""Says which results are older than the code that they measure; part of ``make check``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .measures import MEASURES, PUT_OFF, RESULTS, ROOT, code


def main() -> int:
    """1 for a result that is old and that nobody has put off."""
    found = [(name, words) for file in sorted(RESULTS.glob("*.json")) for name, words in stale(file)]
    for name, words in found:
        print(f"{words} Put off: {PUT_OFF[name]}" if name in PUT_OFF else words, file=sys.stderr)
    return bool({name for name, _ in found} - set(PUT_OFF))


def stale(file: Path) -> Iterator[tuple[str, str]]:
    """Each old result of a file, by its name, with what is to be done."""
    stem = "gpu-shoot" if file.stem.startswith("gpu-shoot-") else file.stem
    for name, record in records(stem, json.loads(file.read_text())):
        if name not in MEASURES:
            yield name, f"{file.name} ({name}): say in benchmarks/measures.py which code it measures."
        elif "code" not in record:
            yield (
                name,
                f"The result {name!r} does not say what code it measured. Measure: {MEASURES[name].again}",
            )
        elif changed := changes(record["code"], code(name)):
            older = (
                f"The result {name!r} is older than the code that it measures: {', '.join(changed)} changed"
            )
            yield name, f"{older}{_last_commit(changed)}. Measure again: {MEASURES[name].again}"


def records(stem: str, held: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """A result's records by the name of what they measure: one, one a part, or the last of a list."""
    if isinstance(held, list):
        yield stem, held[-1]
    elif "commit" in held:
        yield stem, held
    else:
        for part, record in held.items():
            yield f"{stem} {part}", record


def changes(then: dict[str, str], now: dict[str, str]) -> list[str]:
    """The paths whose content is another one than when it was measured, or was not looked at."""
    return [path for path, digest in now.items() if then.get(path) != digest]


def _last_commit(paths: list[str]) -> str:
    """For the reader; without git or history the sentence does without."""
    told = subprocess.run(
        ["git", "log", "-1", "--format=%h, %s", "--", *(f":(glob){path}" for path in paths)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return f" (last committed: {told.stdout.strip()})" if told.stdout.strip() else ""


if __name__ == "__main__":
    sys.exit(main())
