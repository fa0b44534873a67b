"""A company's papers say how this installation is configured and what the company decided, and no secret."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from accounts.models import Company
from generation import papers
from headshots.places import file_storage

from .world import Team

pytestmark = pytest.mark.django_db
BUCKET = "s3://user:geheim@s3.example.net/pictures"


@pytest.fixture
def company() -> Company:
    return Company.objects.create(name="Acme", inputs_days=21, due=date(2026, 12, 24))


@pytest.mark.parametrize("name", papers.PAPERS)
def test_what_stands_alone(company: Company, name: str) -> None:
    body = papers.write(name, company).body
    for words in (
        "Acme",
        settings.OPERATOR,
        "21 days after the gallery is ready",
        "SQLite",
        "None: everything runs",
    ):
        assert words in body, words
    assert "\n\n\n" not in body


@pytest.mark.parametrize("name", papers.PAPERS)
def test_whoever_else_gets_something_is_named(company: Company, name: str, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": file_storage(BUCKET),
        "keys": file_storage("s3:///keys"),
    }
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = papers.SMTP, "mail.example.net"
    settings.EMAIL_HOST_PASSWORD = settings.STRIPE_SECRET_KEY = "geheim"
    settings.OPERATOR, settings.MODEL = "Ivy GmbH, Bern", "/models/sdxl-base"
    body = papers.write(name, company).body
    for words in ("s3.example.net", "s3.amazonaws.com", "mail.example.net", "Stripe", "Ivy GmbH, Bern"):
        assert words in body, words
    assert "geheim" not in body
    assert "/models" not in body
    assert ("sdxl-base" in body) == (name == "processing")


def test_the_version_follows_the_configuration_and_not_the_day(company: Company) -> None:
    first = papers.write("agreement", company)
    with time_machine.travel("2030-01-01"):
        later = papers.write("agreement", company)
    assert later.version == first.version
    assert "2030-01-01" in later.body
    company.inputs_days = 0
    second = papers.write("agreement", company)
    assert second.version != first.version
    assert "gone when the shoot is ready and its automatic redo is decided" in second.body


def test_page_and_file_say_the_same_and_a_name_is_only_a_name() -> None:
    team = Team()
    Company.objects.filter(pk=team.company.pk).update(name="<b>Acme</b>")
    client, to = team.browser("adam"), {"company": team.company.pk, "paper": "agreement"}
    page = client.get(reverse("board:paper", kwargs=to)).content.decode()
    assert "&lt;b&gt;Acme&lt;/b&gt; (the company, controller)" in page
    assert "<h3>10. How long</h3>" in page
    assert "## " not in page
    file = client.get(reverse("board:paper_file", kwargs=to))
    version = papers.write("agreement", Company.objects.get(pk=team.company.pk)).version
    assert f"agreement-{version}.md" in file["Content-Disposition"]
    assert file.content.decode().startswith("# Data-processing agreement\n")
    assert version in page
