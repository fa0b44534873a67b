"""Files that templates name are there: with hashed names, one that is not breaks its page."""

from __future__ import annotations

import re
from pathlib import Path

from django.contrib.staticfiles import finders


def test_every_static_file_that_a_template_names_is_there(root: Path) -> None:
    named = {
        name
        for path in (root / "templates").rglob("*.html")
        for name in re.findall(r"{% static [\"']([^\"']+)[\"'] %}", path.read_text(encoding="utf-8"))
    }
    assert len(named) >= 5
    assert not {name for name in named if not finders.find(name)}
