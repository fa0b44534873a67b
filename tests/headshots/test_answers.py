"""Answers are counted by kind across the processes of a host, also those that went wrong."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest
from django.conf import LazySettings
from django.http import HttpRequest
from django.test import Client
from django.urls import path

from headshots import answers, serving
from headshots.urls import urlpatterns as ours


def fails(request: HttpRequest) -> NoReturn:
    raise RuntimeError("as planted")


urlpatterns = [*ours, path("fails/", fails)]


def test_answers_are_counted_by_kind(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = __name__
    client, before, seconds = Client(raise_request_exception=False), answers.counts(), answers.seconds()
    for address in ("/healthz", "/healthz", "/nothing-here", "/fails/"):
        client.get(address)
    counted = {kind: number - before[kind] for kind, number in answers.counts().items()}
    assert counted == {"1xx": 0, "2xx": 2, "3xx": 0, "4xx": 1, "5xx": 1}
    assert answers.seconds() > seconds


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_another_process_counts_in_the_same_memory() -> None:
    class Process:
        age = 7

    before = answers.counts()["2xx"]
    if not (child := os.fork()):
        try:
            serving.post_fork(None, Process())
            Client().get("/healthz")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert answers.counts()["2xx"] == before + 1


def test_the_monitor_reads_them(settings: LazySettings, db: None) -> None:
    settings.METRICS_TOKEN = "secret"
    page = Client().get("/metrics", headers={"authorization": "Bearer secret"}).content.decode()
    assert 'headshots_answers_total{kind="5xx"}' in page
    assert 'headshots_ready{part="storage"} 1.0' in page
