"""``/healthz`` says that the process lives, ``/readyz`` what is missing, in words and without secrets."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from headshots import readiness
from headshots.places import file_storage

UNREACHABLE = "s3://someone:sesame@127.0.0.1:9/pictures?insecure=1"


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    readiness.forget()
    yield
    readiness.forget()


def test_a_process_lives_without_asking_anything(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz", headers={"host": "10.0.0.7:8000"})  # a probe knows no name
    assert (answer.status_code, answer.content) == (200, b"alive\n")
    assert "Set-Cookie" not in answer


def test_everything_is_there(client: Client, db: None) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ready\n")
    assert "no-store" in answer["Cache-Control"]


def test_a_store_that_cannot_be_reached_is_named_without_its_password(
    client: Client, db: None, settings: LazySettings
) -> None:
    settings.STORAGES = {**settings.STORAGES, "keys": file_storage(UNREACHABLE)}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.content.decode().splitlines() == ["The key store of KEYS_URL cannot be reached."]


def test_a_folder_that_is_no_folder_is_missed(
    client: Client, db: None, settings: LazySettings, tmp_path: Path
) -> None:
    (tmp_path / "files").write_text("in the way")
    settings.STORAGES = {**settings.STORAGES, "default": file_storage(f"file://{tmp_path}/files/pictures")}
    assert "STORAGE_URL" in client.get("/readyz").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_is_not_applied_is_missed(client: Client) -> None:
    row = ("generation", "0001_initial")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", row)
    try:
        answer = client.get("/readyz")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, CURRENT_TIMESTAMP)", row
            )
    assert answer.status_code == 503
    assert answer.content.decode() == "Migrations are missing: run manage.py migrate.\n"


def test_an_answer_counts_for_some_seconds(client: Client, db: None, settings: LazySettings) -> None:
    assert client.get("/readyz").status_code == 200
    settings.STORAGES = {**settings.STORAGES, "keys": file_storage(UNREACHABLE)}
    assert client.get("/readyz").status_code == 200
    readiness.forget()
    assert client.get("/readyz").status_code == 503


def test_what_hangs_is_missing_and_is_not_asked_twice() -> None:
    asked, answer = list[int](), threading.Event()

    def hang() -> bool:
        asked.append(1)
        return answer.wait(30)

    part = readiness.Part(hang, "It hangs.")
    for _ in range(2):
        part.begin()
        assert part.end(time.monotonic() + 0.05) == "It hangs."
    assert len(asked) == 1
    answer.set()
    assert part.end(time.monotonic() + 5) == ""
