"""Staff's page of the queue: what waits and runs in each lane, who works, and what got stuck."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from generation import staffing
from generation.models import Shoot

from . import metrics
from .heartbeat import ALIVE
from .models import Worker

LANES = {"studio": _("Shoots"), "tries": _("Free tries"), "checks": _("Photo checks")}
LATELY = timedelta(days=7)
MOST = 20  # rows
NEEDS_STAFF = ("quarantined", "set_aside", "model", "photos")


@dataclass(frozen=True)
class Lane:
    """One row of the page."""

    name: Any
    waiting: int
    running: int
    oldest: timedelta


def page(request: HttpRequest, shown: dict[str, Any]) -> HttpResponse:
    now = timezone.now()
    known = {one.name: one.values for one in metrics.metrics(now)}
    shares = known.get("gpu_busy_ratio", ())
    told = {
        "lanes": _lanes(known),
        "share": round(100 * shares[0][1]) if shares else None,
        "workers": Worker.objects.filter(seen_at__gt=now - ALIVE).order_by("began"),
        "stuck": [(shoot, staffing.why(shoot)) for shoot in _stuck(now)],
        "now": now,
    }
    return TemplateResponse(request, "staff/queue.html", {**shown, **told})


def _lanes(known: dict[str, Any]) -> list[Lane]:
    def of(metric: str) -> dict[str, float]:
        return {labels["lane"]: value for labels, value in known[metric]}

    waiting, running, age = of("waiting"), of("running"), of("queue_age_seconds")
    return [
        Lane(name, int(waiting[lane]), int(running[lane]), timedelta(seconds=round(age[lane])))
        for lane, name in LANES.items()
    ]


def _stuck(now: datetime) -> list[Shoot]:
    """At work without progress since an earlier start; and what ended lately by no wish of its person."""
    at_work = Shoot.objects.working().filter(starts__gte=2)
    ended = Shoot.objects.filter(failure__in=NEEDS_STAFF, events__new="failed", events__at__gt=now - LATELY)
    newest = ended.exclude(status="purged").distinct().order_by("-submitted_at")
    return [*at_work.order_by("submitted_at")[:MOST], *newest[:MOST]]
