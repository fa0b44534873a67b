"""Measures a company of 10,000 members: import, board and search under load, queries, table, and
whether the time of an answer tells a refusal.

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
from django.utils import timezone  # noqa: E402

from accounts import company_tokens  # noqa: E402
from accounts.models import Company, Member, User  # noqa: E402
from generation import cast  # noqa: E402
from generation.processes import await_site, process, serving  # noqa: E402
from tests.team.world import browser  # noqa: E402

from . import team_site, web_load  # noqa: E402
from .made_on import made_on  # noqa: E402

RESULT = Path(__file__).parent / "results" / "load-team.json"
MEMBERS, FEW = 10_000, 10
RATE, SECONDS = 10, 30
MOST_P95_MS, MOST_IMPORT_SECONDS, MOST_EXPORT_SECONDS, MOST_APART = 300, 60, 10, 5


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
    team_site.fill(small, FEW, owner)
    imported = import_of(members, owner)
    team_site.fill(large, members, owner)
    client = browser(User.objects.get(pk=owner.pk))
    logs = Path(DATA.name) / "logs"
    with process("web", *serving(PORT), logs=logs) as web:
        await_site(web, SITE, logs)
        return {
            "import": imported,
            "pages": load(large, client, seconds),
            "answer": answers(large, client, 7 * seconds),
            "queries": {str(FEW): queries(small, client), str(members): queries(large, client)},
            "export": export(large, client),
        }


def import_of(members: int, owner: User) -> dict[str, float]:
    """Seconds from a file's bytes to so many invited members of a company of their own; then once more."""
    company, data = cast.company(owner, "Imported"), team_site.people(members)
    found = {}
    for name in ("seconds", "repeated_seconds"):
        begin = time.monotonic()
        team_site.take_in(company, data, owner)
        found[name] = round(time.monotonic() - begin, 1)
    assert company.members.count() == members + 1
    company.members.all().delete()
    return found


def answers(company: Company, client: Client, times: int) -> dict[str, Any]:
    """Median milliseconds of the page and the API of somebody who has not answered and of one who refused.

    Asked in turns, so that whatever else the machine does hits both.
    """
    pending, refused = (
        cast.member(company, cast.person(name, password=None)) for name in ("pending", "refused")
    )
    Member.objects.filter(pk=refused.pk).update(refused_at=timezone.now())
    secret = company_tokens.make(company, "load", company_tokens.SCOPES, User.objects.get(name="Hana"))
    program = {"Authorization": f"Bearer {secret}"}
    found = {}
    for kind, rate in (("page", RATE), ("api", 4)):  # which allows 300 a minute
        asked = [
            request(client, reverse("board:member", args=[company.pk, one.pk]))
            if kind == "page"
            else web_load.Request(reverse("company_api:member", args=[one.pk]), program)
            for _turn in range(times)
            for one in (pending, refused)
        ]
        told = web_load.offer(PORT, asked, rate)
        medians = [web_load.figures(told[number::2])["p50_ms"] for number in (0, 1)]
        apart = round(100 * abs(medians[1] - medians[0]) / medians[0], 1)
        found[kind] = {"pending_ms": medians[0], "refused_ms": medians[1], "apart_percent": apart}
        print(kind, found[kind], file=sys.stderr)
    return found


def missed(found: dict[str, Any]) -> Iterator[str]:
    """A sentence for each figure that is not as promised."""
    for kind, figures in found["pages"].items():
        if figures["p95_ms"] > MOST_P95_MS or figures["errors"]:
            yield f"{kind}: {figures['p95_ms']} ms and {figures['errors']} errors, at most {MOST_P95_MS} ms"
    few, many = found["queries"].values()
    if few != many:
        yield f"queries: {few} for few members, {many} for many"
    if found["import"]["seconds"] > MOST_IMPORT_SECONDS:
        yield f"import: {found['import']['seconds']} s, at most {MOST_IMPORT_SECONDS} s"
    for kind, told in found["answer"].items():
        if told["apart_percent"] >= MOST_APART:
            yield f"answer by {kind}: {told['apart_percent']} % apart, less than {MOST_APART} %"
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
