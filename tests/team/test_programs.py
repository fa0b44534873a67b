"""The page for programs: what is made there is shown once, after one more proof, and told to the log."""

from __future__ import annotations

import re
import time
from pathlib import Path

from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from accounts import company_tokens, keys
from accounts.models import AuditEntry, CompanyToken, Webhook
from tests import cast, docs_api

from .test_company_api import portrait
from .world import Team, browser

ONE = "http://localhost:9/"


def proven(team: Team, name: str = "hana") -> Client:
    """An admin's browser, a moment after one more proof."""
    client = browser(team.user(name))
    session = client.session
    session["proof"] = {"until": time.time() + 60}
    session.save()
    return client


def at(team: Team, name: str, *more: object) -> str:
    return reverse(f"program:{name}", args=[team.company.pk, *more])


def test_a_session_alone_makes_neither(team: Team) -> None:
    page = browser(team.user("hana"))
    for name, form in (
        ("new_token", {"name": "x", "scopes": ["members:read"]}),
        ("new_webhook", {"url": ONE}),
    ):
        assert b"email" in page.post(at(team, name), form).content
    assert not CompanyToken.objects.exists()
    assert not Webhook.objects.exists()


def test_a_token_is_shown_once_and_revoked_at_once(team: Team) -> None:
    page, address = proven(team), at(team, "new_token")
    assert b"Tick at least one" in page.post(address, {"name": "payroll"}).content
    assert not CompanyToken.objects.exists()
    made = page.post(address, {"name": "payroll", "scopes": ["members:read"]}).content.decode()
    [secret] = re.findall(r"hsc_[\w-]{43}", made)
    shown = page.get(at(team, "programs")).content.decode()
    assert "payroll" in shown
    assert "never used" in shown
    assert secret not in shown
    api = Client(headers={"authorization": f"Bearer {secret}"})
    assert api.get(reverse("company_api:company")).status_code == 200
    assert "last used" in page.get(at(team, "programs")).content.decode()
    token = CompanyToken.objects.get()
    assert secret not in str(vars(token))
    other = company_tokens.make(team.other, "theirs", ["members:read"], team.user("rita"))
    theirs = CompanyToken.objects.get(company=team.other)
    assert page.post(at(team, "revoke", theirs.pk)).status_code == 404
    assert company_tokens.find(other)
    page.post(at(team, "revoke", token.pk))
    assert api.get(reverse("company_api:company")).status_code == 401
    said = AuditEntry.objects.filter(company_id=team.company.pk).values_list("what", "actor_id")
    assert set(said) == {(f"token.{done}", team.user("hana").pk) for done in ("made", "revoked")}


def test_there_is_an_end_of_tokens_and_webhooks(team: Team) -> None:
    page, hana = proven(team), team.user("hana")
    for number in range(company_tokens.MOST):
        company_tokens.make(team.company, str(number), ["members:read"], hana)
        Webhook.objects.create(company=team.company, url=ONE, events=["member.left"])
    tokens = page.post(at(team, "new_token"), {"name": "more", "scopes": ["members:read"]})
    webhooks = page.post(at(team, "new_webhook"), {"url": ONE, "events": ["member.left"]})
    assert b"20 tokens at most" in tokens.content
    assert b"10 webhooks at most" in webhooks.content


def test_a_webhook_is_added_tested_paused_and_deleted(team: Team, settings: LazySettings) -> None:
    page, address = proven(team), at(team, "new_webhook")
    made = page.post(address, {"url": ONE, "events": ["member.left"]}).content.decode()
    [secret] = re.findall(r"whs_[\w-]{43}", made)
    webhook = Webhook.objects.get()
    assert keys.get(f"webhook/{webhook.pk}") == secret.encode()
    shown = at(team, "webhook", webhook.pk)
    assert b"Nothing sent yet" in page.get(shown).content
    page.post(at(team, "test", webhook.pk))
    assert (b"waiting" in page.get(shown).content, webhook.deliveries.get().event) == (True, "test")
    page.post(at(team, "pause", webhook.pk))
    assert b"Resume" in page.get(shown).content
    page.post(at(team, "resume", webhook.pk))
    assert b"Resume" not in page.get(shown).content
    page.post(at(team, "remove", webhook.pk))
    assert page.get(shown).status_code == 404
    settings.SITE_URL = "https://headshots.example"
    for url in ("http://localhost:9/", "https://10.0.0.1/"):
        answer = page.post(address, {"url": url, "events": ["member.left"]}, secure=True)
        assert b"private network" in answer.content or b"begins with https" in answer.content
    assert not Webhook.objects.exists()


def test_the_documentation_runs_as_it_stands_there(
    live_server: LiveServer, tmp_path: Path, settings: LazySettings
) -> None:
    settings.SITE_URL = live_server.url
    team = Team()
    released = portrait(team.member)
    token = company_tokens.make(team.company, "docs", company_tokens.SCOPES, team.user("hana"))
    said = docs_api.shell("company-api.md", tmp_path, 60, SITE=live_server.url, COMPANY_TOKEN=token)
    assert str(released.pk) in said
    assert (tmp_path / "headshot.jpg").read_bytes() == cast.picture()
    assert team.company.members.filter(email="nina@example.com", left_at__isnull=False).exists()
