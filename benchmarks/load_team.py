"""Measures a company of 10,000 members: its board and search under load, its queries, its table.

``make load-team`` starts a web process of its own as ``make run`` does, on an empty folder with SQLite, or on
the empty PostgreSQL of ``DATABASE_URL``. Pages are asked for ten times a second at times fixed in advance; no
two searches in a row are the same. ``--members 300 --seconds 3`` is a look and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django

from tests.peers import free_port

DATA = tempfile.TemporaryDirectory(prefix="load-team-")
PORT = free_port()
SITE = f"http://localhost:{PORT}"
os.environ |= {"DATA_DIR": DATA.name, "SITE_URL": SITE, "LOG_LEVEL": "ERROR"}
os.environ["DJANGO_SETTINGS_MODULE"] = "headshots.settings"
for name in ("SECRET_KEY", "MASTER_KEY"):  # a distributed site is told them
    os.environ.setdefault(name, secrets.token_urlsafe(48))
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from accounts.models import Company, User  # noqa: E402
from generation import cast  # noqa: E402
from generation.processes import await_site, process, serving  # noqa: E402
from tests.team.world import browser  # noqa: E402

from . import team_site, web_load  # noqa: E402
from .made_on import made_on  # noqa: E402

RESULT = Path(__file__).parent / "results" / "load-team.json"
MEMBERS, FEW = 10_000, 10
RATE, SECONDS = 10, 30
MOST_P95_MS, MOST_EXPORT_SECONDS = 300, 10


def pages(company: Company) -> dict[str, Iterator[str]]:
    """Addresses without end of each kind."""
    board = reverse("board:board", args=[company.pk])
    last = company.members.count() // 50
    views = [
        "",
        f"?page={last // 2}",
        "?state=released",
        "?state=invited&order=due",
        "?order=released",
        "?overdue=on",
    ]
    return {
        "board": cycle(board + view for view in views),
        "search": cycle(f"{board}?{urlencode({'words': words})}" for words in team_site.WORDS),
    }


def load(company: Company, client: Client, seconds: int) -> dict[str, dict[str, float]]:
    """Each in turn; the first second of each warms up and does not count."""
    found = {}
    for kind, addresses in pages(company).items():
        asked = [request(client, address) for address in islice(addresses, RATE * (seconds + 1))]
        web_load.offer(PORT, asked[:RATE], RATE)
        found[kind] = web_load.figures(web_load.offer(PORT, asked[RATE:], RATE))
        print(kind, found[kind], file=sys.stderr)
    return found


def request(client: Client, address: str) -> web_load.Request:
    name = settings.SESSION_COOKIE_NAME
    return web_load.Request(address, {"Cookie": f"{name}={client.cookies[name].value}"})


def queries(company: Company, client: Client) -> dict[str, int]:
    """The most of ten pages of each kind, asked of the same code in this process."""
    found = {}
    for kind, addresses in pages(company).items():
        counted = []
        for address in islice(addresses, 10):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(address, headers={"host": "localhost"}).status_code == 200
            counted.append(len(seen))
        found[kind] = max(counted)
    return found


def export(company: Company, client: Client) -> dict[str, float]:
    begin = time.monotonic()
    (answer,) = web_load.offer(PORT, [request(client, reverse("board:table", args=[company.pk]))], RATE)
    assert answer.right
    return {"seconds": round(time.monotonic() - begin, 2)}


def measured(members: int, seconds: int) -> dict[str, Any]:
    owner = cast.person("hana", password=None)
    small, large = cast.company(owner, "Small"), cast.company(owner, "Large")
    team_site.fill(small, FEW)
    begin = time.monotonic()
    team_site.fill(large, members)
    print(f"filled in {time.monotonic() - begin:.1f} s", file=sys.stderr)
    client = browser(User.objects.get(pk=owner.pk))
    logs = Path(DATA.name) / "logs"
    with process("web", *serving(PORT), logs=logs) as web:
        await_site(web, SITE, logs)
        return {
            "pages": load(large, client, seconds),
            "queries": {str(FEW): queries(small, client), str(members): queries(large, client)},
            "export": export(large, client),
        }


def missed(found: dict[str, Any]) -> Iterator[str]:
    """A sentence for each figure that is not as promised."""
    for kind, figures in found["pages"].items():
        if figures["p95_ms"] > MOST_P95_MS or figures["errors"]:
            yield f"{kind}: {figures['p95_ms']} ms and {figures['errors']} errors, at most {MOST_P95_MS} ms"
    few, many = found["queries"].values()
    if few != many:
        yield f"queries: {few} for few members, {many} for many"
    if found["export"]["seconds"] > MOST_EXPORT_SECONDS:
        yield f"export: {found['export']['seconds']} s, at most {MOST_EXPORT_SECONDS} s"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--members", type=int, default=MEMBERS)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the site ends with us however we end
    made = made_on(f"load-team {connection.vendor}")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    found = measured(asked.members, asked.seconds)
    misses = list(missed(found))
    offered = {"members": asked.members, "per second": RATE, "seconds": asked.seconds}
    figures = {**made, **offered, **found, "missed": misses}
    print(json.dumps(figures, indent=1))
    if (asked.members, asked.seconds) == (MEMBERS, SECONDS):
        held = json.loads(RESULT.read_text()) if RESULT.exists() else {}
        RESULT.write_text(json.dumps({**held, connection.vendor: figures}, indent=1) + "\n")
    return bool(misses)


if __name__ == "__main__":
    with DATA:
        sys.exit(main())
