"""Hold a day of our books against Stripe's (the worker does yesterday's by itself)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from billing import gateway, reconciling


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="2026-11-22; yesterday when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["day"] or timezone.now().date() - timedelta(days=1)
        try:
            row = reconciling.reconcile(day)
        except (gateway.Unavailable, gateway.Refused) as error:
            raise CommandError(str(error)) from None
        for sentence in row.differences:
            self.stdout.write(sentence)
        self.stdout.write(f"{day}: {len(row.differences)} differences.")
