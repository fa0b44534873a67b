"""Who may see and change a company's brand."""

from __future__ import annotations

from typing import Any

from accounts.models import Department
from generation import brands, vault
from tests import cast

from .table import Row, admins
from .world import Team


def department(team: Team) -> dict[str, Any]:
    return {"department": Department.objects.create(company=team.company, name="Sales").pk}


def drawn(team: Team) -> dict[str, Any]:
    brand = brands.of(team.company)
    vault.put(brand.pk, "brands", brands.example_file(brand.looks[0]), cast.picture())
    slug, _at, version = brand.looks[0].partition("@")
    return {"slug": slug, "version": int(version)}


ROWS = [
    Row("brand:brand", "GET", admins()),
    Row("brand:brand", "POST", admins()),
    Row("brand:renew", "POST", admins(302)),
    Row("brand:department", "GET", admins(), make=department),
    Row("brand:department", "POST", admins(), make=department),
    Row("brand:remove", "POST", admins(302), make=department),
    Row("brand:example", "GET", admins(), make=drawn),
]
