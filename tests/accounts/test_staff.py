"""Staff pages open with a second factor only, and show neither pictures nor their names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import staff
from accounts.models import User
from generation import retention
from generation.models import CatalogueLook, Letter, Photo, Shoot, Verdict
from tests import cast

STAFF = "/staff/"


@pytest.fixture(autouse=True)
def _counters(db: None) -> None:
    cache.clear()


@pytest.fixture
def by_password(sam: User) -> Client:
    client = Client()
    client.post("/account/login/", {"login": sam.email, "password": cast.PASSWORD})
    return client


@pytest.fixture
def proven(sam: User) -> Client:
    """sam's browser, signed in with password and authenticator app."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(sam, secret)
    client = Client()
    client.post("/account/login/", {"login": sam.email, "password": cast.PASSWORD})
    client.post("/account/2fa/authenticate/", {"code": _code(secret)})
    return client


def _code(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))


def test_a_password_alone_opens_nothing(by_password: Client) -> None:
    assert by_password.get(STAFF, follow=True).redirect_chain[-1][0] == reverse("mfa_index")
    assert by_password.get(reverse("admin:accounts_user_changelist")).status_code == 302


def test_who_set_up_a_factor_later_proves_it_once_more(by_password: Client, sam: User) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(sam, secret)
    address = by_password.get(STAFF, follow=True).redirect_chain[-1][0]
    assert address.startswith(reverse("mfa_reauthenticate"))
    assert by_password.post(address, {"code": _code(secret)})["Location"] == STAFF
    assert by_password.get(STAFF).status_code == 200


def test_with_both_it_is_open(proven: Client) -> None:
    assert proven.get(STAFF).status_code == 200


def test_a_silent_sweeper_is_seen_on_every_staff_page(proven: Client, signed_in: Client, ivy: User) -> None:
    shoot, pages = cast.ready(ivy), (STAFF, reverse("admin:generation_shoot_changelist"))
    Letter.objects.update(sent_at=timezone.now())
    assert all("worker running" not in proven.get(page).content.decode() for page in pages)
    Shoot.objects.filter(pk=shoot.pk).update(headshots_until=timezone.now() - timedelta(hours=3))
    cast.photo(cast.draft(ivy, photos=0), verdict=Verdict.WAITING)
    Photo.objects.update(created=timezone.now() - timedelta(minutes=11))
    for page in pages:
        shown = proven.get(page).content.decode()
        assert "1 shoot should have been deleted" in shown
        assert "1 photo has waited" in shown
    assert "waited" not in signed_in.get("/shoots/").content.decode()
    retention.sweep()
    Photo.objects.update(verdict=Verdict.ACCEPTED)
    Letter.objects.update(sent_at=timezone.now())
    assert all("worker running" not in proven.get(page).content.decode() for page in pages)


def test_for_others_it_is_not_there(signed_in: Client, zoe: Client) -> None:
    assert signed_in.get(STAFF, follow=True).status_code == 404
    assert zoe.get(STAFF, follow=True).redirect_chain[-1][0].startswith("/account/login/")


def test_a_shoot_is_shown_without_its_pictures_and_their_names(proven: Client, ivy: User) -> None:
    shoot = cast.ready(ivy)
    photo = cast.photo(cast.draft(ivy, photos=0), "holiday-with-anna.jpg")
    for of in (shoot, photo.shoot):
        page = proven.get(reverse("admin:generation_shoot_change", args=[of.pk])).content.decode()
        assert str(of.pk) in page
        assert "holiday" not in page
        assert "<img" not in page
        assert ivy.email not in page
        assert str(shoot.headshots.all()[0].pk) not in page
    assert "trained" in proven.get(reverse("admin:generation_shoot_change", args=[shoot.pk])).content.decode()
    models = {model.__name__ for model in staff.site._registry}
    assert models == {
        *(
            "User",
            "AuditEntry",
            "Company",
            "Shoot",
            "CatalogueLook",
            "Letter",
            "Takedown",
            "HelpRequest",
            "Flag",
        ),
        *("Order", "Entry", "Event", "Reconciliation"),
    }


@pytest.mark.parametrize("action", ["add", "delete", "change"])
def test_shoots_are_only_looked_at(proven: Client, ivy: User, action: str) -> None:
    shoot = cast.failed(ivy)
    args = [] if action == "add" else [shoot.pk]
    answer = proven.post(reverse(f"admin:generation_shoot_{action}", args=args), {"post": "yes"})
    assert answer.status_code == 403
    shoot.refresh_from_db()
    assert shoot.status == "failed"


def test_a_look_is_moved_in_the_list_and_a_person_locked_out(proven: Client, ivy: User) -> None:
    look = CatalogueLook.objects.get(slug="garden")
    proven.post(reverse("admin:generation_cataloguelook_change", args=[look.pk]), {"place": "3"})
    look.refresh_from_db()
    assert (look.offered, look.place) == (True, 3)  # what is offered changes by verbs alone
    proven.post(reverse("admin:accounts_user_change", args=[ivy.pk]), {})
    ivy.refresh_from_db()
    assert not ivy.is_active
    said = [entry.object_repr + entry.change_message for entry in LogEntry.objects.all()]
    assert len(said) == 2
    assert not any("ivy" in words.lower() for words in said)


def test_lists_open(proven: Client, ivy: User) -> None:
    cast.failed(ivy)
    Letter.objects.update(address="ivy@example.com")
    for name in ("accounts_user", "generation_shoot", "generation_cataloguelook", "generation_letter"):
        assert proven.get(reverse(f"admin:{name}_changelist")).status_code == 200
    letter = reverse("admin:generation_letter_change", args=[Letter.objects.get().pk])
    assert ivy.email not in proven.get(letter).content.decode()


def test_staff_without_rights_of_their_own_sees_no_rows(proven: Client, sam: User, ivy: User) -> None:
    User.objects.filter(pk=sam.pk).update(is_superuser=False)
    assert Authenticator.objects.filter(user=sam).exists()
    assert proven.get(reverse("admin:generation_shoot_changelist")).status_code == 403
