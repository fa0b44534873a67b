"""Encrypted files, each kind of an owner under a data key of its own that ends with its period.

A shoot has two kinds; a portrait, a brand and a look have their own files, which outlive any shoot.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Literal

from accounts import keys
from accounts.files import Place, place
from accounts.keys import Gone, Missing
from accounts.sealing import Damaged, seal, unseal

__all__ = ["Damaged", "Gone", "Kind", "Missing", "delete", "delete_all", "exists", "get", "put"]

# Of a shoot: what the identity was made from, and it; what was made of it. The others say whose they are.
Kind = Literal["inputs", "headshots", "portraits", "brands", "looks"]
OF_A_SHOOT = ("inputs", "headshots")

# Ids and words of ours: nothing that a person typed can be a file's name.
NAME = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*")


def put(owner: uuid.UUID, kind: Kind, name: str, data: bytes) -> None:
    """Store a file, and read it back before anybody counts on it.

    Raises Gone when the key was destroyed, also when that happens meanwhile: then nothing stays stored.
    """
    path, key_name = _path(owner, kind, name), _key_name(owner, kind)
    sealed = seal(keys.create(key_name), data, path)
    try:
        _files().put(path, sealed)
        arrived = _files().get(path)
        keys.get(key_name)
    except Gone:
        _files().erase(path)
        raise
    except FileNotFoundError:  # an erasure took the folder away
        keys.get(key_name)
        raise
    if arrived is None or _sha256(arrived) != _sha256(sealed):
        raise OSError(f"{path} did not arrive whole in the storage; try again.")


def get(owner: uuid.UUID, kind: Kind, name: str) -> bytes:
    """A file's bytes. Raises Missing, Gone (its key was destroyed) or Damaged."""
    path = _path(owner, kind, name)
    key = keys.get(_key_name(owner, kind))
    sealed = _files().get(path)
    if sealed is None:
        raise Missing(f"There is no file {path}.")
    return unseal(key, sealed, path)


def exists(owner: uuid.UUID, kind: Kind, name: str) -> bool:
    return _files().exists(_path(owner, kind, name))


def delete(owner: uuid.UUID, kind: Kind, name: str) -> None:
    """Remove one file with all its versions; no harm where it is not."""
    _files().erase(_path(owner, kind, name))


def delete_all(owner: uuid.UUID, kind: Kind) -> None:
    """The end of a period: destroy the key, which ends every copy, then remove the files. Safe to repeat."""
    keys.destroy(_key_name(owner, kind))
    _files().erase_under(_folder(owner, kind))


def _files() -> Place:
    return place("default")


def _key_name(owner: uuid.UUID, kind: Kind) -> str:
    return f"shoot/{owner}/{kind}" if kind in OF_A_SHOOT else f"{kind}/{owner}"


def _folder(owner: uuid.UUID, kind: Kind) -> str:
    return f"shoots/{owner}/{kind}" if kind in OF_A_SHOOT else f"{kind}/{owner}"


def _path(owner: uuid.UUID, kind: Kind, name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a file: use ids and lower-case words.")
    return f"{_folder(owner, kind)}/{name}"


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
