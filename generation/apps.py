"""The Django application."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class GenerationConfig(AppConfig):
    name = "generation"

    def ready(self) -> None:
        post_migrate.connect(_seed_catalogue, sender=self)


def _seed_catalogue(**_: Any) -> None:
    """A deployment's new looks come with its migrations."""
    from . import catalogue

    catalogue.seed()
