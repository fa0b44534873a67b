"""``/metrics`` opens to its token alone and says what a hand count of the rows says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dramatiq
import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from generation import retention, shoots, tries
from generation.models import Photo, Shoot, ShootEvent, Status, Verdict
from headshots import heartbeat
from headshots.metrics import metrics
from headshots.models import Worker
from tests import cast
from tests.world import World

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUERIES = 15
Said = dict[str, dict[str, float]]


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.fixture(autouse=True)
def still(db: None) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def said() -> Said:
    """By name, then by the label's value."""
    return {
        one.name: {"".join(labels.values()): value for labels, value in one.values} for one in metrics(NOW)
    }


def change(shoot: Shoot, **values: Any) -> None:
    Shoot.objects.filter(pk=shoot.pk).update(**values)


def ended(shoot: Shoot, status: str, at: datetime) -> None:
    ShootEvent.objects.filter(shoot=shoot, new=status).update(at=at)


@pytest.mark.parametrize(
    ("token", "sent", "status"),
    [
        ("", "", 404),
        ("", "Bearer ", 404),
        ("secret", "", 404),
        ("secret", "Bearer sécret", 404),
        ("secret", "Bearer secret", 200),
    ],
)
def test_only_the_token_opens_it(
    client: Client, settings: LazySettings, token: str, sent: str, status: int
) -> None:
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", headers={"authorization": sent}).status_code == status


def test_it_is_prometheus_text(client: Client, settings: LazySettings, ivy: User) -> None:
    settings.METRICS_TOKEN = "secret"
    change(cast.submitted(ivy), submitted_at=ago(seconds=90))
    answer = client.get("/metrics", headers={"authorization": "Bearer secret"})
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert "# TYPE headshots_queue_age_seconds gauge" in lines
    assert 'headshots_queue_age_seconds{lane="studio"} 90.0' in lines
    assert 'headshots_failed_total{reason="unusable"} 0' in lines
    assert "headshots_workers 0" in lines


def test_lanes_tell_how_long_the_oldest_waits(ivy: User) -> None:
    assert said()["queue_age_seconds"] == {"studio": 0.0, "tries": 0.0, "checks": 0.0}
    for seconds in (90, 30):
        change(cast.submitted(ivy), submitted_at=ago(seconds=seconds))
    change(cast.training(ivy), submitted_at=ago(hours=1))
    change(cast.training(ivy), submitted_at=ago(seconds=120), claimed_until=ago(seconds=1))  # its worker died
    change(cast.trained(ivy), submitted_at=ago(days=9))  # more looks: before the queue, not in it
    for seconds, until in ((12, None), (40, NOW + timedelta(seconds=5))):
        photo = cast.photo(cast.draft(ivy), verdict=Verdict.WAITING)
        Photo.objects.filter(pk=photo.pk).update(created=ago(seconds=seconds), claimed_until=until)
    assert said()["queue_age_seconds"] == {"studio": 120.0, "tries": 0.0, "checks": 12.0}
    assert said()["waiting"] == {"studio": 4, "tries": 0, "checks": 1}
    assert said()["running"] == {"studio": 1, "tries": 0, "checks": 1}


def test_what_came_of_shoots_is_counted_for_good(ivy: User) -> None:
    done = cast.ready(ivy, 1)
    cast.failed(ivy, "unusable")
    shoots.redo(done, "not_like_me")
    shoots.cancel(done)  # the gallery stays
    retention.purge(done)
    tries.adopt(World().of("try"), ivy, cast.release(ivy))  # a shoot now, it was finished as a try
    assert said()["finished_total"] == {"studio": 1, "tries": 1}
    failed = {reason: number for reason, number in said()["failed_total"].items() if number}
    assert failed == {"unusable": 1, "cancelled": 1}


def test_speed_is_the_median_of_the_last_shoots(ivy: User) -> None:
    assert "step_seconds" not in said()
    Worker.objects.create(samples=1024)
    for train in (60.0, 64.0, 900.0):
        change(cast.ready(ivy, 1), timings={"train": train, "generate": 20.0, "rank": 3.0}, asked=40)
    assert said()["step_seconds"] == {"train": 64.0, "frame": 0.5, "rank": 3.0}
    assert said()["samples_per_second"] == {"train": 16.0, "generate": 2.0}


def test_workers_are_busy_with_what_ended_in_the_last_hour(ivy: User) -> None:
    assert "gpu_busy_ratio" not in said()
    Worker.objects.create(began=ago(minutes=30), seen_at=NOW, samples=1)  # half an hour
    Worker.objects.create(began=ago(hours=3), seen_at=ago(minutes=30), samples=1)  # another half, now gone
    Worker.objects.create(began=ago(hours=3), seen_at=ago(hours=2), samples=1)
    recent, older = cast.ready(ivy, 1), cast.trained(ivy)
    change(recent, timings={"train": 600.0, "generate": 240.0, "rank": 50.0})
    ended(recent, Status.TRAINED, ago(minutes=10))
    ended(recent, Status.GENERATED, ago(minutes=5))
    change(older, timings={"train": 300.0})
    ended(older, Status.TRAINED, ago(minutes=59))  # one of its five minutes
    assert said()["workers"] == {"": 1}
    assert said()["gpu_busy_ratio"][""] == pytest.approx((600 + 240 + 60) / 3600)


def test_however_much_there_is_the_queries_are_the_same(
    ivy: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(2):
        cast.submitted(ivy)
        change(cast.ready(ivy, 1), timings={"train": 60.0, "generate": 20.0, "rank": 3.0})
        Worker.objects.create(samples=1, began=ago(minutes=1))
        with django_assert_num_queries(QUERIES):
            metrics(NOW)


def test_a_beat_keeps_one_row_and_forgets_who_died() -> None:
    Worker.objects.create(samples=1, seen_at=ago(hours=2))
    me = Worker(samples=8)
    for _ in range(2):
        heartbeat.beat(me)
    assert Worker.objects.get() == me


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("lane", "workers"), [("studio", 1), ("checks", 0)])
def test_a_worker_is_whoever_takes_shoots(lane: str, workers: int) -> None:
    worker = dramatiq.Worker(dramatiq.get_broker(), queues={lane}, worker_threads=1)
    worker.start()
    worker.stop()
    assert Worker.objects.count() == workers
