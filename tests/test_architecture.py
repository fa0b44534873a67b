"""The contracts between the parts: who may import whom, and who may read what."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LIGHT = (
    *("types", "looks", "geometry", "weights", "intake", "plain", "decoder"),
    *("marking", "signer", "credentials", "sizes", "previews"),
    *("resident", "checker", "together", "records"),
)
HEAVY = ("torch", "cv2", "ai_edge_litert", "diffusers", "transformers", "peft", "django")

APPS = ("headshots", "accounts", "billing", "generation")


def _sources(root: Path, *folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((root / folder).rglob("*.py"))


@pytest.mark.parametrize("module", LIGHT)
def test_light_modules_load_nothing_heavy(module: str, root: Path) -> None:
    code = f"import sys, json, generation.engine.{module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(json.loads(done.stdout))


def test_pages_load_nothing_heavy(root: Path, tmp_path: Path) -> None:
    """A web process starts in a second and stays small: torch and OpenCV are a worker's."""
    code = "import django, sys; django.setup(); import headshots.urls; print(*sys.modules)"
    own = {**os.environ, "DJANGO_SETTINGS_MODULE": "headshots.settings", "DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=root, env=own, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "generation.views.gallery" in loaded
    assert not set(HEAVY) & (loaded - {"django"})


def _writes_status(node: ast.AST) -> bool:
    """``x.status = …``, ``setattr(x, "status", …)``, ``….update(status=…)`` and ``{"status": …}`` alike."""
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets)
    if isinstance(node, ast.Dict):
        return any(isinstance(key, ast.Constant) and key.value == "status" for key in node.keys)
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in ("update", "create", "get_or_create", "update_or_create", "Shoot"):
        return any(keyword.arg == "status" for keyword in node.keywords)
    fields = [leaf.value for arg in node.args for leaf in ast.walk(arg) if isinstance(leaf, ast.Constant)]
    return name in ("setattr", "bulk_update") and "status" in fields


def test_a_status_is_written_in_one_place(root: Path) -> None:
    """A shoot's by ``move``, an order's by what Stripe says of it."""
    writers, others = set(), {"engine", "understudy", "migrations", "standin"}
    for path in _sources(root, *APPS):
        if others & {*path.parts}:
            continue
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and any(map(_writes_status, ast.walk(function))):
                writers.add(f"{path.relative_to(root)}:{function.name}")
    assert writers == {
        "generation/models/shoots.py:move",
        "billing/orders.py:pay_by_invoice",
        "billing/orders.py:_write",
    }


def test_moves_are_the_verbs_of_shoots_and_their_kin(root: Path) -> None:
    """Pages, programs and staff never move a shoot themselves."""
    edges = ("views", "api", "admin.py", "management", "media.py", "tasks.py")
    movers = {
        path.relative_to(root / "generation").parts[0]
        for path in _sources(root, "generation")
        if re.search(r"\.move\(", path.read_text())
    }
    assert not movers & set(edges)
    assert "shoots.py" in movers


def test_import_contracts_hold(root: Path) -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout


def test_dlib_is_named_by_the_judge_alone(root: Path) -> None:
    """Also a late import by name would show here, which the import graph cannot see."""
    judges = {"generation/understudy/judge.py"}
    pattern = re.compile(
        r"^\s*(import|from) (dlib|face_recognition_models)\b|import_module\(.(dlib|face_rec)", re.M
    )
    found = {
        str(path.relative_to(root))
        for path in _sources(root, "generation", "benchmarks")
        if pattern.search(path.read_text())
    }
    assert found <= judges


def test_the_truth_about_rendered_people_stays_out_of_the_engine(root: Path) -> None:
    readers = [path for path in _sources(root, "generation") if "truth.json" in path.read_text()]
    assert all(path.is_relative_to(root / "generation" / "understudy") for path in readers), readers


def test_no_file_grows_past_four_hundred_lines(root: Path) -> None:
    long = {
        str(path.relative_to(root)): count
        for path in _sources(root, *APPS, "tests", "benchmarks")
        if path.parent.name != "migrations" and (count := len(path.read_text().splitlines())) > 400
    }
    assert not long


def test_every_module_opens_by_saying_its_job(root: Path) -> None:
    silent = [
        str(path.relative_to(root))
        for path in _sources(root, *APPS, "benchmarks")
        if path.read_text().strip()
        and not path.read_text().startswith('"""')
        and path.parent.name != "migrations"
    ]
    assert not silent


def test_understudy_weights_stay_within_their_budget(root: Path) -> None:
    weights = root / "generation" / "understudy" / "weights"
    assert sum(path.stat().st_size for path in weights.rglob("*") if path.is_file()) <= 40e6


def test_every_rule_of_the_style_ends(root: Path) -> None:
    """A brace lost in a merge hides all that follows from small screens, and no browser says so."""
    for path in (root / "static" / "css").glob("*.css"):
        text = path.read_text()
        assert text.count("{") == text.count("}"), path.name
