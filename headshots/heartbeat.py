"""A worker that takes shoots keeps a row as long as it lives, from which the metrics count workers."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import dramatiq
from django.db import close_old_connections
from django.utils import timezone

from generation import lab

from .models import Worker

log = logging.getLogger(__name__)
LANE = "studio"  # of shoots: each lane is a dramatiq worker of its own, and a process has one of this
PACE = 5.0  # seconds between two beats
ALIVE = timedelta(seconds=20)  # a worker that was not seen for this long is gone
KEPT = timedelta(hours=1)  # how far back the metrics look


class Heartbeat(dramatiq.Middleware):
    """Begins with the lane of shoots and ends with it."""

    def after_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        if _takes_shoots(worker):
            self.stop = threading.Event()
            self.beating = threading.Thread(target=loop, args=(self.stop,), daemon=True)
            self.beating.start()

    def after_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        if _takes_shoots(worker):
            self.stop.set()
            self.beating.join()


def _takes_shoots(worker: dramatiq.Worker) -> bool:
    return LANE in (worker.consumer_whitelist or ())


def loop(stop: threading.Event) -> None:
    """Beat until asked to stop; a beat that fails is logged and the next one tried."""
    me, stopped = Worker(samples=lab.samples()), False
    while not stopped:
        try:
            beat(me)
        except Exception:  # a worker that stops beating seems dead
            log.exception("heartbeat")
        finally:
            close_old_connections()
        stopped = stop.wait(PACE)


def beat(me: Worker) -> None:
    """Seen now; and whoever was not seen for as long as anybody asks is forgotten."""
    now = timezone.now()
    told = {"began": me.began, "seen_at": now, "samples": me.samples}
    Worker.objects.update_or_create(pk=me.pk, defaults=told)
    Worker.objects.filter(seen_at__lt=now - KEPT).delete()
