"""The message broker: Redis where there is one, otherwise inside the worker's own process."""

from __future__ import annotations

from typing import Any

import dramatiq
from django.conf import settings
from django.db import close_old_connections
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import AgeLimit, Retries, ShutdownNotifications, TimeLimit

from .heartbeat import Heartbeat
from .tracing import Traced


class DatabaseConnections(dramatiq.Middleware):
    """A worker's thread lives long: connections that the server closed are dropped around each message."""

    def before_process_message(self, broker: dramatiq.Broker, message: dramatiq.MessageProxy) -> None:
        close_old_connections()

    def after_process_message(
        self, broker: dramatiq.Broker, message: dramatiq.MessageProxy, **outcome: Any
    ) -> None:
        close_old_connections()


def middleware() -> list[dramatiq.Middleware]:
    return [
        AgeLimit(),
        TimeLimit(),
        ShutdownNotifications(),
        Retries(max_retries=1),
        DatabaseConnections(),
        Heartbeat(),
        Traced(),
    ]


if settings.REDIS_URL:
    # Our own leases bring work back; these only return a dead worker's messages within 15 s.
    broker: dramatiq.Broker = RedisBroker(  # type: ignore[no-untyped-call]
        url=settings.REDIS_URL,
        middleware=middleware(),
        heartbeat_timeout=15_000,
        maintenance_chance=1_000_000,
    )
else:
    broker = StubBroker(middleware=middleware())
dramatiq.set_broker(broker)
