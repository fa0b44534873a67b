"""What a monitor asks: how long work waits, what comes of it, how fast and how busy the workers are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.db.models import Count, Min, Q, Sum

from generation import estimates, tries
from generation.failures import SENTENCES
from generation.models import Kind, Photo, Shoot, ShootEvent, Status, Verdict

from . import lateness
from .heartbeat import ALIVE, KEPT
from .models import Worker

LANES = {Kind.SHOOT: "studio", Kind.TRY: "tries"}
CHECKS = "checks"
# Which steps use the GPU: by the status before and after them, the key of their seconds.
ON_GPU: Mapping[tuple[str, str], str] = {
    (Status.SUBMITTED, Status.TRAINED): "train",
    (Status.TRAINED, Status.GENERATED): "generate",
}
Labels = Mapping[str, str]


@dataclass(frozen=True)
class Metric:
    """One name and its values by labels; a counter only rises."""

    name: str
    help: str
    values: Sequence[tuple[Labels, float]]
    kind: Literal["gauge", "counter"] = "gauge"


def metrics(now: datetime) -> list[Metric]:
    """All of them, in fifteen queries however much there is."""
    workers = list(Worker.objects.filter(seen_at__gt=now - KEPT))
    work = (*_lanes(now), *_outcomes(), *_speed(workers), *_business(workers, now))
    return [*work, *_losses(), *_lateness(now)]


@dataclass(frozen=True)
class Lane:
    """What waits and runs in one queue of the worker."""

    waiting: int = 0
    running: int = 0
    oldest: datetime | None = None


def _lanes(now: datetime) -> Iterator[Metric]:
    lanes = _queues(now)
    waits = {
        name: (now - lane.oldest).total_seconds() if lane.oldest else 0.0 for name, lane in lanes.items()
    }
    yield Metric("queue_age_seconds", "Wait so far of the oldest that nobody works on.", _by("lane", waits))
    for what, words in (("waiting", "that nobody works on"), ("running", "that a worker is at")):
        counts = {name: getattr(lane, what) for name, lane in lanes.items()}
        yield Metric(what, f"Shoots, tries and photos to check {words}.", _by("lane", counts))


def _queues(now: datetime) -> dict[str, Lane]:
    """Whatever a worker is to do. Who is learned already goes before the queue, and has no age in it."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    counts = {"waiting": Count("pk", filter=free), "running": Count("pk", filter=Q(claimed_until__gte=now))}
    queued = Min("submitted_at", filter=free & Q(status=Status.SUBMITTED))
    shoots = Shoot.objects.working().values_list("kind").annotate(**counts, oldest=queued)
    photos = Photo.objects.filter(verdict=Verdict.WAITING)
    lanes = {name: Lane() for name in LANES.values()}
    lanes |= {LANES[Kind(kind)]: Lane(*counted) for kind, *counted in shoots}
    return lanes | {CHECKS: Lane(**photos.aggregate(**counts, oldest=Min("created", filter=free)))}


def _outcomes() -> Iterator[Metric]:
    """The events outlive the shoots' purge. A later round that failed leaves its shoot ready and says why."""
    ended = ShootEvent.objects.filter(new__in=(Status.READY, Status.FAILED))
    finished, failed = dict.fromkeys(LANES.values(), 0), dict.fromkeys(SENTENCES, 0)
    for old, note, number in ended.values_list("old", "note").annotate(Count("pk")):
        if note in failed:
            failed[note] += number
        else:  # by how it came, since an adopted try becomes a shoot
            finished[LANES[Kind.SHOOT if old == Status.GENERATED else Kind.TRY]] += number
    yield Metric(
        "finished_total", "Galleries that were opened, each round.", _by("lane", finished), "counter"
    )
    yield Metric("failed_total", "Rounds that ended without a gallery.", _by("reason", failed), "counter")


def _speed(workers: Iterable[Worker]) -> Iterator[Metric]:
    """Medians of the last shoots; nothing before the first one."""
    lately = estimates.lately()
    if not lately:
        return
    usual = estimates.of_timings([(shoot.timings, shoot.asked) for shoot in lately])
    seconds = {"train": usual.train, "frame": usual.frame, "rank": usual.rank}
    yield Metric(
        "step_seconds", "Median of learning a person, drawing a headshot, ranking.", _by("step", seconds)
    )
    rates = {"generate": 1 / usual.frame}
    if samples := [worker.samples for worker in workers]:
        rates["train"] = max(samples) / usual.train
    yield Metric(
        "samples_per_second",
        "Examples learned from, headshots drawn, for each second that a worker is at it.",
        _by("step", rates),
    )


def _business(workers: Sequence[Worker], now: datetime) -> Iterator[Metric]:
    live = [worker for worker in workers if worker.seen_at > now - ALIVE]
    yield Metric("workers", "Worker processes that were seen in the last 20 s.", [({}, len(live))])
    since = now - KEPT
    lived = sum((one.seen_at - max(one.began, since)).total_seconds() for one in workers)
    if lived:
        share = min(1.0, sum(_at_work(since)) / lived)
        words = "Share of the workers' time in the last hour that went into learning and drawing done by now."
        yield Metric("gpu_busy_ratio", words, [({}, share)])


def _at_work(since: datetime) -> Iterator[float]:
    """Seconds after ``since`` of each step on a GPU that ended then; one that was resumed has none."""
    ended = ShootEvent.objects.filter(at__gt=since, new__in=(Status.TRAINED, Status.GENERATED))
    for old, new, at, timings in ended.values_list("old", "new", "at", "shoot__timings"):
        took: float = timings.get(ON_GPU.get((old, new), ""), 0.0)
        yield min(took, (at - since).total_seconds())


def _losses() -> Iterator[Metric]:
    """Counted on the shoots' rows, which stay when their pictures go."""
    lost = Shoot.objects.aggregate(lost=Sum("lost"))["lost"] or 0
    words = "Leases of shoots and tries that ran out: their worker died or hung, and another went on."
    yield Metric("lease_expiries_total", words, [({}, lost)], "counter")
    used = tries.waiting() / settings.MOST_TRIES if settings.MOST_TRIES else 1.0
    yield Metric("tries_used_ratio", "Free tries that wait, of those that may wait at once.", [({}, used)])


def _lateness(now: datetime) -> Iterator[Metric]:
    sending = dict(lateness.outbox(now))
    yield Metric("outbox_age_seconds", "Wait of the oldest that is to go out.", _by("what", sending))
    stripe = lateness.stripe(now)
    yield Metric("webhook_age_seconds", "Wait of Stripe's oldest unserved event.", [({}, stripe.waiting)])
    words = "Seconds from the arrival of an event of Stripe's to the end of its work, the worst in an hour."
    yield Metric("webhook_lag_seconds", words, [({}, stripe.took)])
    orders, since = lateness.owed(now)
    yield Metric("money_owed", "Orders whose money is to go back.", [({}, orders)])
    yield Metric("money_owed_age_seconds", "Wait of the first of them.", [({}, since)])
    late = lateness.deletions(now)
    yield Metric("retention_lag_seconds", "How late the most overdue deletion is.", [({}, late)])


def _by(label: str, values: Mapping[str, float]) -> list[tuple[Labels, float]]:
    return [({label: name}, value) for name, value in values.items()]
