"""Signing on through a company, at real providers: who comes in, who does not, and into whose account."""

from __future__ import annotations

import base64
import re
import socket
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import calling
from accounts.models import Company, Domain, Member, Role, SingleSignOn, User
from accounts.sso import outside, providers
from accounts.sso.refusals import Refused
from tests import cast, idp
from tests.npm import needs_node

from .world import browser

pytestmark = [pytest.mark.django_db, needs_node]
ACME, GLOBEX = UUID(int=1), UUID(int=2)
HERE = "http://testserver"
HOST = {"host": "localhost"}  # allauth's SAML asks for the header, which Django's client does not send


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[idp.Idp]:
    back = [f"{HERE}/account/oidc/{company}/login/callback/" for company in (ACME, GLOBEX)]
    with idp.running(tmp_path_factory.mktemp("idp"), back) as running:
        yield running


def company(pk: UUID, name: str, domain: str) -> Company:
    made = Company.objects.create(pk=pk, name=name)
    Domain.objects.create(company=made, name=domain, token="t", verified_at=timezone.now())
    return made


@pytest.fixture
def acme(provider: idp.Idp) -> Company:
    """Its people sign on by OpenID Connect."""
    made = company(ACME, "Acme", "acme.example")
    by_oidc(made, provider)
    return made


@pytest.fixture
def acme_saml(provider: idp.Idp) -> Company:
    made = company(ACME, "Acme", "acme.example")
    providers.save_saml(made, metadata=provider.metadata(), by=None)
    SingleSignOn.objects.update(enabled=True)
    return made


def by_oidc(made: Company, provider: idp.Idp) -> None:
    providers.save_oidc(made, issuer=provider.url, client_id=idp.CLIENT, secret=idp.SECRET, by=None)
    SingleSignOn.objects.filter(pk=made.pk).update(enabled=True)


def person(email: str, **more: Any) -> User:
    user = User.objects.create_user(email, **more)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def leave(client: Client, at: str, address: str = "") -> str:
    """Where our page leads on to."""
    page = client.post(at, {"email": address}).content.decode()
    return re.findall(r'class="button" href="(http[^"]+)"', page)[0].replace("&amp;", "&")


def come(client: Client, provider: idp.Idp, address: str, *, asked: str = "", at: str = "/sso/") -> Any:
    """Through OpenID Connect; ``address`` is who they are there, ``asked`` what they gave us."""
    return client.get(provider.by_oidc(leave(client, at, asked or address), address))


def come_by_saml(client: Client, form: dict[str, str]) -> Any:
    acs = reverse("saml_acs", args=[ACME])
    return client.post(acs, form, follow=True)


def signed_in(client: Client) -> str:
    pk = client.session.get("_auth_user_id")
    return User.objects.get(pk=pk).email if pk else ""


def test_a_member_joins_by_openid_connect_and_comes_again(acme: Company, provider: idp.Idp) -> None:
    for _time in range(2):
        client = Client()
        answer = come(client, provider, "emil@acme.example", asked="Anybody@ACME.example")
        assert (answer.status_code, answer.url) == (302, reverse("generation:shoots"))
        assert signed_in(client) == "emil@acme.example"
    member = acme.members.get()
    assert (member.role, member.user.name, member.user.has_usable_password()) == ("member", "emil", False)
    assert EmailAddress.objects.get(user=member.user).verified
    assert SocialAccount.objects.get().extra_data == {}


def test_a_member_takes_the_place_that_waited_by_saml(acme_saml: Company, provider: idp.Idp) -> None:
    asked = cast.member(acme_saml, email="max@acme.example", role=Role.ADMIN)
    client = Client(headers=HOST)
    form = provider.by_saml(leave(client, "/sso/", "max@acme.example"), "max@acme.example")
    come_by_saml(client, form)
    assert signed_in(client) == "max@acme.example"
    asked.refresh_from_db()
    assert asked.user.email == "max@acme.example"
    assert asked.joined_at
    # The company's sign-on is its second factor.
    assert client.get(reverse("sso:settings", args=[ACME])).status_code == 200
    SingleSignOn.objects.update(enabled=False)
    assert client.get(reverse("sso:settings", args=[ACME])).status_code == 302


def test_an_answer_by_saml_counts_once_as_it_was_signed_where_it_was_asked_for(
    acme_saml: Company, provider: idp.Idp
) -> None:
    client, thief = Client(headers=HOST), Client(headers=HOST)
    form = provider.by_saml(leave(client, "/sso/", "emil@acme.example"), "emil@acme.example")
    answer = base64.b64decode(form["SAMLResponse"])
    changed = base64.b64encode(answer.replace(b"emil@", b"hana@")).decode()
    assert come_by_saml(client, {**form, "SAMLResponse": changed}).status_code == 403
    bare = re.sub(rb"<Signature.*</Signature>", b"", answer, flags=re.DOTALL)
    assert bare != answer
    unsigned = base64.b64encode(bare).decode()
    assert come_by_saml(client, {**form, "SAMLResponse": unsigned}).status_code == 403
    assert come_by_saml(thief, form).status_code == 403
    assert not User.objects.exists()
    assert come_by_saml(client, form).status_code == 200
    assert signed_in(client) == "emil@acme.example"
    client.logout()
    assert come_by_saml(client, form).status_code == 403


@pytest.mark.parametrize("address", ["emil@other.example", "emil@sub.acme.example", "unsure@acme.example"])
def test_a_provider_speaks_for_proven_addresses_of_its_own_domains(
    acme: Company, provider: idp.Idp, address: str
) -> None:
    client = Client()
    assert come(client, provider, address, asked="x@acme.example").status_code == 403
    assert not User.objects.exists()


