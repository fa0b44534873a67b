"""Take over a gallery of ``make shoot`` as the one that the demo begins with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from generation import recorded


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("gallery", type=Path, help="the folder that make shoot wrote")

    def handle(self, *args: Any, gallery: Path, **options: Any) -> None:
        self.stdout.write(f"{recorded.keep(gallery)} headshots in {recorded.FOLDER}")
