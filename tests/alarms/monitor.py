"""A Prometheus with the settings and the alarms of deploy/observe, looking at one site on this machine."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests import peers

SHIPPED = Path(__file__).resolve().parents[2] / "deploy/observe"
LONGEST = "20s"  # for longer a drill does not wait: what must last for minutes or an hour lasts for this


@contextmanager
def watching(folder: Path, site: str, token: str) -> Iterator[Prometheus]:
    """Raises peers.Absent where there is no Prometheus."""
    told = yaml.safe_load((SHIPPED / "prometheus.yml").read_text())
    alarms = yaml.safe_load((SHIPPED / "alarms.yml").read_text())
    (group,) = alarms["groups"]
    shortened = [rule["alert"] for rule in group["rules"] if rule.get("for", "").endswith(("m", "h"))]
    for rule in group["rules"]:
        if rule["alert"] in shortened:
            rule["for"] = LONGEST
    job = {"job_name": "headshots", "authorization": {"credentials": token}}
    told["scrape_configs"] = [{**job, "static_configs": [{"targets": [site]}]}]  # and no node exporter
    (folder / "alarms.yml").write_text(yaml.safe_dump(alarms))
    (folder / "prometheus.yml").write_text(yaml.safe_dump(told))
    with peers.prometheus(folder) as address:
        names = [rule["alert"] for rule in group["rules"]]
        yield Prometheus(address, names, shortened)


class Prometheus:
    """What it says, and of its alarms which there are and which of them do not wait as long as shipped."""

    def __init__(self, address: str, alarms: list[str], shortened: list[str]) -> None:
        self._address, self.alarms, self.shortened = address, alarms, shortened

    def firing(self) -> set[str]:
        alerts = self._ask("alerts")["alerts"]
        return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}

    def scrapes(self) -> int:
        """How often it has seen the site."""
        found = self._ask("query?query=count_over_time(headshots_workers[1h])")["result"]
        return int(found[0]["value"][1]) if found else 0

    def _ask(self, what: str) -> Any:
        with urllib.request.urlopen(f"{self._address}/api/v1/{what}", timeout=10) as answer:
            return json.load(answer)["data"]
