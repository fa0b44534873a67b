"""``/healthz``: this process lives. ``/readyz``: what it needs is there, asked every few seconds at most."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.core.files.storage import FileSystemStorage, storages
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.files import place

log = logging.getLogger(__name__)
PATIENCE = 2.0  # seconds that all have together; who asks usually gives up after five
KEPT = 3.0  # seconds that an answer counts
TEXT = "text/plain; charset=utf-8"


class Part:
    """One thing that is needed. It is asked in a thread of its own, for it may hang instead of failing."""

    def __init__(self, ask: Callable[[], bool], missing: str) -> None:
        self._ask, self._missing = ask, missing
        self._asking: threading.Thread | None = None
        self._there = False

    def begin(self) -> None:
        """Ask, unless the last question is still open."""
        if self._asking is None or not self._asking.is_alive():
            self._asking = threading.Thread(target=self._run, daemon=True)
            self._asking.start()

    def end(self, deadline: float) -> str:
        """What is missing, if anything; so is what has not answered by then."""
        assert self._asking is not None
        self._asking.join(max(0.0, deadline - time.monotonic()))
        return "" if self._there and not self._asking.is_alive() else self._missing

    def _run(self) -> None:
        try:
            self._there = self._ask()
        except Exception as error:  # each library has its own; the words may hold addresses and passwords
            log.warning("readiness: %s %s", self._missing, type(error).__name__)
            self._there = False
        finally:
            connection.close()


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _migrations() -> bool:
    """More than ours may be applied: the next version's, while it is rolled out."""
    return _ours() <= set(MigrationRecorder(connection).applied_migrations())


@lru_cache
def _ours() -> frozenset[tuple[str, str]]:
    disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    assert disk is not None
    return frozenset(disk)


def _place(alias: str) -> Callable[[], bool]:
    def ask() -> bool:
        storage = storages[alias]
        if isinstance(storage, FileSystemStorage):
            return _writable(Path(storage.location))
        place(alias).exists("readyz")
        return True

    return ask


def _writable(folder: Path) -> bool:
    """It, or where it will be made at the first file."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


PARTS = {
    "database": Part(_database, "The database does not answer."),
    "migrations": Part(_migrations, "Migrations are missing: run manage.py migrate."),
    "storage": Part(_place("default"), "The storage of STORAGE_URL cannot be reached."),
    "keys": Part(_place("keys"), "The key store of KEYS_URL cannot be reached."),
}
_looking = threading.Lock()
_seen: tuple[float, dict[str, str]] = (-KEPT, {})


def missing() -> dict[str, str]:
    """A sentence for each part, empty where it is there. Of many who ask at once one looks."""
    global _seen
    with _looking:
        if time.monotonic() - _seen[0] >= KEPT:
            deadline = time.monotonic() + PATIENCE
            for part in PARTS.values():
                part.begin()
            said = {name: part.end(deadline) for name, part in PARTS.items()}
            _seen = (time.monotonic(), said)
        return _seen[1]


def forget() -> None:
    """Look again the next time."""
    global _seen
    _seen = (-KEPT, {})


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type=TEXT)


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """503 says what is missing, in words that anybody may read."""
    found = [sentence for sentence in missing().values() if sentence]
    return HttpResponse("\n".join(found or ["ready"]) + "\n", status=503 if found else 200, content_type=TEXT)


PROBES = {"/healthz": alive, "/readyz": ready}


def probes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer before sessions and the check of the host's name: who probes asks by address."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return PROBES.get(request.path, get_response)(request)

    return middleware
