"""Bring back the copy of a database, of the keys, or both; then erase again whatever was erased since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from headshots import backup


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("copy", type=Path, nargs="?", help="one copy's folder, into an empty database")
        parser.add_argument("--keys", type=Path, help="a copy of the keys; only where the key store was lost")

    def handle(self, *args: Any, copy: Path | None, keys: Path | None, **options: Any) -> None:
        if not (copy or keys):
            raise CommandError("Name what to restore: a copy's folder, --keys FILE, or both.")
        try:
            done = backup.restore(copy, keys)
        except backup.Refused as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{done.keys} keys came back; erased again: {dict(done.erased) or 'nothing'}.")
        for name in done.missing:
            self.stdout.write(f"missing: {name}")
        if done.missing or done.erased["left"]:
            back = done.erased["left"]
            raise CommandError(f"{len(done.missing)} pictures are missing; {back} who had left are back.")
