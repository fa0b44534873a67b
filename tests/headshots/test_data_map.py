"""Every stored field stands in the data map, which names nothing that is not stored, and its page is new."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from generation import export
from generation.periods import PERIODS, in_words
from headshots import data_map


def test_every_field_has_its_entry_and_every_entry_its_field() -> None:
    assert not data_map.faults(), "\n" + "\n".join(data_map.faults())


def test_the_page_is_as_new_as_models_and_entries() -> None:
    written = data_map.PAGE.read_text(encoding="utf-8")
    assert written == data_map.page(), "docs/data-map.md is old: run manage.py data_map --write"


def test_what_holds_personal_data_is_exported_or_says_why_not() -> None:
    """The map and the export agree on where people's data is."""
    whose = set(export.RULES)
    untold = {label for label, table in data_map.tables().items() if table.holds} - whose
    assert untold <= set(export.NOBODYS)


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the entries that a test may spoil."""
    copy = tmp_path / "holdings.toml"
    copy.write_text(data_map.SOURCE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(data_map, "SOURCE", copy)
    return copy


@pytest.mark.parametrize(
    ("line", "instead", "sentence"),
    [
        (
            'holds.month = "',
            'holds.moon = "',
            'add "month" to none, or holds.month = "what for" if it tells of a person',
        ),
        ('holds.month = "', 'holds.moon = "', 'remove "moon": no such field'),
        ('[tables."generation.Attempt"]', '[tables."generation.Once"]', 'add [tables."generation.Attempt"]'),
        ('[tables."generation.Attempt"]', '[tables."generation.Once"]', 'remove [tables."generation.Once"]'),
        ('links = ["id", "shoot", "upload"]', 'links = ["id", "shoot", "upload", "box"]', "stands twice"),
        ('vault = "portraits"', 'vault = "paintings"', 'add [[places]] with vault = "portraits"'),
    ],
)
def test_what_is_missing_is_said_as_the_line_to_write(
    edited: Path, line: str, instead: str, sentence: str
) -> None:
    edited.write_text(edited.read_text(encoding="utf-8").replace(line, instead, 1), encoding="utf-8")
    assert any(sentence in fault for fault in data_map.faults())
    with pytest.raises(CommandError, match=r"holdings\.toml"):
        call_command("data_map")


def test_a_period_of_the_sweeper_is_told_in_the_sweepers_words() -> None:
    assert in_words(PERIODS["inputs"].length) in data_map.tables()["generation.Photo"].kept


def test_the_command_writes_the_page_and_sees_an_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_map, "PAGE", tmp_path / "data-map.md")
    with pytest.raises(CommandError, match="--write"):
        call_command("data_map")
    call_command("data_map", write=True)
    call_command("data_map")
    data_map.PAGE.write_text("old", encoding="utf-8")
    with pytest.raises(CommandError, match="old"):
        call_command("data_map")
