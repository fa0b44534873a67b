"""Who may do what with a company's settings, people and papers."""

from __future__ import annotations

from typing import Any

from accounts import companies, domains
from accounts.models import Domain

from .table import PERSONAS, Row, admins, owners, people
from .world import Team


def _department(team: Team) -> dict[str, Any]:
    return {"department": companies.add_department(team.company, "Sales", by=None).pk}


def _domain(team: Team) -> dict[str, Any]:
    """Proven, so that nobody is asked again."""
    claimed = domains.claim(team.company, "acme.example", by=None)
    Domain.objects.filter(pk=claimed.pk).update(verified_at=claimed.created)
    return {"domain": claimed.pk}


def _adam(team: Team) -> dict[str, Any]:
    return {"member": team.company.members.get(user=team.user("adam")).pk}


# Whoever administers the only company of theirs is led to its board.
MINE = tuple(
    "login" if one == "anonymous" else 302 if one in ("rita", "adam", "hana") else 200 for one in PERSONAS
)
# What adam has removed is gone when hana comes.
ONCE = tuple(302 if one == "adam" else answer for one, answer in zip(PERSONAS, admins(404), strict=True))
ROWS = [
    Row("company:companies", "GET", MINE),
    Row("company:new", "GET", people()),
    Row("company:new", "POST", people()),
    Row("company:settings", "GET", admins()),
    Row("company:settings", "POST", admins()),
    Row("company:departments", "GET", admins()),
    Row("company:departments", "POST", admins()),
    Row("company:department", "POST", admins(302), make=_department),
    Row("company:remove_department", "POST", ONCE, make=_department),
    Row("company:domains", "GET", admins()),
    Row("company:domains", "POST", admins()),
    Row("company:verify_domain", "POST", admins(302), make=_domain),
    Row("company:remove_domain", "POST", ONCE, make=_domain),
    Row("company:audit", "GET", admins()),
    Row("company:people", "GET", admins()),
    Row("company:add_admin", "POST", owners()),
    Row("company:role", "POST", owners(302), make=_adam),
    Row("board:close", "GET", owners()),
    Row("board:close", "POST", owners()),
    *(Row("board:paper", "GET", admins(), {"paper": name}) for name in ("agreement", "processing")),
    Row("board:paper", "GET", admins(404), {"paper": "other"}),
    Row("board:paper_file", "GET", admins(), {"paper": "agreement"}),
]
