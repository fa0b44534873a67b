"""The drill, within the settings of its site: plants fault after fault, prints what it found as JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "headshots.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from generation.processes import LOGS, WORKER, await_site, process, serving  # noqa: E402
from headshots.heartbeat import ALIVE  # noqa: E402
from tests.alarms import faults, monitor  # noqa: E402

PROMISED = 60.0  # seconds from the threshold to the alarm
SEEN = 4  # scrapes of a site without a fault, before the first
EVERY = 0.5


class Drill:
    """When each alarm's threshold was passed, and when it was first seen to fire."""

    def __init__(self, prometheus: monitor.Prometheus, asked: list[str]) -> None:
        self._prometheus, self._asked = prometheus, asked
        self._passed, self.took = dict[str, float](), dict[str, float | None]()

    def rest(self) -> set[str]:
        """What fires while nothing is wrong."""
        end = time.monotonic() + 300
        while self._prometheus.scrapes() < SEEN and time.monotonic() < end:
            time.sleep(EVERY)
        return self._prometheus.firing()

    def plant(self, alarm: str, fault: Callable[[], object], after: float = 0.0) -> None:
        """``after`` seconds from now, its threshold is passed."""
        if not self._asked or alarm in self._asked:
            fault()
            self._passed[alarm] = time.monotonic() + after
            print(f"{alarm}: planted", file=sys.stderr)

    def wait(self) -> None:
        """Until all that were planted fire, or should have."""
        while self._passed:
            firing, now = self._prometheus.firing(), time.monotonic()
            for alarm, passed in list(self._passed.items()):
                if alarm in firing or now > passed + PROMISED:
                    self.took[alarm] = round(max(0.0, now - passed), 1) if alarm in firing else None
                    print(f"{alarm}: {self.took[alarm]}", file=sys.stderr)
                    del self._passed[alarm]
            time.sleep(EVERY)


def play(port: int, asked: list[str]) -> dict[str, Any]:
    site = f"localhost:{port}"
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    with ExitStack() as stack:
        web = stack.enter_context(process("web", *serving(port)))
        worker = stack.enter_context(process("worker", *WORKER))
        await_site(web, f"http://{site}/healthz")
        folder = Path(settings.DATA_DIR) / "prometheus"
        folder.mkdir()
        watched = monitor.watching(folder, site, settings.METRICS_TOKEN)
        prometheus = stack.enter_context(watched)
        drill = Drill(prometheus, asked)
        at_rest = drill.rest()
        drill.plant("HeadshotsNoWorker", worker.kill, after=ALIVE.total_seconds())
        if asked and "HeadshotsNoWorker" not in asked:
            worker.kill()  # nobody mends what is planted
        for alarm, (fault, after) in faults.ROWS.items():
            drill.plant(alarm, fault, after)
        drill.wait()
        faults.served()  # workers that are busy are no idle ones
        drill.plant("HeadshotsGpuFull", faults.busy)
        drill.plant("HeadshotsErrors", lambda: faults.errors(f"http://{site}/account/login/"))
        drill.plant("HeadshotsNotReady", faults.without_keys)
        drill.wait()
        drill.plant("HeadshotsDown", web.kill)
        drill.wait()
    played = {alarm: drill.took[alarm] for alarm in prometheus.alarms if alarm in drill.took}
    return {
        "promised, seconds": PROMISED,
        "seconds after the threshold": played,
        "lasting shorter than shipped": prometheus.shortened,
        "not played": [] if asked else [alarm for alarm in prometheus.alarms if alarm not in played],
        "raised without a fault": sorted(at_rest),
        "holds": not at_rest and all(seconds is not None for seconds in played.values()),
    }


if __name__ == "__main__":
    found: dict[str, Any] = {"holds": False}
    try:
        found = play(int(sys.argv[1]), sys.argv[2:])
        print(json.dumps(found))
    finally:
        if not found["holds"]:  # the folder goes with this process, its reasons should not
            for log in sorted(LOGS.glob("*.log")):
                print(f"{log.name}: {log.read_text()[-2000:]}", file=sys.stderr)
