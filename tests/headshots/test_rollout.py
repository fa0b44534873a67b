"""The rollout's order, with systemd and curl played by scripts that write down what they are asked."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

STAND_IN = """#!/bin/bash
echo "$(basename "$0") $*" >> "$SAID"
if [ "$(basename "$0")" = "$FAILS" ]; then exit 1; fi
"""


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder of programs for PATH."""
    for name in ("systemctl", "systemd-run", "curl", "sleep"):
        program = tmp_path / name
        program.write_text(STAND_IN)
        program.chmod(0o755)
    (tmp_path / "environment").write_text("SITE_URL=https://headshots.example\nDATA_DIR=/var/lib/headshots\n")
    return tmp_path


def rollout(root: Path, outside: Path, *, fails: str = "") -> tuple[int, list[str]]:
    said = outside / "said"
    own = {"PATH": f"{outside}:{os.environ['PATH']}", "SAID": str(said), "FAILS": fails, "PATIENCE": "2"}
    own |= {"HEADSHOTS_SETTINGS": str(outside / "environment")}
    done = subprocess.run([root / "deploy" / "rollout", "green"], env=own, capture_output=True, check=False)
    return done.returncode, said.read_text().splitlines()


def test_the_old_release_ends_once_the_new_one_is_ready(root: Path, outside: Path) -> None:
    status, said = rollout(root, outside)
    asked = next(number for number, line in enumerate(said) if line.startswith("curl "))
    assert status == 0
    assert said[:2] == ["systemctl start headshots-migrate@green", "systemctl start headshots-web@green"]
    assert "green.sock" in said[asked]
    assert "Host: headshots.example" in said[asked]
    assert said.index("systemctl stop headshots-web@blue") > asked
    order = ["disable --now headshots-worker@blue", "enable --now headshots-worker@green"]
    assert [line.removeprefix("systemctl ") for line in said if "worker" in line] == order
    assert said[-1].endswith("manage.py doctor")


def test_a_release_that_is_not_ready_leaves_the_old_one_alone(root: Path, outside: Path) -> None:
    status, said = rollout(root, outside, fails="curl")
    assert status == 1
    assert said[-1] == "systemctl stop headshots-web@green"
    assert not [line for line in said if "@blue" in line]


def test_migrations_that_fail_start_nothing(root: Path, outside: Path) -> None:
    status, said = rollout(root, outside, fails="systemctl")
    assert status == 1
    assert said == ["systemctl start headshots-migrate@green"]
