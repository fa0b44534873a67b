"""Keys come once, open only under the right master key, and are gone for good when destroyed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts import keys
from accounts.files import place
from accounts.sealing import Damaged
from tests.stores import Stores

NAME = "shoot/6f1c2d1e-0000-4000-8000-000000000001/inputs"
OTHER = "shoot/6f1c2d1e-0000-4000-8000-000000000002/inputs"


def test_a_key_is_made_once_and_stays(stores: Stores) -> None:
    made = keys.create(NAME)
    assert len(made) == 32
    assert keys.create(NAME) == made == keys.get(NAME)
    assert keys.create(OTHER) != made


def test_a_new_key_has_a_name_of_its_own(stores: Stores) -> None:
    first, second = keys.new("shoot"), keys.new("shoot")
    assert first != second
    assert keys.get(first) != keys.get(second)


def test_the_store_never_holds_a_key_in_the_clear(stores: Stores) -> None:
    made = keys.create(NAME)
    [(name, entry)] = stores.keys.everything()
    assert name == NAME
    assert made not in entry


def test_no_key_without_making_one(stores: Stores) -> None:
    with pytest.raises(keys.Missing, match="no key"):
        keys.get(NAME)


def test_a_destroyed_key_is_gone_with_all_its_versions_and_never_made_again(stores: Stores) -> None:
    keys.create(NAME)
    keys.destroy(NAME)
    keys.destroy(NAME)
    for ask in (keys.get, keys.create):
        with pytest.raises(keys.Gone, match="destroyed"):
            ask(NAME)
    assert stores.keys.everything() == [(NAME, b"")]


def test_a_key_destroyed_before_it_was_made_is_never_made(stores: Stores) -> None:
    keys.destroy(NAME)
    with pytest.raises(keys.Gone):
        keys.create(NAME)


def test_the_second_of_two_makers_gets_the_first_one_s_key(stores: Stores) -> None:
    def late() -> bytes:
        keys.create(NAME)  # another process is faster, between our look and our write
        return b"l" * 32

    assert keys.create(NAME, late) == keys.get(NAME) != b"l" * 32


def test_destroying_also_blanks_the_disk_s_blocks(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "keys": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    keys.create(NAME)
    os.link(tmp_path / NAME, tmp_path / "same blocks")
    keys.destroy(NAME)
    assert not any((tmp_path / "same blocks").read_bytes())


def test_processes_that_race_agree(tmp_path: Path) -> None:
    """Each waits at a pipe until all have started; then they make the same own secrets and keys."""
    script = (
        "import sys; from accounts import keys; from headshots.settings import own_secret;"
        "print('ready', flush=True); sys.stdin.readline();"
        "print(*[own_secret(f'{i}.key') for i in range(50)],"
        "*[keys.create(f'race/{i}').hex() for i in range(20)])"
    )
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "KEYS_URL": f"file://{tmp_path}/keys"}
    environment.pop("MASTER_KEY", None)
    environment.pop("DATABASE_URL", None)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("\n")
        racer.stdin.flush()
    answers = {racer.communicate(timeout=60)[0] for racer in racers}
    assert len(answers) == 1
    assert len(set(answers.pop().split())) == 70
    assert not list(tmp_path.rglob("*.part"))


def test_another_master_key_is_told_in_words(stores: Stores, settings: Any) -> None:
    keys.create(NAME)
    settings.MASTER_KEY = "another one, of no use here"
    with pytest.raises(ImproperlyConfigured, match="made under another MASTER_KEY"):
        keys.get(NAME)
    settings.MASTER_KEY = ""
    with pytest.raises(ImproperlyConfigured, match="Set MASTER_KEY"):
        keys.create(OTHER)


def test_an_altered_or_exchanged_entry_is_noticed(stores: Stores) -> None:
    keys.create(NAME), keys.create(OTHER)
    mine, others = place("keys").get(NAME), place("keys").get(OTHER)
    assert mine is not None
    assert others is not None
    for wrong in (others, mine[:-1] + bytes([mine[-1] ^ 1]), mine[:9]):
        stores.keys.overwrite(NAME, wrong)
        with pytest.raises(Damaged):
            keys.get(NAME)


@pytest.mark.parametrize(
    "name", ["", "inputs", "shoot/../inputs", "/shoot/x", "shoot/Ä", "shoot/a/", "a\\b/c"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a key"):
        keys.create(name)
