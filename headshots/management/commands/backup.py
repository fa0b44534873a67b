"""Copy the database and list the pictures into FOLDER; copy the keys into KEYS, apart from other backups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from headshots import backup


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("keys", type=Path, help="copies of keys older than three days are deleted here")

    def handle(self, *args: Any, folder: Path, keys: Path, **options: Any) -> None:
        try:
            copy, kept = backup.take(folder, keys)
        except backup.Refused as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{copy} holds the database, {kept} the keys. MASTER_KEY is in neither.")
