"""The wiring's own application: the broker is set before any task module is imported."""

from __future__ import annotations

from django.apps import AppConfig


class HeadshotsConfig(AppConfig):
    name = "headshots"

    def ready(self) -> None:
        from . import broker, checks  # noqa: F401  (dramatiq would fall back to RabbitMQ silently)
