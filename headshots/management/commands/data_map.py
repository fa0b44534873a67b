"""What is stored of people: says what the data map lacks, and with --write makes docs/data-map.md of it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from headshots import data_map


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="write docs/data-map.md")

    def handle(self, *args: Any, **options: Any) -> None:
        if found := data_map.faults():
            raise CommandError("\n".join(found))
        if options["write"]:
            data_map.PAGE.write_text(data_map.page(), encoding="utf-8")
            self.stdout.write(f"{data_map.PAGE} is written.")
            return
        if not data_map.PAGE.is_file() or data_map.PAGE.read_text(encoding="utf-8") != data_map.page():
            raise CommandError(f"{data_map.PAGE} is old; write it anew with: manage.py data_map --write")
        self.stdout.write("Every stored field has its entry.")
