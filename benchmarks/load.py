"""The load that is held on two cores, shared with who makes it: promise, figure, measured.

``make load`` starts a web and a worker process of its own, on an empty folder with SQLite, or on the empty
PostgreSQL of ``DATABASE_URL``, and takes half an hour: thirty pages a second for ten minutes; five photos a
second of twelve megapixels for one; three hundred browsers that begin a free try within ten seconds while
people who paid go on. All are asked at times fixed in advance and counted from then. ``--share 0.02`` is a
look at a fiftieth of it and writes nothing. The company of 10,000 has its own: ``make load-team``.
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
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

import django

from tests.peers import free_port

DATA = tempfile.TemporaryDirectory(prefix="load-")
PORT = free_port()
SITE = f"http://localhost:{PORT}"
BROWSERS = 300
os.environ |= {"DATA_DIR": DATA.name, "SITE_URL": SITE, "LOG_LEVEL": "ERROR", "OMP_NUM_THREADS": "1"}
# One proxy, whose place we take: each browser has an address of its own. All of them may wait in the queue.
os.environ |= {"PROXIES": "1", "MOST_TRIES": str(BROWSERS), "DJANGO_SETTINGS_MODULE": "headshots.settings"}
for name in ("SECRET_KEY", "MASTER_KEY"):  # a distributed site is told them
    os.environ.setdefault(name, secrets.token_urlsafe(48))
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import close_old_connections, connection  # noqa: E402

from generation import tries, vault  # noqa: E402
from generation.models import Kind, Photo, Shoot, Status, Verdict  # noqa: E402
from generation.processes import WORKER, await_site, process, serving  # noqa: E402

from . import load_site, web_load, web_site  # noqa: E402
from .made_on import made_on  # noqa: E402

RESULT = Path(__file__).parent / "results" / "load.json"
TEAM = Path(__file__).parent / "results" / "load-team.json"
PAGES, PAGE_SECONDS = 30, 600  # a second, for so long
UPLOADS, UPLOAD_SECONDS = 5, 60
RUSH, PAID = 10, 5  # seconds in which the browsers come; pages a second of those who paid, twice as long
JUDGED = 1800.0  # seconds, after which a photo that is not judged counts as lost
MOST = {  # promise: (what is measured of it, at most)
    "pages": {"p95_ms": 300, "p99_ms": 800, "error_share": 0.001},
    "uploads": {"errors": 0, "not_stored": 0, "not_judged": 0},
    "rush": {"paid_p95_ms": 500, "paid_errors": 0, "without_a_number": 0, "wrong_numbers": 0},
}
SAID = {
    "pages": f"{PAGES} pages a second for {PAGE_SECONDS // 60} min → p95 ≤ 300, p99 ≤ 800 ms, errors < 0.1 %",
    "uploads": f"{UPLOADS} photos of 4 MB a second for {UPLOAD_SECONDS} s → all stored, all judged",
    "rush": f"{BROWSERS} browsers on the free try in {RUSH} s → paid p95 ≤ 500 ms, each gets its true number",
}


def pages(owner: web_site.Person, share: float) -> dict[str, float]:
    """Landing, gallery, picture and a static file in turn; the first second warms up."""
    kinds = cycle(web_site.visits(owner).values())
    web_load.offer(PORT, list(islice(kinds, PAGES)), PAGES)
    asked = list(islice(kinds, max(PAGES, round(PAGES * PAGE_SECONDS * share))))
    found = web_load.figures(web_load.offer(PORT, asked, PAGES))
    return {**found, "error_share": found["errors"] / found["requests"]}


def uploads(share: float) -> dict[str, float]:
    asked = list(load_site.uploads(max(UPLOADS, round(UPLOADS * UPLOAD_SECONDS * share)), Path(DATA.name)))
    before = set(Photo.objects.values_list("pk", flat=True))
    found = web_load.figures(web_load.offer(PORT, asked, UPLOADS))
    begun = time.monotonic()
    while Photo.objects.filter(verdict=Verdict.WAITING).exists() and time.monotonic() - begun < JUDGED:
        time.sleep(1)
    arrived = Photo.objects.exclude(pk__in=before)
    stored = [one for one in arrived if vault.exists(one.shoot_id, "inputs", f"{one.pk}.jpg")]
    return {
        **found,
        "megabytes_each": round(sum(len(one.body or b"") for one in asked) / len(asked) / 1e6, 1),
        "not_stored": len(asked) - len(stored),
        "not_judged": Photo.objects.filter(verdict=Verdict.WAITING).count(),
        "judged_seconds_later": round(time.monotonic() - begun),
    }


def rush(owner: web_site.Person, share: float) -> dict[str, float]:
    """Who paid looks at gallery and pictures before, while and after the browsers come."""
    come = load_site.tries(PORT, max(5, round(BROWSERS * share)))
    paid = {name: one for name, one in web_site.visits(owner).items() if name in ("gallery", "picture")}
    asked = list(islice(cycle(paid.values()), PAID * 2 * RUSH))
    with ThreadPoolExecutor(1) as others:
        begun = others.submit(web_load.offer, PORT, come, len(come) / RUSH)
        of_paid = web_load.figures(web_load.offer(PORT, asked, PAID))
        of_tries = web_load.figures(begun.result())
    numbers, wrong = _numbers(come)
    return {
        "paid_p95_ms": of_paid["p95_ms"],
        "paid_p50_ms": of_paid["p50_ms"],
        "paid_errors": of_paid["errors"],
        "tries": len(come),
        "tries_not_begun": of_tries["errors"],
        "try_p95_ms": of_tries["p95_ms"],
        "in_the_queue": numbers,
        "without_a_number": len(come) - numbers,
        "wrong_numbers": wrong,
    }


def _numbers(come: list[web_load.Request]) -> tuple[int, int]:
    """How many were told their number once their selfie was checked, and how many a wrong one.

    A number may be one too high: a try that is finished between the page and our count is before nobody.
    """
    begun = time.monotonic()
    drafts = Shoot.objects.filter(kind=Kind.TRY, status=Status.DRAFT, photos__verdict=Verdict.WAITING)
    while drafts.exists() and time.monotonic() - begun < JUDGED:
        time.sleep(1)
    said = load_site.told(PORT, come)
    waiting = Shoot.objects.filter(kind=Kind.TRY, status=Status.SUBMITTED).order_by("submitted_at")
    true = {tries.ahead(shoot) for shoot in waiting}
    over = Shoot.objects.filter(kind=Kind.TRY, status=Status.READY).count()
    known = [number for number in said if number is not None]
    drawn = sum(number is None for number in said)
    wrong = len(known) - len(set(known)) + sum(number > max(true, default=0) + 1 for number in known)
    return len(known) + min(drawn, over + 1), wrong


def missed(found: dict[str, dict[str, float]]) -> Iterator[str]:
    for name, limits in MOST.items():
        for what, most in limits.items():
            if found[name][what] > most:
                yield f"{name}: {what} {found[name][what]}, at most {most}"


def table(found: dict[str, dict[str, float]]) -> Iterator[str]:
    """Promise → figure → measured, a line each."""
    late = {sentence.partition(":")[0] for sentence in missed(found)}
    for name, said in SAID.items():
        measured = ", ".join(f"{what} {found[name][what]}" for what in MOST[name])
        yield f"{'FAILS' if name in late else 'holds'}  {said} → {measured}"
    for database, team in json.loads(TEAM.read_text()).items() if TEAM.is_file() else ():
        measured = f"import {team['import']['seconds']} s, board p95 {team['pages']['board']['p95_ms']} ms"
        figure = "import ≤ 60 s, board p95 ≤ 300 ms, export ≤ 10 s"
        kept = "FAILS" if team["missed"] else "holds"
        yield f"{kept}  team of 10,000 ({database}, make load-team) → {figure} → {measured}"


def measured(share: float) -> dict[str, dict[str, float]]:
    owner, logs = web_site.with_gallery(), Path(DATA.name) / "logs"
    with process("web", *serving(PORT), logs=logs) as web, process("worker", *WORKER, logs=logs):
        await_site(web, SITE, logs)
        found = {"pages": pages(owner, share)}
        print(found, file=sys.stderr)
        found["uploads"] = uploads(share)
        print(found["uploads"], file=sys.stderr)
        close_old_connections()
        found["rush"] = rush(owner, share)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--share", type=float, default=1.0)
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the site ends with us however we end
    made = made_on("load")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    found = measured(asked.share)
    figures = {**made, "database": connection.vendor, **found, "missed": list(missed(found))}
    print("\n".join(table(found)))
    if asked.share == 1.0:
        RESULT.write_text(json.dumps(figures, indent=1) + "\n")
    return bool(figures["missed"])


if __name__ == "__main__":
    with DATA:
        sys.exit(main())
