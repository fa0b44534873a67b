"""The board and what it leads to: its company's admins alone."""

from __future__ import annotations

from typing import Any

from tests import cast

from .table import Row, admins
from .world import Team


def released(team: Team) -> dict[str, Any]:
    """A portrait that emil released."""
    return {"portrait": cast.portrait(team.member, {"thumb": cast.picture()}).pk}


ROWS = [
    Row("board:board", "GET", admins()),
    Row("board:wall", "GET", admins()),
    Row("board:alike", "GET", admins()),
    Row("board:approve_all", "POST", admins(302)),
    Row("board:again", "GET", admins()),
    Row("board:again", "POST", admins(302)),
    Row("board:pictures", "GET", admins()),
    Row("board:archive", "GET", admins(422)),  # of whoever asks for nothing
    Row("board:table", "GET", admins()),
    Row("board:member", "GET", admins()),
    Row("board:member", "POST", admins(302)),
    Row("board:remove", "GET", admins()),
    Row("board:remove", "POST", ("login", 404, 404, 404, 404, 302, 404, 404)),  # the first removes
    Row("board:approve", "POST", admins(302), make=released),
    Row("board:redo", "POST", admins(302), make=released),
    Row("board:portrait", "GET", admins(), {"size": "thumb"}, make=released),
]
