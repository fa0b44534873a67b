"""The worker: thin and steady, with the engine in processes of its own beneath it."""

from __future__ import annotations

import signal
import threading
from typing import Any

import dramatiq
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from dramatiq import Worker

from billing import tasks as tasks_of_money
from generation import lab, stopping, sweeper, tasks  # noqa: F401  (declares the actors)
from generation.engine.types import EngineError

# Threads by queue. One shoot at a time for one engine; tries and checks have lanes of their own, and so has
# what waits for other people's machines.
LANES = {
    **{"studio": 1, "galleries": 1, "tries": 1, "checks": 1, "portraits": 1, "chores": 1},
    **{"post": 1, "hooks": 2, "money": 2},
}
GRACE = 20_000  # ms that running work has to save itself


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        settings.IN_WORKER = True
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        try:
            lab.card()
        except EngineError as error:
            raise CommandError(str(error)) from None
        self.check(tags=["worker"])
        broker = dramatiq.get_broker()
        workers = [Worker(broker, queues={queue}, worker_threads=threads) for queue, threads in LANES.items()]
        lab.checker().start()
        lab.resident().start()
        for worker in workers:
            worker.start()
        sweeping = threading.Thread(
            target=sweeper.loop, args=(stop, 1.0 if not settings.REDIS_URL else 5.0), daemon=True
        )
        sweeping.start()
        settling = threading.Thread(target=tasks_of_money.loop, args=(stop,), daemon=True)
        settling.start()
        self.stdout.write("The worker is ready.")
        stop.wait()
        self.stdout.write("Saving what is being worked on …")
        stopping.ask()
        for worker in workers:
            worker.stop(timeout=GRACE)
        lab.close()
