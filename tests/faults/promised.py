"""What is promised of each scenario's figures (design: reliability), beside what was measured last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PROMISES = {  # scenario: the promise, its figure
    "kills": ("a killed worker's shoot goes on", "≤ 30 s, nothing twice"),
    "pretended-kills": ("the same, on an engine that pretends", "≤ 30 s, nothing twice"),
    "flush": ("an emptied queue loses nothing", "all finish"),
    "estimates": ("the time that people are told", "±25 % for 90 % of shoots"),
    "fairness": ("a team's queue holds nobody up", "individual within 2 dispatches, try's picture ≤ 5 s"),
    "cancel": ("cancel and withdrawal act on running work", "≤ 5 s, files gone ≤ 60 s, credit back"),
    "consent": ("nothing is touched after a withdrawal", "0 begun, last touch ≤ 5 s"),
    "poison": ("what crashes, hangs or eats memory is taken aside", "3 starts, the others finish"),
    "deploy": ("a rollout costs no attempt", "0 attempts, ≤ 60 s learned again"),
    "pretended-deploy": ("the same, on an engine that pretends", "0 attempts"),
    "postgres": ("PostgreSQL restarted under load", "back ≤ 60 s, nothing lost"),
    "disk": ("the disk runs full", "no half picture shown, back ≤ 60 s"),
    "s3": ("the store is gone, broken, slow", "back ≤ 60 s, nothing lost"),
    "clock": ("a worker's clock is set by hours and days", "nothing deleted early, work goes on ≤ 60 s"),
    "soak": ("half an hour of random kills, 2,000 shoots", "0 lost, 0 twice, memory drift ≤ 5 %"),
}
QUIET = {"commit", "machine", "load", "date", "code", "holds"}


def table(results: Mapping[str, dict[str, Any]]) -> str:
    """A line each: promise → figure → measured."""
    return "\n".join(_line(name, found) for name, found in results.items())


def _line(name: str, found: dict[str, Any]) -> str:
    promise, figure = PROMISES[name]
    measured = ", ".join(f"{what} {value}" for what, value in found.items() if what not in QUIET)
    return f"{'holds' if found['holds'] else 'FAILS'}  {name}: {promise} → {figure} → {measured}"
