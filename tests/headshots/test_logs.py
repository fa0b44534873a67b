"""The log says what happened to which request, task and shoot, and nothing that names a person."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any, NoReturn
from uuid import uuid4

import dramatiq
import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.http import HttpRequest
from django.test import Client
from django.urls import path, reverse

from accounts.models import User
from generation import tasks
from generation.failures import Refused
from generation.models import Shoot
from headshots import logs, tracing
from headshots.urls import urlpatterns as ours
from tests import cast

ADDRESS, NAME, FILE, IP = "canary.bird@example.com", "Canária Bîrd", "Canária's passport.jpg", "203.0.113.77"
TOKEN = "4Jq8kfjJ39dkfjal29dkfjQz_-39dkfjalsk39dkfjs"
CANARIES = ("canary", "Canária", "Bîrd", "passport", IP, TOKEN)


def fails(request: HttpRequest, token: str) -> NoReturn:
    logging.getLogger("a.library").warning("%s wrote from %s", ADDRESS, IP)
    try:
        raise IntegrityError(f"DETAIL:  Failing row contains (7, {ADDRESS}, {NAME}).")
    except IntegrityError as error:
        raise Refused(f"Write to {ADDRESS} from {IP} about '{FILE}'.") from error


urlpatterns = [*ours, path("fails/<str:token>/", fails, name="fails")]


class Heard(logging.Handler):
    """Everything that is logged, in both forms."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.json, self.lines = list[dict[str, Any]](), list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        self.json.append(json.loads(logs.formatter("json").format(record)))
        self.lines.append(logs.formatter("").format(record))

    @property
    def everything(self) -> str:
        return json.dumps(self.json, ensure_ascii=False) + "\n".join(self.lines)


@pytest.fixture
def heard() -> Iterator[Heard]:
    handler, access = Heard(), logging.getLogger("headshots.access")
    logging.getLogger().addHandler(handler)
    access.setLevel("INFO")
    yield handler
    access.setLevel("WARNING")
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize(
    ("words", "veiled"),
    [
        ("to zoe.müller+x@mail.example.com: refused", "to [address]: refused"),
        ("'Zoe Müller.HEIC' and people.csv", "[file] and [file]"),
        ("/join/" + TOKEN + "/?next=/x", "/join/[token]/?…"),
        ("key sk_test_51H8s2eZvKYlo2C0abcdefgh", "key [token]"),
        ("from 203.0.113.77 and 2001:db8::17", "from [ip] and [ip]"),
        ("Key (email)=(zoe@example.com) already exists", "Key (email)=(…) already exists"),
        *(
            (kept, kept)
            for kept in (
                "shoot 5f0c9a3e-1b2c-4d5e-8f90-123456789abc: 5f0c9a3e-1b2c-4d5e-8f90-123456789abc.jpg",
                "event evt_1PqR8s2eZvKYlo2C0example12: no",
                "reconciliation of 2026-11-22 at 03:00:12",
                "Listening at: http://127.0.0.1:8000 (12)",
            )
        ),
    ],
)
def test_what_has_the_shape_of_a_persons_is_veiled(words: str, veiled: str) -> None:
    assert logs.veil(words) == veiled


def test_journeys_leave_nobody_in_the_log(heard: Heard, db: None, settings: LazySettings) -> None:
    settings.ROOT_URLCONF = __name__
    cache.clear()
    browser = Client(REMOTE_ADDR=IP, raise_request_exception=False, HTTP_USER_AGENT=NAME)
    browser.post("/account/signup/", {"email": ADDRESS, "password1": "a-long-enough-passphrase"})
    browser.post("/account/confirm-email/", {"code": "WRONG1"})
    for _ in range(8):  # until the limit says no
        browser.post("/account/login/", {"login": ADDRESS, "password": NAME})
    person = User.objects.get(email=ADDRESS)
    browser.force_login(person)
    draft = cast.draft(person)
    for data in (cast.picture(), b"%PDF-1.7 no picture"):
        photo = SimpleUploadedFile(FILE, data)
        address = reverse("generation:photos", kwargs={"shoot": draft.pk})
        browser.post(address, {"upload": str(uuid4()), "photo": photo})
    browser.post("/company/new/", {"name": NAME})
    people = SimpleUploadedFile(f"{NAME}.csv", f"Email,Name\n{ADDRESS},{NAME}\n".encode())
    company = cast.company(person)
    browser.post(reverse("invite:upload", kwargs={"company": company.pk}), {"file": people})
    for address in (f"/join/{TOKEN}/", f"/nothing/{TOKEN}/?email={ADDRESS}", f"/fails/{TOKEN}/?name={NAME}"):
        browser.get(address)
    assert {"generation:photos", "invite:upload", "fails"} <= {line.get("route") for line in heard.json}
    assert len(heard.json) > 15
    assert [canary for canary in CANARIES if canary.lower() in heard.everything.lower()] == []


def test_an_error_keeps_its_types_frames_and_our_own_words(heard: Heard, settings: LazySettings) -> None:
    settings.ROOT_URLCONF = __name__
    Client(raise_request_exception=False).get(f"/fails/{TOKEN}/")
    (line,) = (line for line in heard.json if line["level"] == "error")
    assert line["message"] == "Internal Server Error: fails"
    assert line["error"]["type"] == "generation.failures.Refused"
    assert line["error"]["message"] == "Write to [address] from [ip] about [file]."
    assert line["error"]["frames"][-1].startswith("tests/headshots/test_logs.py:")
    assert line["error"]["frames"][0].startswith("django/core/handlers/exception.py:")
    assert line["error"]["after"]["type"] == "django.db.utils.IntegrityError"
    assert "message" not in line["error"]["after"]


def test_every_line_of_a_request_has_its_number(heard: Heard, ivy: User, signed_in: Client) -> None:
    shoot, number = cast.draft(ivy), uuid4().hex
    address = reverse("generation:shoot", kwargs={"shoot": shoot.pk})
    answer = signed_in.get(address, headers={"x-request-id": number})
    assert answer["X-Request-ID"] == number
    line = heard.json[-1]
    assert (line["request"], line["route"], line["shoot"]) == (number, "generation:shoot", str(shoot.pk))
    assert (line["logger"], line["message"], line["level"]) == ("headshots.access", "GET 200", "info")
    signed_in.get(f"/nothing/{TOKEN}/", headers={"x-request-id": NAME.encode().hex() + "!"})
    answered, missed = heard.json[-2:]
    assert missed["message"] == "Not Found: an address that is not there"
    assert missed["request"] == answered["request"] != number
    assert len(answered["request"]) == 32


def test_a_tasks_lines_name_the_task_and_its_row(heard: Heard, ivy: User) -> None:
    shoot, broker = Shoot(id=uuid4()), dramatiq.get_broker()
    message: dramatiq.Message[None] = tasks.train_identity.message(str(shoot.pk))
    proxy, trace = dramatiq.MessageProxy(message), tracing.Traced()
    trace.before_process_message(broker, proxy)
    logging.getLogger("generation.tasks").warning("at it")
    trace.after_process_message(broker, proxy)
    logging.getLogger("generation.tasks").warning("idle")
    within, after = heard.json
    assert within["task"] == message.message_id
    assert (within["step"], within["shoot"]) == ("train_identity", str(shoot.pk))
    assert "task" not in after


def test_a_chain_of_errors_that_bite_each_other_ends() -> None:
    """Python allows it, and the log must not hang on it."""
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    record = logging.LogRecord("x", logging.ERROR, "", 0, "m", None, (ValueError, first, None))
    assert io.StringIO(logs.formatter("json").format(record)).read().count("builtins.ValueError") == 2
