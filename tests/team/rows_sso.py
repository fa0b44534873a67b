"""Who may do what around a company's own sign-on."""

from __future__ import annotations

from typing import Any

from accounts.models import SingleSignOn
from accounts.sso import providers

from .table import Row, admins, everybody
from .world import Team


def saml(team: Team) -> dict[str, Any]:
    """Acme has a provider; the address names Acme in whichever way."""
    about = {"entity_id": "idp", "sso_url": "http://localhost/saml", "certificate": "MII="}
    SingleSignOn.objects.create(company=team.company, kind="saml", **about)
    return {"organization_slug": team.company.pk}


def oidc(team: Team) -> dict[str, Any]:
    nobody = {"issuer": "http://localhost:9", "secret": providers.sealed("secret")}
    SingleSignOn.objects.create(company=team.company, kind="oidc", **nobody)
    return {"provider_id": team.company.pk}


ROWS = [
    Row("sso:begin", "GET", everybody()),
    Row("sso:begin", "POST", everybody()),
    Row("sso:settings", "GET", admins()),
    Row("sso:settings", "POST", admins()),
    Row("sso:test", "POST", admins(403), make=oidc),  # it does not answer
    Row("sso:switch", "POST", admins(302), make=saml),
    # Providers lead people here; without what they bring it is a dead end.
    Row("openid_connect_callback", "GET", everybody(403), make=oidc),
    Row("saml_acs", "POST", everybody(302), make=saml),
    Row("saml_finish_acs", "GET", everybody(403), make=saml),
    Row("saml_metadata", "GET", everybody(), make=saml),
    Row("saml_sls", "GET", everybody(410), make=saml),
]
