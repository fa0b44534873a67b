"""A member's own pages: to everybody else of the company they are not there."""

from __future__ import annotations

from typing import Any

from generation.models import Shoot
from tests import cast

from .table import Row, emils, everybody
from .world import Team

FILES = {name: b"picture" for name in ("full", "preview", "thumb")}


def released(team: Team) -> dict[str, Any]:
    return {"portrait": cast.portrait(team.member, FILES).pk}


def drafted(team: Team) -> dict[str, Any]:
    cast.portrait(team.member, FILES, released_at=None)
    return {}


def gallery(team: Team) -> dict[str, Any]:
    Shoot.objects.filter(pk=cast.ready(team.user("emil"), 2).pk).update(member=team.member)
    return {}


ROWS = [
    Row("member:sample", "GET", everybody()),
    Row("member:team", "GET", emils()),
    Row("member:answer", "POST", emils(302)),
    Row("member:begin", "GET", emils()),
    Row("member:begin", "POST", emils()),
    Row("member:choose", "GET", emils(), make=gallery),
    Row("member:choose", "POST", emils(), make=gallery),
    Row("member:own", "GET", emils()),
    Row("member:own", "POST", emils(422)),
    Row("member:release", "GET", emils(), make=drafted),
    Row("member:release", "POST", emils(), make=drafted),
    Row("member:redo", "POST", emils(302)),
    Row("member:leave", "GET", emils()),
    Row("member:leave", "POST", emils(302)),
    Row("member:take_back", "GET", emils(), make=released),
    Row("member:take_back", "POST", emils(302), make=released),
    Row("member:portrait", "GET", emils(), {"size": "preview"}, released),
]
