"""Proof that the signed-in person is the one at the keyboard, before what cannot be undone.

Who has a password or a second factor gives it again (allauth's pages); who signs in by code gets a code.
"""

from __future__ import annotations

import time

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
    get_reauthentication_flows,
)
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

SESSION = "proof"
MINUTES = 15
MOST_GUESSES = 3


def by_mail(request: HttpRequest) -> bool:
    """Whether a mailed code is the only proof that this person can give."""
    return not get_reauthentication_flows(request.user)


def given(request: HttpRequest) -> bool:
    """Whether the person proved themself a moment ago."""
    if by_mail(request):
        return float(request.session.get(SESSION, {}).get("until", 0)) > time.time()
    return did_recently_reauthenticate(request)


def send_code(request: HttpRequest) -> None:
    """Mail a code; only a keyed hash of it is kept."""
    adapter = get_adapter()
    code = adapter.generate_login_code()
    request.session[SESSION] = {"code": _hash(code), "sent": time.time(), "guesses": 0}
    adapter.send_mail("account/email/proof_code", request.user.email, {"code": code, "user": request.user})


def sent(request: HttpRequest) -> bool:
    """Whether a code waits to be typed in."""
    state = request.session.get(SESSION, {})
    fresh = time.time() - state.get("sent", 0) < MINUTES * 60
    return "code" in state and fresh and state["guesses"] < MOST_GUESSES


def check(request: HttpRequest, code: str) -> bool:
    """Whether this is the code; after three wrong ones it is worth nothing."""
    if not sent(request):
        return False
    state = request.session[SESSION]
    right = constant_time_compare(state["code"], _hash(code))
    request.session[SESSION] = (
        {"until": time.time() + MINUTES * 60} if right else {**state, "guesses": state["guesses"] + 1}
    )
    return right


def _hash(code: str) -> str:
    letters = "".join(one for one in code.upper() if one.isalnum())
    return salted_hmac(SESSION, letters, algorithm="sha256").hexdigest()
