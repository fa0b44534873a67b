"""The documentation is complete: verbs, models, settings and decisions stand where one looks for them."""

from __future__ import annotations

import re
from pathlib import Path

from generation.engine import weights
from generation.engine.production import PRODUCTION
from generation.understudy import judge_models


def _text(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8")


def test_every_make_verb_stands_in_help_and_readme(root: Path) -> None:
    makefile = _text(root, "Makefile")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.M)
    assert phony
    for verb in set(phony[1].split()) - {"help"}:
        assert f"make {verb}" in makefile.split("setup: $(INSTALLED)")[0], verb
        assert f"make {verb}" in _text(root, "README.md"), verb


def test_the_readme_stays_short_and_begins_with_the_two_commands(root: Path) -> None:
    readme = _text(root, "README.md")
    assert len(readme.splitlines()) <= 120
    commands = re.findall(r"^(make \w+)", readme, re.M)
    assert commands[:2] == ["make demo", "make test"]


def test_every_model_has_its_row(root: Path) -> None:
    page = _text(root, "docs/models.md")
    for model in weights.FACE_MODELS.values():
        assert model.name in page
    for model in PRODUCTION:
        assert model.hub_id in page
        assert model.licence in page
    for judge in (judge_models.RECOGNISER, judge_models.LANDMARKS):
        assert judge.name in page


def test_every_setting_is_explained(root: Path) -> None:
    """Environment variables that the code reads, by whatever call."""
    calls = r"""(?:environ(?:\.get)?|getenv|\benv(?:\.\w+)?)[\[(]\s*["']([A-Z][A-Z_]+)["']"""
    named = {
        setting
        for folder in ("generation", "headshots", "accounts", "billing")
        for path in (root / folder).rglob("*.py")
        for setting in re.findall(calls, path.read_text(encoding="utf-8"))
    }
    page = _text(root, "docs/settings.md")
    assert {"HEADSHOTS_CACHE", "YUNET", "MASTER_KEY"} <= named
    assert not {name for name in named if f"`{name}`" not in page}


def test_links_between_pages_lead_somewhere(root: Path) -> None:
    pages = [
        root / "README.md",
        root / "CONTRIBUTING.md",
        root / "CHANGELOG.md",
        *(root / "docs").rglob("*.md"),
    ]
    dead = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not dead


def test_decisions_are_numbered_short_and_complete(root: Path) -> None:
    decisions = sorted((root / "docs" / "decisions").glob("[0-9]*.md"))
    assert [path.name[:4] for path in decisions] == [f"{n:04}" for n in range(1, len(decisions) + 1)]
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 25, path.name
        for heading in ("## Why", "## Decision", "## What follows"):
            assert heading in text, f"{path.name} lacks {heading}"
