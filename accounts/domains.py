"""E-mail domains of a company: claimed by it, proven by a TXT record, and each one company's alone.

A proven domain decides who signs on through the company and who joins by its link.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from dns.exception import DNSException
from dns.nameserver import Do53Nameserver
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

from . import audit
from .models import Company, Domain, User

MARK = "headshots-verify="
PATIENCE = 5.0  # seconds that a page waits for name servers
DNS_PORT = 53


class NotProven(Exception):
    """The domain is not the company's yet; the message says what was found, and what to do."""


class NoRecord(NotProven):
    """Nothing at the domain says whose it is."""


class OtherRecord(NotProven):
    """The domain names somebody else, or an older claim."""


class Unreachable(NotProven):
    """No name server answered."""


class Taken(NotProven):
    """Another company has proven the domain."""


def normal(name: str) -> str:
    """A domain as it stands in addresses, in ASCII and lower case. Raises ValidationError with a sentence."""
    try:
        plain = name.strip().lower().removeprefix("@").rstrip(".").encode("idna").decode()
        DomainNameValidator(accept_idna=False)(plain)
    except (UnicodeError, ValidationError) as error:
        raise ValidationError(
            _("Enter what follows the @ in your email addresses, such as example.com.")
        ) from error
    return plain


def record(domain: Domain) -> str:
    """What the TXT record at the domain must say."""
    return f"{MARK}{domain.token}"


@transaction.atomic
def claim(company: Company, name: str, *, by: User | None) -> Domain:
    """A claim gives nothing yet: any number of companies may claim a domain, and one can prove it."""
    token = secrets.token_urlsafe(32)
    domain, added = Domain.objects.get_or_create(company=company, name=name, defaults={"token": token})
    if added:
        audit.note(company, by, "domain.added", name)
    return domain


def verify(domain: Domain, *, by: User | None) -> None:
    """Ask the name servers, then make the domain the company's. Raises NotProven, of the kind that fits.

    What is proven stays so until the company drops it.
    """
    if domain.verified_at:
        return
    found = texts(domain.name)
    if record(domain) not in found:
        raise _missing(domain, [text for text in found if text.startswith(MARK)])
    try:
        with transaction.atomic():
            proven = Domain.objects.filter(pk=domain.pk, verified_at=None).update(verified_at=timezone.now())
            if proven:
                audit.note(domain.company, by, "domain.verified", domain.name)
    except IntegrityError as error:
        raise Taken(
            _("Another company has proven %s already. If it is yours, ask whoever runs this site.") % domain
        ) from error


def _missing(domain: Domain, others: list[str]) -> NotProven:
    if others:
        words = _(
            "%(domain)s has a record of another claim, “%(found)s”. Put the one shown here in its place."
        )
        return OtherRecord(words % {"domain": domain, "found": others[0][:80]})
    return NoRecord(
        _("%s has no such record yet. A new record may take an hour to be seen; then check again.") % domain
    )


@transaction.atomic
def drop(domain: Domain, *, by: User | None) -> None:
    """The domain is nobody's again; who joined by it stays."""
    audit.note(domain.company, by, "domain.removed", domain.name)
    domain.delete()


def texts(name: str) -> list[str]:
    """The TXT records at a name. Raises Unreachable within ``PATIENCE`` seconds."""
    try:
        answer = _resolver().resolve(f"{name}.", "TXT", lifetime=PATIENCE)
    except (NXDOMAIN, NoAnswer):
        return []
    except DNSException as error:
        raise Unreachable(
            _("The name servers of %s did not answer. Nothing is wrong with your record; check again soon.")
            % name
        ) from error
    return [b"".join(one.strings).decode(errors="replace") for one in answer]


def _resolver() -> Resolver:
    """The system's own, or that of the settings."""
    resolver = Resolver(configure=not settings.DNS_SERVERS)
    if settings.DNS_SERVERS:
        resolver.nameservers = [_server(address) for address in settings.DNS_SERVERS]
    return resolver


def _server(address: str) -> Do53Nameserver:
    parts = urlsplit(f"//{address}")
    return Do53Nameserver(parts.hostname or "", parts.port or DNS_PORT)
