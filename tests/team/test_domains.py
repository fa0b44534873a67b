"""A domain is a company's once a real name server says so, and then nobody else's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from accounts import companies, domains
from accounts.models import Domain
from tests import cast

from .name_server import NameServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def names(settings: Settings) -> Iterator[NameServer]:
    with NameServer() as server:
        settings.DNS_SERVERS = [server.address]
        yield server


def claimed(owner: str = "hana", name: str = "acme.example") -> Domain:
    company = companies.create(cast.person(owner, password=None), owner)
    return domains.claim(company, name, by=None)


def test_the_record_proves_it(names: NameServer) -> None:
    domain = claimed()
    names.zone["acme.example"] = ["v=spf1 -all", domains.record(domain)]
    domains.verify(domain, by=None)
    domain.refresh_from_db()
    assert domain.verified_at
    del names.zone["acme.example"]
    domains.verify(domain, by=None)  # proven once is enough


@pytest.mark.parametrize(
    ("zone", "error", "words"),
    [
        ({}, domains.NoRecord, "no such record yet"),
        ({"acme.example": []}, domains.NoRecord, "no such record yet"),
        ({"acme.example": ["v=spf1 -all"]}, domains.NoRecord, "no such record yet"),
        ({"www.acme.example": ["TOKEN"]}, domains.NoRecord, "no such record yet"),
        ({"acme.example": ["headshots-verify=old"]}, domains.OtherRecord, "“headshots-verify=old”"),
    ],
)
def test_what_is_missing_is_said(
    names: NameServer, zone: dict[str, list[str]], error: type[Exception], words: str
) -> None:
    domain = claimed()
    names.zone = {
        name: [text.replace("TOKEN", domains.record(domain)) for text in texts]
        for name, texts in zone.items()
    }
    with pytest.raises(error, match=words):
        domains.verify(domain, by=None)
    domain.refresh_from_db()
    assert domain.verified_at is None


def test_silent_name_servers_are_no_ones_fault(names: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    names.broken = True
    monkeypatch.setattr(domains, "PATIENCE", 0.2)
    with pytest.raises(domains.Unreachable, match="did not answer"):
        domains.verify(claimed(), by=None)


def test_of_two_claims_the_first_proof_counts(names: NameServer) -> None:
    acme, globex = claimed("hana"), claimed("rita")
    names.zone["acme.example"] = [domains.record(acme), domains.record(globex)]
    domains.verify(globex, by=None)
    with pytest.raises(domains.Taken, match="Another company"):
        domains.verify(acme, by=None)
    assert Domain.objects.get(verified_at__isnull=False) == globex
    domains.drop(globex, by=None)
    domains.verify(acme, by=None)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" @Acme.Example. ", "acme.example"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("a.b.acme.co", "a.b.acme.co"),
    ],
)
def test_domains_are_kept_as_mail_knows_them(typed: str, name: str) -> None:
    assert domains.normal(typed) == name


@pytest.mark.parametrize(
    "typed",
    [
        "acme",
        "hana@acme.example",
        "https://acme.example",
        "127.0.0.1",
        "a..b.example",
        "x" * 64 + ".example",
        "acme.example/x",
        "",
    ],
)
def test_what_is_no_domain_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="follows the @"):
        domains.normal(typed)