def test_another_companys_provider_opens_nobody_of_acme(acme: Company, provider: idp.Idp) -> None:
    come(Client(), provider, "emil@acme.example")
    by_oidc(company(GLOBEX, "Globex", "globex.example"), provider)
    client = Client()
    answer = come(client, provider, "emil@acme.example", asked="x@globex.example")
    assert (answer.status_code, signed_in(client)) == (403, "")


def test_what_is_switched_off_or_unproven_or_closed_signs_nobody_on(acme: Company, provider: idp.Idp) -> None:
    client = Client()
    back = provider.by_oidc(leave(client, "/sso/", "emil@acme.example"), "emil@acme.example")
    SingleSignOn.objects.update(enabled=False)
    assert client.get(back).status_code == 403
    assert "No company" in client.post("/sso/", {"email": "emil@acme.example"}).content.decode()
    SingleSignOn.objects.update(enabled=True)
    Domain.objects.update(verified_at=None)
    assert providers.of_address("emil@acme.example") is None
    Domain.objects.update(verified_at=timezone.now())
    Company.objects.update(closed_at=timezone.now())
    assert providers.of_address("emil@acme.example") is None
    assert not User.objects.exists()


def test_an_account_that_was_there_opens_once_its_owner_came_through(
    acme: Company, provider: idp.Idp
) -> None:
    emil = person("emil@acme.example", password="of his own, 1")
    stranger = Client()
    answer = come(stranger, provider, "emil@acme.example")
    assert (answer.status_code, signed_in(stranger)) == (403, "")
    assert "Sign in once yourself" in answer.content.decode()
    assert not acme.members.exists()
    come(browser(emil), provider, "emil@acme.example")
    assert [one.to for one in mail.outbox] == [["emil@acme.example"]]
    client = Client()
    come(client, provider, "emil@acme.example")
    assert signed_in(client) == "emil@acme.example"


def test_what_somebody_began_under_the_address_and_never_proved_is_taken_over(
    acme: Company, provider: idp.Idp
) -> None:
    squatter = User.objects.create_user("emil@acme.example", "a squatter's, 1")
    EmailAddress.objects.create(user=squatter, email=squatter.email)
    client = Client()
    come(client, provider, "emil@acme.example")
    assert signed_in(client) == "emil@acme.example"
    assert not User.objects.get().has_usable_password()


def test_who_left_or_works_for_us_is_not_let_in(acme: Company, provider: idp.Idp) -> None:
    client = Client()
    come(client, provider, "max@acme.example")
    Member.objects.update(left_at=timezone.now())
    assert "You have left Acme" in come(Client(), provider, "max@acme.example").content.decode()
    sam = person("sam@acme.example", is_staff=True)
    assert come(browser(sam), provider, "sam@acme.example").status_code == 403
    assert SocialAccount.objects.get().user.email == "max@acme.example"


def test_an_admin_enters_tests_and_switches_on(provider: idp.Idp) -> None:
    made = company(ACME, "Acme", "acme.example")
    hana = person("hana@acme.example")
    cast.member(made, hana, role=Role.OWNER)
    client, page = browser(hana), reverse("sso:settings", args=[ACME])
    switch, test = reverse("sso:switch", args=[ACME]), reverse("sso:test", args=[ACME])
    wrong = client.post(
        page, {"kind": "oidc", "issuer": f"{provider.url}/x", "client_id": "c", "secret": "s"}
    )
    assert "Nothing useful answers" in wrong.content.decode()
    said = {"kind": "oidc", "issuer": provider.url, "client_id": idp.CLIENT, "secret": "another"}
    assert client.post(page, said).status_code == 302
    assert "invalid_client" in come(client, provider, "x@acme.example", at=test).content.decode()
    client.post(page, {**said, "secret": idp.SECRET})
    assert idp.SECRET not in SingleSignOn.objects.get().secret
    client.post(switch, {"on": ""})
    assert not SingleSignOn.objects.get().enabled
    come(client, provider, "x@other.example", at=test)
    assert "would not sign anybody in" in client.get(page).content.decode()
    come(client, provider, "x@acme.example", at=test)
    assert "The test passed" in client.get(page).content.decode()
    client.post(switch, {"on": ""})
    assert SingleSignOn.objects.get().enabled
    assert signed_in(client) == "hana@acme.example"
    assert not SocialAccount.objects.exists()


def test_links_end_with_what_vouched_for_them(acme: Company, provider: idp.Idp) -> None:
    come(Client(), provider, "emil@acme.example")
    by_oidc(acme, provider)  # the same issuer
    assert SocialAccount.objects.exists()
    providers.save_saml(acme, metadata=provider.metadata(), by=None)
    assert not SocialAccount.objects.exists()
    assert not SingleSignOn.objects.get().enabled


@pytest.mark.parametrize("metadata", ["no xml", "<a/>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_is_no_metadata_is_refused(metadata: str) -> None:
    with pytest.raises(Refused):
        providers.read(metadata)


def test_private_addresses_hear_nothing(settings: Any) -> None:
    settings.SITE_URL = "https://headshots.example"
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        with pytest.raises(Refused):
            outside.check_issuer(
                get_adapter().get_requests_session(), f"https://localhost:{server.getsockname()[1]}"
            )
        assert server.accept()[0].recv(10) == b""
    with pytest.raises(Refused):
        outside.check_issuer(get_adapter().get_requests_session(), "http://example.com")
    closed = ["10.0.0.1", "169.254.169.254", "::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "224.0.0.1"]
    assert not any(map(calling.public, closed))
    assert calling.public("8.8.8.8")
