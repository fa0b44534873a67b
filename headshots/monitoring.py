"""``/metrics`` in Prometheus's text format, for whoever holds the token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from hmac import compare_digest

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import answers, readiness
from .metrics import Metric, metrics

PREFIX = "headshots_"
FORMAT = "text/plain; version=0.0.4; charset=utf-8"


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """Not there for anybody else, nor where no token is set."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not compare_digest(given.encode(), expected.encode()):
        raise Http404
    return HttpResponse("".join(lines(everything(timezone.now()))), content_type=FORMAT)


def everything(now: datetime) -> list[Metric]:
    """What the database knows, and what this host does."""
    given = [({"kind": kind}, number) for kind, number in answers.counts().items()]
    there = [({"part": part}, float(not sentence)) for part, sentence in readiness.missing().items()]
    return [
        *metrics(now),
        Metric("answers_total", "Requests that this host answered.", given, "counter"),
        Metric("answer_seconds_total", "Seconds that they took.", [({}, answers.seconds())], "counter"),
        Metric("ready", "Whether what this host needs is there: 1, or 0.", there),
    ]


def lines(shown: Iterable[Metric]) -> Iterator[str]:
    """Prometheus's text format 0.0.4; values of labels are words of our own, with nothing to escape."""
    for one in shown:
        name = PREFIX + one.name
        yield f"# HELP {name} {one.help}\n# TYPE {name} {one.kind}\n"
        for labels, value in one.values:
            told = ",".join(f'{label}="{said}"' for label, said in labels.items())
            yield f"{name}{{{told}}} {value}\n" if told else f"{name} {value}\n"
