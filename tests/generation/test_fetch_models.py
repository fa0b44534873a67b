"""The command that fetches the production models; the fetching itself: tests/engine/test_hub.py."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from generation.engine.production import PRODUCTION


def test_it_asks_where_to() -> None:
    with pytest.raises(CommandError, match=r"Say where to: manage\.py fetch_models FOLDER"):
        call_command("fetch_models")


def test_it_names_sources_and_licences_and_fetches_nothing_unpinned_unasked(tmp_path: Path) -> None:
    said = StringIO()
    with pytest.raises(CommandError, match=r"few_steps/.*run `manage\.py fetch_models --pin` once"):
        call_command("fetch_models", tmp_path, stdout=said)
    for model in PRODUCTION:
        assert f"{model.hub_id}: {model.use}; {model.licence}" in said.getvalue()
    assert not list(tmp_path.iterdir())
