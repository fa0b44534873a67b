"""A company's provider: entered, tested, switched on; anything that changes in it must be tested again."""

from __future__ import annotations

import base64
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from cryptography.x509 import load_der_x509_certificate
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

from .. import audit, keys
from ..calling import at_home
from ..models import Company, Domain, SingleSignOn, User
from ..sealing import seal, unseal
from . import outside
from .refusals import Refused

SECRETS = "installation/sign-on-secrets"
# Beside what allauth looks for: how Okta, Google and JumpCloud name the address.
EMAILS = [
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "email",
    "mail",
]
ATTRIBUTES = {
    "uid": "urn:oasis:names:tc:SAML:attribute:subject-id",
    "email": EMAILS,
    "first_name": [
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
        "urn:oid:2.5.4.42",
        "firstName",
    ],
    "last_name": [
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
        "urn:oid:2.5.4.4",
        "lastName",
    ],
}
# allauth's defaults do the rest: answers only to what we asked, once, for us, with today's algorithms.
STRICT = {
    "want_assertion_signed": True,
    "want_attribute_statement": False,  # some send nothing but the NameID
    "allow_single_label_domains": True,  # of company networks
}


def of_address(address: str) -> SingleSignOn | None:
    """The provider of whoever has this address, where their company switched one on."""
    domain = address.rpartition("@")[2].lower()
    theirs = SingleSignOn.objects.filter(company__domains__in=proven(domain), company__closed_at=None)
    return theirs.filter(enabled=True).first()


def proven(name: str) -> Any:
    return Domain.objects.filter(name=name, verified_at__isnull=False)


def vouches_for(on: SingleSignOn, address: str) -> bool:
    """Whether the address lies in a domain that the company has proven."""
    return bool(proven(address.rpartition("@")[2].lower()).filter(company=on.company_id).exists())


def save_oidc(company: Company, *, issuer: str, client_id: str, secret: str, by: User | None) -> None:
    """``secret`` "" keeps the one that is stored. Raises Refused where the issuer does not answer as one."""
    issuer = issuer.rstrip("/")
    outside.check_issuer(get_adapter().get_requests_session(), issuer)
    values = {"issuer": issuer, "client_id": client_id}
    if secret:
        values["secret"] = sealed(secret)
    _save(company, SingleSignOn.Kind.OIDC, values, by)


def save_saml(company: Company, *, metadata: str, by: User | None) -> None:
    """From the provider's own metadata, an XML document. Raises Refused where something is not in it."""
    _save(company, SingleSignOn.Kind.SAML, read(metadata), by)


@transaction.atomic
def _save(company: Company, kind: str, values: dict[str, str], by: User | None) -> None:
    Company.objects.select_for_update().get(pk=company.pk)
    old = SingleSignOn.objects.filter(company=company).first()
    fresh = {"kind": kind, "tested_at": None, "enabled": False, **values}
    on, _made = SingleSignOn.objects.update_or_create(company=company, defaults=fresh)
    if old is None or _anchor(old) != _anchor(on):
        SocialAccount.objects.filter(provider=str(company.pk)).delete()
    audit.note(company, by, "sso.changed", on.get_kind_display())


def _anchor(on: SingleSignOn) -> tuple[str, ...]:
    """What vouches for who somebody is."""
    return (on.kind, on.issuer) if on.kind == SingleSignOn.Kind.OIDC else (on.entity_id, on.certificate)


def passed(on: SingleSignOn) -> None:
    """An admin came through it with an address of the company."""
    SingleSignOn.objects.filter(pk=on.pk).update(tested_at=timezone.now())


@transaction.atomic
def switch(on: SingleSignOn, *, enabled: bool, by: User | None) -> None:
    """Raises Refused where it was never tested as it is now."""
    ready = SingleSignOn.objects.filter(pk=on.pk)
    if not (ready.filter(tested_at__isnull=False) if enabled else ready).update(enabled=enabled):
        raise Refused(_("Test it first: a sign-on must have come back with an address of your domains."))
    audit.note(on.company, by, "sso.on" if enabled else "sso.off")


def read(metadata: str) -> dict[str, str]:
    """What a provider's metadata says: its name, its address, its certificate."""
    try:
        found = OneLogin_Saml2_IdPMetadataParser.parse(metadata.encode()).get("idp", {})
    except Exception:  # its parser's errors share no base
        raise Refused(_("This is no XML. Paste the whole metadata file that your provider offers.")) from None
    url, certificate = found.get("singleSignOnService", {}).get("url", ""), found.get("x509cert", "")
    if not found.get("entityId"):
        raise Refused(_("This is no metadata of a provider. Look for “IdP metadata”, not “SP metadata”."))
    if not url.startswith("http://" if at_home() and url.startswith("http:") else "https://"):
        raise Refused(_("The metadata names no https address for sign-on by the HTTP-Redirect binding."))
    if not certificate:
        raise Refused(
            _("Leave one signing certificate in the metadata: the one that your provider signs with now.")
        )
    return {"entity_id": found["entityId"], "sso_url": url, "certificate": _checked(certificate)}


def _checked(certificate: str) -> str:
    try:
        load_der_x509_certificate(base64.b64decode(certificate, validate=True))
    except ValueError:
        raise Refused(_("The certificate in the metadata is damaged. Fetch the metadata again.")) from None
    return certificate


def sealed(secret: str) -> str:
    return base64.b64encode(seal(keys.create(SECRETS), secret.encode(), SECRETS)).decode()


def app(on: SingleSignOn) -> SocialApp:
    """As allauth wants it, never stored: the company's id names it in addresses and links."""
    key, name = str(on.pk), on.company.name
    if on.kind == SingleSignOn.Kind.OIDC:
        secret = unseal(keys.get(SECRETS), base64.b64decode(on.secret), SECRETS).decode()
        about: dict[str, Any] = {"server_url": on.issuer, "oauth_pkce_enabled": True}
        return SocialApp(
            provider="openid_connect",
            provider_id=key,
            name=name,
            client_id=on.client_id,
            secret=secret,
            settings=about,
        )
    idp = {"entity_id": on.entity_id, "sso_url": on.sso_url, "x509cert": on.certificate}
    about = {"idp": idp, "attribute_mapping": ATTRIBUTES, "advanced": STRICT}
    return SocialApp(provider="saml", provider_id=key, name=name, client_id=key, settings=about)
