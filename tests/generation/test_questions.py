"""A person's question reaches staff with its shoot, and is answered once, by mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from generation import alarms, export, questions
from generation.models import HelpRequest
from tests import cast
from tests.team.world import proven

pytestmark = pytest.mark.django_db
ASK = reverse("generation:ask")


@pytest.fixture(autouse=True)
def _counters(db: None) -> None:
    cache.clear()


def test_a_question_about_a_shoot_is_answered_once(signed_in: Client, ivy: User, sam: User) -> None:
    shoot, desk = cast.failed(ivy), proven(sam)
    assert f"{ASK}?shoot={shoot.pk}" in signed_in.get(f"/shoots/{shoot.pk}/").content.decode()
    signed_in.post(ASK, {"words": "Why did it stop?", "shoot": str(shoot.pk)})
    row = HelpRequest.objects.get()
    assert row.shoot == shoot
    assert "Help requests (1)" in desk.get(reverse("admin:index")).content.decode()
    page = desk.get(reverse("admin:generation_helprequest_change", args=[row.pk])).content.decode()
    assert "Why did it stop?" in page
    address = reverse("admin:generation_helprequest_act", args=[row.pk, "answer"])
    assert desk.post(address, {"text": "The photos were blurred."}).status_code == 302
    assert desk.post(address, {"text": "Again."}).status_code == 404
    assert "Help requests (" not in desk.get(reverse("admin:index")).content.decode()
    assert [letter.to for letter in mail.outbox] == [[ivy.email]]
    assert "The photos were blurred." in mail.outbox[0].body
    assert "The photos were blurred." in signed_in.get(ASK).content.decode()
    assert export.rows(ivy)["generation.HelpRequest"][0]["answer"] == "The photos were blurred."


def test_anothers_shoot_is_not_asked_about(signed_in: Client) -> None:
    foreign = cast.failed(cast.person("emil"))
    signed_in.post(ASK, {"words": "?", "shoot": str(foreign.pk)})
    signed_in.post(ASK, {"words": "?", "shoot": "x"})
    assert set(HelpRequest.objects.values_list("shoot", flat=True)) == {None}


def test_a_mail_that_cannot_be_sent_leaves_it_open(
    ivy: User, sam: User, settings: pytest.FixtureRequest
) -> None:
    row = questions.ask(ivy, "?", None)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_PORT = 1  # type: ignore[attr-defined]
    answer = proven(sam).post(
        reverse("admin:generation_helprequest_act", args=[row.pk, "answer"]), {"text": "Yes."}
    )
    assert "could not be sent" in answer.content.decode()
    row.refresh_from_db()
    assert (row.closed_at, row.answer) == (None, "")


def test_one_that_waits_a_day_raises_an_alarm_and_goes_after_half_a_year(ivy: User, sam: User) -> None:
    row, now = questions.ask(ivy, "?", None), timezone.now()
    assert not any("question" in said for said in alarms.alarms(now + timedelta(hours=23)))
    assert any("question" in said for said in alarms.alarms(now + timedelta(hours=25)))
    questions.answer(row, sam, "Yes.")
    questions.tidy(now + timedelta(days=179))
    assert HelpRequest.objects.exists()
    questions.tidy(now + timedelta(days=181))
    assert not HelpRequest.objects.exists()


def test_ten_an_hour(signed_in: Client) -> None:
    answers = [signed_in.post(ASK, {"words": "?"}).status_code for _each in range(11)]
    assert answers == [302] * 10 + [429]
