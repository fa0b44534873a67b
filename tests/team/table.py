"""Who may do what around a company: a row for every route and method, a column for everybody who may knock.

Each stream of pages lists its own rows beside its tests, in ``rows_*.py`` of this folder. A number is the
status of the answer; LOGIN is being led to the sign-in page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.permissions import LOGIN, Answer

if TYPE_CHECKING:
    from .world import Team

# zoe is signed in and nobody's; emil is a member; max has left; rita owns another company; adam administers
# Acme and hana owns it; sam is staff.
PERSONAS = ("anonymous", "zoe", "emil", "max", "rita", "adam", "hana", "sam")


@dataclass(frozen=True)
class Row:
    """What each persona is answered. ``said`` is what else stands in the address; ``make`` gives it late."""

    route: str
    method: str
    answers: tuple[Answer, ...]
    said: dict[str, Any] = field(default_factory=dict)
    make: Callable[[Team], dict[str, Any]] = lambda team: {}

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


def everybody(status: Answer = 200) -> tuple[Answer, ...]:
    return (status,) * len(PERSONAS)


def people(status: Answer = 200) -> tuple[Answer, ...]:
    """Each sees their own."""
    return (LOGIN, *((status,) * 7))


def admins(status: Answer = 200) -> tuple[Answer, ...]:
    return (LOGIN, 404, 404, 404, 404, status, status, 404)


def owners(status: Answer = 200) -> tuple[Answer, ...]:
    return (LOGIN, 404, 404, 404, 404, 404, status, 404)


def emils(status: Answer = 200) -> tuple[Answer, ...]:
    """What is a member's own is not there for the company."""
    return (LOGIN, 404, status, 404, 404, 404, 404, 404)


def all_rows() -> list[Row]:
    folder = Path(__file__).parent
    names = sorted(path.stem for path in folder.glob("rows_*.py"))
    return [row for name in names for row in import_module(f"tests.team.{name}").ROWS]
