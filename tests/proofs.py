"""Promise → figure → measured: which tests prove a promise, run together and told as one table.

A suite (``tests.privacy``, ``tests.security`` …) is a list of proofs and parts of its own; ``gather`` runs
the tests of the proofs, ``play`` a part of a suite in a process and on servers of its own, ``note`` keeps the
result.
"""

from __future__ import annotations

import ast
import json
import os
import secrets
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as XML
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.made_on import made_on
from tests import peers

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
LONG = 3600  # seconds; the longest suite takes a third of it on two cores


Part = Callable[[], dict[str, Any]]


def main(suite: str, parts: Mapping[str, Part], asked: Sequence[str]) -> int:
    """A suite's command: the parts asked for, or all, in turn; 0 when every promise of theirs holds."""
    if unknown := set(asked) - set(parts):
        print(f"{suite} has no part {', '.join(sorted(unknown))}: choose from {', '.join(parts)}.")
        return 2
    holds = True
    for part in asked or parts:
        made = made_on(f"{suite} {part}")
        found = parts[part]()
        show(part, found)
        note(suite, part, made, found)
        holds = holds and found["holds"]
    return 0 if holds else 1


@dataclass(frozen=True)
class Proof:
    """What is promised, and the tests that hold it: files, or tests of one."""

    promise: int  # of the list that the project keeps; README and results call it by its words
    figure: str
    nodes: tuple[str, ...]


def missing(proofs: Iterable[Proof]) -> list[str]:
    """Nodes that name no test, so that a renamed test does not silently prove nothing."""
    return [node for proof in proofs for node in proof.nodes if not _there(*node.split("::"))]


def _there(file: str, test: str = "") -> bool:
    path = ROOT / file
    if not path.is_file() or not test:
        return path.is_file()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(one, ast.FunctionDef) and one.name == test for one in ast.walk(tree))


def gather(proofs: Sequence[Proof]) -> dict[str, Any]:
    """Run the proofs' tests once, and say of each promise what came of its own."""
    nodes = sorted({node for proof in proofs for node in proof.nodes})
    outcomes = _run(nodes)
    told = [_told(proof, outcomes) for proof in proofs]
    return {"promises": told, "holds": all(one["holds"] for one in told)}


def _run(nodes: list[str]) -> dict[str, str]:
    """Outcomes by ``file::test``: the worst of its parameters; nothing of a test that did not run."""
    with tempfile.TemporaryDirectory(prefix="proofs-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        subprocess.run([*command, *nodes], cwd=ROOT, env=environment, check=False, timeout=LONG)
        cases = XML.parse(report).getroot().iter("testcase")
        outcomes = dict[str, list[str]]()
        for case in cases:
            name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '').split('[')[0]}"
            outcomes.setdefault(name, []).append(_outcome(case))
    return {name: min(found, key=("failed", "passed", "skipped").index) for name, found in outcomes.items()}


def _outcome(case: XML.Element) -> str:
    tags = {child.tag for child in case}
    return "failed" if tags & {"failure", "error"} else "skipped" if "skipped" in tags else "passed"


def _told(proof: Proof, outcomes: dict[str, str]) -> dict[str, Any]:
    """A promise holds when each of its nodes has a test that passed and none that failed."""
    of = {
        node: [how for name, how in outcomes.items() if name == node or name.startswith(f"{node}::")]
        for node in proof.nodes
    }
    every = [how for found in of.values() for how in found]
    count = {how: every.count(how) for how in ("passed", "failed", "skipped")}
    measured = ", ".join(f"{number} {how}" for how, number in count.items() if number) or "nothing ran"
    holds = all("passed" in found and "failed" not in found for found in of.values())
    return {
        "promise": proof.promise,
        "figure": proof.figure,
        "measured": f"tests: {measured}",
        "holds": holds,
    }


def play(module: str, part: str, *arguments: str, distributed: bool = True, **own: str) -> dict[str, Any]:
    """One part in a process of its own, on servers and folders that nothing else has touched.

    It prints its findings as JSON, ``holds`` and the rows of ``promises`` among them.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="proofs-"))
        keys = {name: secrets.token_urlsafe(48) for name in ("MASTER_KEY", "SECRET_KEY")}
        environment = {**os.environ, "DATA_DIR": folder, "LOG_LEVEL": "INFO", **keys, **own}
        if distributed:
            s3, postgres, redis = (
                stack.enter_context(server()) for server in (peers.s3, peers.postgres, peers.redis)
            )
            environment |= peers.distributed(s3=s3, postgres=postgres, redis=redis)
        command = [sys.executable, "-m", module, part, *arguments]
        said = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True, timeout=LONG
        )
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return found


def note(suite: str, part: str, made: dict[str, Any], found: dict[str, Any]) -> None:
    """Each part has its own commit and date in benchmarks/results/<suite>.json."""
    path = RESULTS / f"{suite}.json"
    known = json.loads(path.read_text()) if path.is_file() else {}
    path.write_text(json.dumps({**known, part: {**made, **found}}, indent=1) + "\n")


def show(part: str, found: dict[str, Any]) -> None:
    """The table that the reader came for."""
    for one in found["promises"]:
        mark = "holds" if one["holds"] else "BROKEN"
        print(f"{mark:6}  {one['promise']:>2}  {one['figure']}  →  {one['measured']}  ({part})", flush=True)
