"""Signing up and in: with a password or a code, within limits, and nobody learns who has an account."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.templatetags.browser import browser
from tests import cast

CODE = re.compile(r"^[A-Z0-9]{4,}(-[A-Z0-9]+)*$", re.MULTILINE)
LONG = "a-long-enough-passphrase"


@pytest.fixture(autouse=True)
def _counters(db: None) -> None:
    cache.clear()


def code() -> str:
    found = CODE.search(mail.outbox[-1].body)
    assert found, mail.outbox[-1].body
    return found[0]


@pytest.mark.parametrize("password", [LONG, ""])
def test_sign_up_with_or_without_a_password(zoe: Client, password: str) -> None:
    answer = zoe.post("/account/signup/", {"email": "Zoe@Example.com", "password1": password})
    assert answer["Location"] == "/account/confirm-email/"
    zoe.post("/account/confirm-email/", {"code": code()})
    user = User.objects.get(email="zoe@example.com")
    assert user.has_usable_password() == bool(password)
    assert EmailAddress.objects.get(user=user).verified
    assert zoe.get("/account/").status_code == 200


def test_a_wrong_code_confirms_nothing(zoe: Client) -> None:
    zoe.post("/account/signup/", {"email": "zoe@example.com", "password1": LONG})
    zoe.post("/account/confirm-email/", {"code": "WRONG1"})
    assert not EmailAddress.objects.get(email="zoe@example.com").verified
    assert zoe.get("/account/").status_code == 302


def test_sign_in_with_password_and_with_code(ivy: User, zoe: Client) -> None:
    zoe.post("/account/login/", {"login": "IVY@example.com", "password": cast.PASSWORD})
    assert zoe.get("/account/").status_code == 200
    zoe.post("/account/logout/")
    assert zoe.get("/account/").status_code == 302
    zoe.post("/account/login/code/", {"email": ivy.email})
    zoe.post("/account/login/code/confirm/", {"code": code()})
    assert zoe.get("/account/").status_code == 200


def test_reset_the_password_by_code(ivy: User, zoe: Client) -> None:
    zoe.post("/account/password/reset/", {"email": ivy.email})
    zoe.post("/account/password/reset/confirm/", {"code": code()})
    zoe.post("/account/password/reset/complete/", {"password1": LONG, "password2": LONG})
    ivy.refresh_from_db()
    assert ivy.check_password(LONG)


def test_change_the_address(ivy: User, zoe: Client) -> None:
    zoe.post("/account/login/", {"login": ivy.email, "password": cast.PASSWORD})
    zoe.post("/account/reauthenticate/", {"password": cast.PASSWORD})
    zoe.post("/account/email/", {"email": "new@example.com", "action_add": ""})
    ivy.refresh_from_db()
    assert ivy.email == "ivy@example.com"  # until the new one is proven
    zoe.post("/account/confirm-email/", {"code": code()})
    ivy.refresh_from_db()
    assert ivy.email == "new@example.com"
    assert [one.to for one in mail.outbox][-1] == ["ivy@example.com"]  # the old address is told


def same(first: HttpResponse, second: HttpResponse, names: tuple[str, str]) -> None:
    """Status, place, headers and page are the same but for the typed address and tokens."""

    def told(answer: HttpResponse, name: str) -> tuple[object, ...]:
        page = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", answer.content)
        return answer.status_code, answer.get("Location"), page.replace(name.encode(), b"-")

    assert told(first, names[0]) == told(second, names[1])


@pytest.mark.parametrize(
    ("path", "after", "data"),
    [
        ("/account/signup/", "/account/confirm-email/", {"password1": LONG}),
        ("/account/login/code/", "/account/login/code/confirm/", {}),
        ("/account/password/reset/", "/account/password/reset/confirm/", {}),
    ],
)
def test_nobody_learns_who_has_an_account(ivy: User, path: str, after: str, data: dict[str, str]) -> None:
    names = (ivy.email, "eve@example.com")
    known, unknown = Client(), Client()
    same(*(one.post(path, {"email": n, **data}) for one, n in zip((known, unknown), names)), names)
    assert sorted(to for one in mail.outbox for to in one.to) == sorted(names)  # either way one mail
    same(known.get(after), unknown.get(after), names)
    same(*(one.post(after, {"code": "WRONG1"}) for one in (known, unknown)), names)
    same(*(one.post(after, {"action": "resend"}) for one in (known, unknown)), names)


def test_a_wrong_password_tells_nothing_either(ivy: User) -> None:
    names = (ivy.email, "eve@example.com")
    same(*(Client().post("/account/login/", {"login": n, "password": "x"}) for n in names), names)


def test_a_taken_address_tells_nothing_when_changing_to_it(ivy: User, sam: User) -> None:
    names = (sam.email, "eve@example.com")
    answers = []
    for name in names:
        client = Client()
        client.force_login(ivy)
        client.post("/account/reauthenticate/", {"password": cast.PASSWORD})
        answers.append(client.post("/account/email/", {"email": name, "action_add": ""}))
    same(*answers, names)


def test_guessing_is_stopped_for_the_account_even_from_many_addresses(ivy: User) -> None:
    for number in range(5):
        Client(REMOTE_ADDR=f"203.0.113.{number}").post(
            "/account/login/", {"login": ivy.email, "password": "guess"}
        )
    right = Client(REMOTE_ADDR="203.0.113.99").post(
        "/account/login/", {"login": ivy.email, "password": cast.PASSWORD}
    )
    assert b"Too many failed login attempts" in right.content


@pytest.mark.parametrize("forged", [False, True])
def test_the_limit_page_is_ours_and_forged_headers_do_not_help(forged: bool) -> None:
    client = Client()
    for number in range(21):
        more = {"HTTP_X_FORWARDED_FOR": f"203.0.113.{number}"} if forged else {}
        answer = client.post("/account/password/reset/", {"email": f"n{number}@example.com"}, **more)
    assert answer.status_code == 429
    assert b"A moment, please" in answer.content


def test_counters_survive_many_others(ivy: User) -> None:
    for _ in range(5):
        Client().post("/account/login/", {"login": ivy.email, "password": "guess"})
    for number in range(400):  # Django's default table holds 300
        cache.set(f"noise-{number}", 1)
    answer = Client().post("/account/login/", {"login": ivy.email, "password": cast.PASSWORD})
    assert b"Too many failed login attempts" in answer.content


def test_a_second_factor_is_asked_for_and_its_secret_is_sealed(ivy: User, zoe: Client) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(ivy, secret)
    assert secret not in str(Authenticator.objects.get(user=ivy).data)
    zoe.post("/account/login/", {"login": ivy.email, "password": cast.PASSWORD})
    assert zoe.get("/account/").status_code == 302
    right = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    zoe.post("/account/2fa/authenticate/", {"code": right})
    assert zoe.get("/account/").status_code == 200


def test_staff_signs_in_where_the_limits_are(zoe: Client) -> None:
    answer = zoe.get("/staff/login/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


def test_other_sessions_can_be_ended(ivy: User, zoe: Client) -> None:
    other = Client()
    for client in (zoe, other):
        client.post("/account/login/", {"login": ivy.email, "password": cast.PASSWORD})
        assert client.get("/account/").status_code == 200
    zoe.post("/account/sessions/")
    assert zoe.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302


@pytest.mark.parametrize(
    ("description", "told"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.5", "Unknown browser"),
    ],
)
def test_a_session_is_told_by_its_browser(description: str, told: str) -> None:
    assert browser(description) == told


def test_mails_are_framed_as_text_and_html(ivy: User, zoe: Client) -> None:
    zoe.post("/account/login/code/", {"email": ivy.email})
    message = mail.outbox[-1]
    assert message.subject == "Your sign-in code"
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    assert code() in html
    assert "typed in on our site" in message.body
