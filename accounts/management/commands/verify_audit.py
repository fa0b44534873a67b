"""Hold the audit log against its seals; names the first line that was changed, deleted or inserted."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import chain


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--noted", default="", help="a digest printed earlier, which must still be there")

    def handle(self, *args: Any, **options: Any) -> None:
        found = chain.verify(options["noted"])
        if found.fault:
            raise CommandError(found.fault)
        self.stdout.write(f"{found.lines:,} lines fit their seals; {found.waiting} wait for theirs.")
        self.stdout.write(f"The last seal: {found.digest}")
