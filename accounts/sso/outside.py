"""Asking a provider that an admin named: public addresses, encrypted, no detours, little time."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from requests import RequestException, Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from ..calling import at_home, public
from .refusals import Refused

NEEDED = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


class _Connection(HTTPSConnection):
    """Says nothing to a private address: asked once connected, so that no second look-up can differ."""

    def _new_conn(self) -> Any:
        plain = super()._new_conn()
        if not public(plain.getpeername()[0]):
            plain.close()
            raise NewConnectionError(self, "a private address")
        return plain


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection


class _Public(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = {"https": _Pool}


def careful(session: Session) -> Session:
    """The session, which from now on goes nowhere but to public https and follows nobody elsewhere."""
    session.max_redirects = 0
    session.trust_env = False  # a proxy would hide where it goes
    if not at_home():
        session.adapters.clear()
        session.mount("https://", _Public())
    return session


def check_issuer(session: Session, issuer: str) -> None:
    """Read its discovery document. Raises Refused where sign-on could not work."""
    try:
        answer = careful(session).get(f"{issuer}/.well-known/openid-configuration")
        answer.raise_for_status()
        told = answer.json()
    except RequestException:
        raise Refused(
            _(
                "Nothing useful answers at %s/.well-known/openid-configuration. Check the issuer: "
                "it must be reached by https from the internet."
            )
            % issuer
        ) from None
    if not isinstance(told, dict) or str(told.get("issuer")).rstrip("/") != issuer:
        raise Refused(_("The provider calls itself by another name. Copy the issuer exactly as it shows it."))
    if missing := [name for name in NEEDED if not isinstance(told.get(name), str)]:
        raise Refused(
            _("The provider does not offer %s, which sign-on needs. Switch it on there.") % ", ".join(missing)
        )
