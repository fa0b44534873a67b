"""Who may ask people to join, and who may come in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts import imports, invitations
from accounts.models import InviteLink
from tests import cast
from tests.permissions import LOGIN

from .table import Row, admins, everybody
from .world import Team

ASKED = "somebody@acme.example"


def an_import(team: Team) -> dict[str, Any]:
    return {"pk": imports.look(team.company, [["email"], [ASKED]]).pk}


def a_link(team: Team) -> InviteLink:
    domain = f"{team.company.pk.hex}.example"
    team.company.domains.create(name=domain, verified_at=timezone.now())
    until = timezone.now() + timedelta(days=7)
    return InviteLink.objects.create(
        company=team.company, token=team.company.pk.hex, domain=domain, cap=5, expires_at=until
    )


def an_invitation(team: Team) -> dict[str, Any]:
    return {"token": invitations.renew(cast.member(team.company, email=ASKED))}


OTHERS = (LOGIN, *((403,) * 7))  # nobody of them has the address that was asked
ROWS = [
    Row("invite:invite", "GET", admins()),
    Row("invite:paste", "POST", admins(422)),
    Row("invite:upload", "POST", admins(422)),
    Row("invite:import", "GET", admins(), make=an_import),
    Row("invite:import", "POST", admins(), make=an_import),
    Row("invite:progress", "GET", admins(), make=an_import),
    Row("invite:forget", "POST", admins(302), make=an_import),
    Row("invite:make_link", "POST", admins(422)),
    Row("invite:revoke_link", "POST", admins(302), make=lambda team: {"link": a_link(team).pk}),
    Row("invite:code", "GET", admins(), make=lambda team: {"link": a_link(team).pk}),
    Row("invite:resend", "POST", admins(302)),
    Row("invite:revoke", "POST", admins(302)),
    Row("invite:accept", "GET", everybody(), make=an_invitation),
    Row("invite:accept", "POST", OTHERS, make=an_invitation),
    Row("invite:join", "GET", everybody(), make=lambda team: {"token": a_link(team).token}),
    Row("invite:join", "POST", OTHERS, make=lambda team: {"token": a_link(team).token}),
]
