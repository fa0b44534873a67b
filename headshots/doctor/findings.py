"""The words of the doctor: fine, worth a look, or to be mended before people come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "wrong"]
Said = tuple[State, str]


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, how it is, and what to do where it is not fine."""

    what: str
    state: State
    said: str


def ok(said: str) -> Said:
    return "ok", said


def warn(said: str) -> Said:
    return "warn", said


def wrong(said: str) -> Said:
    return "wrong", said
