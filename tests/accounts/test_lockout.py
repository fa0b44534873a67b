"""In an incident everybody is signed out, keys change, and ids lead to the people to tell."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import keys, lockout, tokens
from accounts.models import ApiToken, AuditEntry, User
from generation import sweeper
from tests import cast
from tests.stores import Stores

SHOOTS = reverse("generation:shoots")


def signed_in(user: User) -> Client:
    browser = Client(headers={"user-agent": "a browser"}, REMOTE_ADDR="192.0.2.9")
    browser.post(reverse("account_login"), {"login": user.email, "password": cast.PASSWORD})
    assert browser.get(SHOOTS).status_code == 200
    return browser


def said(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_all_sessions_and_programs_end_on_the_next_request(ivy: User) -> None:
    browser, secret = signed_in(ivy), tokens.make(ivy, "phone")
    said("lock_out")
    assert browser.get(SHOOTS).status_code == 302
    program = Client(headers={"authorization": f"Bearer {secret}"})
    assert program.get(reverse("api:shoots")).status_code == 200  # programs were not asked for
    said("lock_out", programs=True)
    assert program.get(reverse("api:shoots")).status_code == 401
    assert AuditEntry.objects.filter(what="sessions.ended").count() == 2


@pytest.mark.django_db
def test_one_account_is_locked_out_alone(ivy: User) -> None:
    hers, anothers = signed_in(ivy), signed_in(cast.person("emil"))
    tokens.make(ivy, "phone")
    said("lock_out", "IVY@example.com")
    assert (hers.get(SHOOTS).status_code, anothers.get(SHOOTS).status_code) == (302, 200)
    assert not ApiToken.objects.exists()
    with pytest.raises(CommandError, match="Nobody"):
        call_command("lock_out", "nobody@example.com")


@pytest.mark.django_db(transaction=True)
def test_a_session_that_ended_by_itself_leaves_no_network_address(ivy: User) -> None:
    browser = signed_in(ivy)
    lockout.forget_expired()
    assert browser.get(SHOOTS).status_code == 200
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    signed_in(cast.person("emil"))
    sweeper.tidy()
    assert [one.user.email for one in UserSession.objects.all()] == ["emil@example.com"]
    assert Session.objects.count() == 1


def test_keys_come_under_a_new_master_key_and_the_old_one_opens_nothing(
    stores: Stores, settings: Any
) -> None:
    names, old = [f"shoot/{number}/inputs" for number in range(3)], settings.MASTER_KEY
    made = [keys.create(name) for name in names]
    keys.destroy(names[2])
    settings.MASTER_KEY = "n" * 48
    assert [keys.rewrap(name, old) for name in names] == [True, True, False]
    assert [keys.rewrap(name, old) for name in names] == [False] * 3  # again, after it broke off
    assert [keys.get(name) for name in names[:2]] == made[:2]
    with pytest.raises(keys.Gone):
        keys.get(names[2])
    settings.MASTER_KEY = old
    stored = dict(stores.keys.everything())
    assert len(stores.keys.everything()) == len(stored) == 3  # no older version is left to the old key
    with pytest.raises(ImproperlyConfigured, match="another MASTER_KEY"):
        keys.get(names[0])


@pytest.mark.django_db
def test_the_command_takes_the_old_key_from_a_file(stores: Stores, settings: Any, tmp_path: Path) -> None:
    made, file = keys.create("shoot/1/inputs"), tmp_path / "old"
    file.write_text(f"{settings.MASTER_KEY}\n")
    settings.MASTER_KEY = "n" * 48
    assert said("rotate_master_key", str(file)).startswith("1 key")
    assert keys.get("shoot/1/inputs") == made
    settings.MASTER_KEY = "m" * 48
    with pytest.raises(CommandError, match="neither"):
        call_command("rotate_master_key", str(tmp_path / "old"))


@pytest.mark.django_db
def test_stolen_names_lead_to_the_people_to_tell(ivy: User, tmp_path: Path) -> None:
    emil, hana, adam = (cast.person(name) for name in ("emil", "hana", "adam"))
    shoot, other = cast.ready(ivy, 1), cast.draft(emil)
    listing = tmp_path / "listing.txt"
    listing.write_text(f"2026 shoots/{shoot.pk}/headshots/x.full\n{other.photos.get().pk}.jpg 12 kB\n")
    assert said("whose", file=listing).split() == ["emil@example.com", "ivy@example.com"]
    headshot, portrait = shoot.headshots.get(), cast.portrait(cast.member(cast.company(hana), adam), {})
    assert said("whose", str(headshot.pk), f"{portrait.pk}.thumb").split() == [adam.email, ivy.email]
    assert said("whose", "shoots/nothing/here") == ""
    assert AuditEntry.objects.filter(what="person.looked_up", subject_id=ivy.pk).count() == 2
