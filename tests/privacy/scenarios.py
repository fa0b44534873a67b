"""The parts of ``make privacy`` that need an installation of their own; each prints what it found as JSON."""

from __future__ import annotations

import json
import logging
import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

DATA = Path(os.environ["DATA_DIR"])
TEMP = DATA.with_name(f"{DATA.name}-temp")
TEMP.mkdir(exist_ok=True)
tempfile.tempdir = str(TEMP)  # before anything asks where that is
os.environ["DJANGO_SETTINGS_MODULE"] = "headshots.settings"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from generation import vault  # noqa: E402
from generation.models import Shoot  # noqa: E402
from tests.privacy import life, running, searching  # noqa: E402

# Nothing was collected; pages link to static files as they are.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"

RACES = 60
# Places where a canary may be found once the account is gone, and why.
NAMED = {
    "write-ahead log": "PostgreSQL writes over it in its own time; a backup by files has it until then",
}


def sweep() -> dict[str, Any]:
    """Canaries in every input, all features used, the account deleted: who still sings?"""
    log = _log()
    lived = life.lead()
    searching.settle()
    before = searching.everywhere(DATA, TEMP, log)
    backup = list(searching.stored("default"))
    files = life.files_of(lived)
    readable = sum(_opens(*one) for one in files)
    life.end(lived)
    searching.settle()
    after = searching.everywhere(DATA, TEMP, log)
    hits = [f"{place}: {line}" for place, lines in after.items() if place not in NAMED for line in lines]
    named = {place: f"{len(after.get(place, []))}: {why}" for place, why in NAMED.items()}
    for name, data in backup:  # yesterday's copy of the pictures comes back
        searching.overwrite(name, data[len(name.encode()) :])
    opened = sum(_opens(*one) for one in files)
    receipts = Shoot.objects.filter(pk=lived.shoot.pk).exclude(receipt="").count()
    seen = {place: len(lines) for place, lines in before.items()}
    holds = not hits and not opened and readable == len(files) >= 8 and receipts == 1
    holds = holds and seen["rows"] > 0 and seen["database files"] > 0 and seen["temp"] > 0
    return {
        "promises": [
            _row(
                34,
                "0 canaries outside the named list after erasure",
                f"{len(hits)} of {sum(seen.values())}",
                not hits,
            ),
            _row(34, "yesterday's files restored: unreadable", f"{opened} of {readable} open", not opened),
        ],
        "before": seen,
        "hits": hits[:20],
        "named": named,
        "holds": holds,
    }


def _opens(owner: Any, kind: vault.Kind, name: str) -> bool:
    try:
        vault.get(owner, kind, name)
    except (vault.Gone, vault.Missing):
        return False
    return True


def _row(promise: int, figure: str, measured: str, holds: bool) -> dict[str, Any]:
    return {"promise": promise, "figure": figure, "measured": measured, "holds": holds}


def _log() -> Path:
    """All that the installation says, as a careful operator has set it."""
    path = TEMP.with_name(f"{TEMP.name}.log")
    logging.getLogger().addHandler(logging.FileHandler(path))
    return path


def clock() -> dict[str, Any]:
    """A frozen clock is moved through a year; the sweeper comes late, up to five days."""
    found = running.a_year(random.Random(0))
    holds = not (found["overdue"] or found["readable"] or found["left"]) and found["shoots"] > 20
    measured = f"{found['overdue']} overdue, {found['readable']} readable in {found['rounds']} rounds"
    return {
        "promises": [_row(33, "0 overdue after catch-up, through 400 days", measured, holds)],
        **found,
        "holds": holds,
    }


def race() -> dict[str, Any]:
    """Consents are withdrawn at the very moment of the work that they allow."""
    found = running.races(RACES)
    holds = not (found["not purged"] or found["readable"])
    measured = f"{found['not purged']} not purged, {found['readable']} files readable of {RACES} races"
    return {
        "promises": [_row(32, "withdrawn in the midst of work: nothing stays", measured, holds)],
        **found,
        "holds": holds,
    }


SCENARIOS = {"sweep": sweep, "clock": clock, "race": race}


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    setup_test_environment()
    print(json.dumps(SCENARIOS[sys.argv[1]]()))
