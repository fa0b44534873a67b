"""What every test shares: single-threaded maths, because two pytest workers share two cores."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import pytest
from django.core.management.commands import flush

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing may be fetched while tests run
os.environ.setdefault("STRIPE_STANDIN", "1")  # over real servers, too
# Settings are read from the environment once. pytest's own option for them would read them before this file.
os.environ["DATA_DIR"] = (DATA := tempfile.TemporaryDirectory(prefix="headshots-")).name
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headshots.settings")
django.setup()
# Pages in tests link to static files as they are: nothing was collected and given a hash in its name.
django.conf.settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)

# After the settings were made: it imports Django's database.
from accounts.append_only import guard, unguard  # noqa: E402

GUARDED = {
    "billing_entry": "the journal",
    "accounts_auditentry": "the audit log",
    "accounts_auditseal": "the audit log's seals",
}


def emptied(sql_flush: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Django's statements that empty all tables, with the guards of some away meanwhile."""

    def statements(style: Any, connection: Any, **options: Any) -> list[str]:
        found = sql_flush(style, connection, **options)
        if connection.vendor != "sqlite":
            return found  # TRUNCATE passes them
        off = [line for table in GUARDED for line in unguard(table, "sqlite")]
        on = [line for table, called in GUARDED.items() for line in guard(table, called, "sqlite")]
        return [*off, *found, *on]

    return statements


# A test's data goes with the test, also what nothing else may delete.
flush.sql_flush = emptied(flush.sql_flush)

pytest_plugins = ["tests.other_reader", "tests.peers", "tests.people", "tests.stores", "tests.strangers"]
ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest file first, so that the other worker is not done long before it."""
    items.sort(key=lambda item: "services" not in item.keywords)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT
