"""A token is made after one more proof, shown once, kept as a hash, and revoked at once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import tokens
from accounts.models import ApiToken, User
from tests import cast

LIST, NEW = reverse("accounts:tokens"), reverse("accounts:new_token")


@pytest.fixture(autouse=True)
def _counters(db: None) -> None:
    cache.clear()


@pytest.fixture
def proven(signed_in: Client) -> Client:
    """ivy's browser, a moment after she gave her password once more."""
    signed_in.post(reverse("account_reauthenticate"), {"password": cast.PASSWORD})
    return signed_in


def test_a_session_alone_makes_none(signed_in: Client, ivy: User) -> None:
    for asked in (signed_in.get(NEW), signed_in.post(NEW, {"name": "mine"})):
        assert asked.status_code == 302
        assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert signed_in.post(asked["Location"], {"password": "wrong"}).status_code == 200
    assert not ApiToken.objects.exists()
    # With the proof, allauth goes on with what was asked for.
    done = signed_in.post(asked["Location"], {"password": cast.PASSWORD})
    assert tokens.PREFIX in done.content.decode()
    assert ApiToken.objects.get().name == "mine"


def test_the_proof_is_fresh_or_none(proven: Client) -> None:
    assert proven.get(NEW).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert proven.post(NEW, {"name": "late"}).status_code == 302
    assert not ApiToken.objects.exists()


def test_who_has_no_password_gets_a_code(zoe: Client) -> None:
    zoe.force_login(cast.person("emil", password=None))
    assert "Send the code" in zoe.post(NEW, {"name": "mine"}).content.decode()
    zoe.post(NEW, {"send": ""})
    [code] = [line for line in mail.outbox[0].body.splitlines() if line.isupper() or line.isdigit()]
    assert not ApiToken.objects.exists()
    assert zoe.post(NEW, {"code": code})["Location"] == NEW
    assert "What is it for?" in zoe.get(NEW).content.decode()
    zoe.post(NEW, {"name": "mine"})
    assert ApiToken.objects.get().name == "mine"


def test_it_is_shown_once_and_kept_as_a_hash(proven: Client) -> None:
    page = proven.post(NEW, {"name": "my <script>"}).content.decode()
    secret = page.split("<code>")[1].split("</code>")[0]
    for later in (proven.get(NEW), proven.get(LIST)):
        assert secret not in later.content.decode()
    assert "my &lt;script&gt;" in proven.get(LIST).content.decode()
    token = ApiToken.objects.get()
    assert secret not in json.dumps(ApiToken.objects.values().get(), default=str)
    assert tokens.find(secret) == token


def test_a_person_has_twenty_at_most(proven: Client, ivy: User) -> None:
    for number in range(tokens.MOST):
        tokens.make(ivy, str(number))
    assert "revoke one" in proven.post(NEW, {"name": "one more"}).content.decode()
    assert ivy.api_tokens.count() == tokens.MOST


def test_revoking_needs_no_proof(signed_in: Client, ivy: User) -> None:
    tokens.make(ivy, "lost")
    signed_in.post(reverse("accounts:revoke", args=[ApiToken.objects.get().pk]))
    assert not ApiToken.objects.exists()
