"""Copies of the database and of the key store, apart from each other, and how they come back.

Pictures are only listed: they are encrypted, and copying a bucket is the bucket's own work. Without the keys
no copy of theirs can be read, so the copies of the keys live for days alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.files import place
from generation import erasing

LIFE = timedelta(days=3)  # of a copy of the keys: what was erased before is beyond every backup
STAMP = "%Y%m%dT%H%M%SZ"
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


class Refused(Exception):
    """With a sentence that says what to do."""


@dataclass(frozen=True)
class Restored:
    """What came back, and what of it went again."""

    keys: int = 0
    missing: tuple[str, ...] = ()
    erased: Counter[str] = field(default_factory=Counter)


def take(folder: Path, keys: Path, now: datetime | None = None) -> tuple[Path, Path]:
    """Database and list of pictures under ``folder``, the keys under ``keys``; returns both copies."""
    if _within(folder, keys) or _within(keys, folder):
        raise Refused("Give the copies of the keys a place of their own, which no other backup holds.")
    now = now or timezone.now()
    copy = folder / now.strftime(STAMP)
    copy.mkdir(mode=0o700, parents=True)
    _dump(copy / DATABASE[connection.vendor])
    (copy / "pictures.sha256").write_text("".join(f"{sha256}  {name}\n" for name, sha256 in _pictures()))
    # Last: a key that was made meanwhile opens what the database may already speak of.
    kept = _copy_keys(keys, now)
    forget(keys, now)
    return copy, kept


def forget(keys: Path, now: datetime) -> None:
    """Copies of keys that have outlived their time."""
    for old in keys.glob("*.keys"):
        if old.stem < (now - LIFE).strftime(STAMP):
            old.unlink()


def restore(copy: Path | None, keys: Path | None) -> Restored:
    """Into an empty database and beside what the key store holds; then everything erased since goes again."""
    if copy:
        _load(copy / DATABASE[connection.vendor])
        call_command("migrate", interactive=False, verbosity=0)
    brought = _bring(keys) if keys else 0
    erased = erasing.again()
    return Restored(brought, tuple(_missing(copy)) if copy else (), erased)


def _within(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve() or one.resolve() in other.resolve().parents


def _pictures() -> Iterator[tuple[str, str]]:
    pictures = place("default")
    for name in pictures.names():
        data = pictures.get(name)
        if data is not None:  # else its period ended meanwhile
            yield name, hashlib.sha256(data).hexdigest()


def _missing(copy: Path) -> Iterator[str]:
    """Pictures of the list that the storage lacks, though their owner's period has not ended."""
    pictures = place("default")
    for line in (copy / "pictures.sha256").read_text().splitlines():
        name = line.partition("  ")[2]
        if not pictures.exists(name) and not _ended(name):
            yield name


def _ended(name: str) -> bool:
    parts = name.split("/")
    owner = f"shoot/{parts[1]}/{parts[2]}" if parts[0] == "shoots" else "/".join(parts[:2])
    return place("keys").get(owner) == b""


def _copy_keys(folder: Path, now: datetime) -> Path:
    """Entries as the store has them, wrapped by MASTER_KEY; destroyed ones too, since they must stay so."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    store, copy = place("keys"), folder / f"{now.strftime(STAMP)}.keys"
    entries = {name: base64.b64encode(store.get(name) or b"").decode() for name in store.names()}
    with open(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(entries, file)
    return copy


def _bring(copy: Path) -> int:
    """What the store has stays, above all that a key was destroyed."""
    store, entries = place("keys"), json.loads(copy.read_text())
    for name, entry in entries.items():
        if not entry:
            store.bury(name)
    return sum(store.put_once(name, base64.b64decode(entry)) for name, entry in entries.items() if entry)


def _dump(file: Path) -> None:
    file.touch(mode=0o600)
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(file)) as copy:
            connection.connection.backup(copy)
    else:
        _postgres("pg_dump", "--format=custom", "--no-owner", f"--file={file}")


def _load(file: Path) -> None:
    if not file.is_file():
        raise Refused(f"There is no {file}: name the folder of one copy, of this kind of database.")
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    if connection.introspection.table_names():
        raise Refused("The database is not empty. Restore into a new one, or delete this one first.")
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(file)) as copy:
            copy.backup(connection.connection)
    else:
        _postgres("pg_restore", "--no-owner", "--exit-on-error", str(file), into=True)
    connection.close()


def _postgres(program: str, *words: str, into: bool = False) -> None:
    """By the way Django itself calls psql, so that passwords stand in no list of processes."""
    client = connection.client
    (_psql, *where), own = client.settings_to_cmd_args_env(connection.settings_dict, [])
    name = where.pop()
    command = [_program(program), *where, f"--dbname={name}", *words]
    done = subprocess.run(command, env=os.environ | (own or {}), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"{program} failed: {done.stderr.strip()[:500]}")


def _program(name: str) -> str:
    """Debian keeps them in a folder per version, too."""
    if found := shutil.which(name):
        return found
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: path.parts[-3])
    if not versions:
        raise Refused(f"{name} is not installed: it comes with PostgreSQL's client programs.")
    return str(versions[-1])
