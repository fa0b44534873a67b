"""Wrap every key of the key store under the MASTER_KEY that was set since, web and workers stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import audit, keys


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("old", type=Path, help="a file with the key before; delete it then")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            old = options["old"].read_text().strip()
            wrapped = sum(keys.rewrap(name, old) for name in list(keys.names()))
        except (OSError, ImproperlyConfigured) as error:
            raise CommandError(f"{error} What was wrapped so far stays so; run this again.") from None
        audit.record(None, "keys.rotated", wrapped)
        self.stdout.write(f"{wrapped} keys are under the new master key.")
