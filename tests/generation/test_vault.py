"""A shoot's files come back as they went in, or not at all."""

from __future__ import annotations

import uuid

import pytest

from accounts.files import place
from generation import vault
from tests.stores import Stores

SHOOT, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
CANARY = b"canary of a face " * 64


def test_what_was_put_comes_back_and_lies_encrypted(stores: Stores) -> None:
    vault.put(SHOOT, "inputs", "a.jpg", CANARY)
    assert vault.get(SHOOT, "inputs", "a.jpg") == CANARY
    assert vault.exists(SHOOT, "inputs", "a.jpg")
    assert not vault.exists(SHOOT, "inputs", "a.jp")
    [(name, sealed)] = stores.files.everything()
    assert name == f"shoots/{SHOOT}/inputs/a.jpg"
    assert b"canary" not in sealed


def test_putting_again_replaces(stores: Stores) -> None:
    vault.put(SHOOT, "inputs", "identity", b"first")
    vault.put(SHOOT, "inputs", "identity", b"second")
    assert vault.get(SHOOT, "inputs", "identity") == b"second"


def test_equal_files_do_not_look_equal(stores: Stores) -> None:
    for name in ("a", "b"):
        vault.put(SHOOT, "inputs", name, CANARY)
    (_, first), (_, second) = stores.files.everything()
    assert first != second


def test_what_is_not_there_is_missing(stores: Stores) -> None:
    with pytest.raises(vault.Missing):
        vault.get(SHOOT, "inputs", "a")
    vault.put(SHOOT, "inputs", "b", CANARY)
    with pytest.raises(vault.Missing, match="no file"):
        vault.get(SHOOT, "inputs", "a")


def test_an_altered_file_is_noticed(stores: Stores) -> None:
    vault.put(SHOOT, "inputs", "a", CANARY)
    [(name, sealed)] = stores.files.everything()
    for wrong in (b"", sealed[:5], sealed[:-1], sealed[:40] + bytes([sealed[40] ^ 1]) + sealed[41:]):
        stores.files.overwrite(name, wrong)
        with pytest.raises(vault.Damaged):
            vault.get(SHOOT, "inputs", "a")


def test_a_file_in_the_place_of_another_is_noticed(stores: Stores) -> None:
    vault.put(SHOOT, "inputs", "a", b"one")
    vault.put(SHOOT, "inputs", "b", b"other")
    sealed = place("default").get(f"shoots/{SHOOT}/inputs/a")
    assert sealed is not None
    stores.files.overwrite(f"shoots/{SHOOT}/inputs/b", sealed)
    with pytest.raises(vault.Damaged):
        vault.get(SHOOT, "inputs", "b")


def test_deleting_one_leaves_the_others(stores: Stores) -> None:
    for name in ("a", "a.thumb"):
        vault.put(SHOOT, "inputs", name, CANARY)
        vault.put(SHOOT, "inputs", name, CANARY)
    stores.files.break_off(f"shoots/{SHOOT}/inputs/a")
    vault.delete(SHOOT, "inputs", "a")
    vault.delete(SHOOT, "inputs", "a")
    assert not vault.exists(SHOOT, "inputs", "a")
    assert vault.get(SHOOT, "inputs", "a.thumb") == CANARY
    assert {name for name, _ in stores.files.everything()} == {f"shoots/{SHOOT}/inputs/a.thumb"}


def test_the_end_of_a_period_leaves_nothing_of_that_kind_and_all_of_the_rest(stores: Stores) -> None:
    for kind in ("inputs", "headshots"):
        vault.put(SHOOT, kind, "a", CANARY)
        vault.put(SHOOT, kind, "a", CANARY)
    vault.put(OTHER, "inputs", "a", CANARY)
    stores.files.break_off(f"shoots/{SHOOT}/inputs/b")
    vault.delete_all(SHOOT, "inputs")
    vault.delete_all(SHOOT, "inputs")
    assert {name for name, _ in stores.files.everything()} == {
        f"shoots/{SHOOT}/headshots/a",
        f"shoots/{OTHER}/inputs/a",
    }
    assert vault.get(SHOOT, "headshots", "a") == vault.get(OTHER, "inputs", "a") == CANARY


def test_nothing_can_be_put_or_read_after_the_end(stores: Stores) -> None:
    vault.put(SHOOT, "inputs", "a", CANARY)
    backup = stores.files.everything()
    vault.delete_all(SHOOT, "inputs")
    with pytest.raises(vault.Gone):
        vault.put(SHOOT, "inputs", "b", CANARY)
    assert stores.files.everything() == []
    for name, sealed in backup:
        stores.files.overwrite(name, sealed)
    with pytest.raises(vault.Gone, match="destroyed"):
        vault.get(SHOOT, "inputs", "a")


def test_a_file_that_was_on_its_way_when_the_key_went_does_not_stay(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.put(SHOOT, "inputs", "a", CANARY)
    sealing = vault.seal

    def interrupted(key: bytes, data: bytes, path: str) -> bytes:
        vault.delete_all(SHOOT, "inputs")  # another process purges while this one encrypts
        return sealing(key, data, path)

    monkeypatch.setattr(vault, "seal", interrupted)
    with pytest.raises(vault.Gone):
        vault.put(SHOOT, "inputs", "b", CANARY)
    assert not [name for name, data in stores.files.everything() if data]


@pytest.mark.parametrize(
    "name", ["", "../a", "a/b", ".hidden", "a..b", "Ä.jpg", "a b", "a\n", "a\x00", "C:a"]
)
def test_names_of_people_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a file"):
        vault.put(SHOOT, "inputs", name, CANARY)
