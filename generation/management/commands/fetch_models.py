"""Fetch the production models into a folder, resume what stopped, verify every file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.engine import hub
from generation.engine.production import PRODUCTION
from generation.engine.types import EngineError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", type=Path, nargs="?", help="where to; the folder that MODEL names if left out"
        )
        parser.add_argument(
            "--pin",
            action="store_true",
            help="take files of unknown sha256 as the hub sends them now, and hold every later one to it",
        )

    def handle(self, *args: Any, folder: Path | None, pin: bool, **options: Any) -> None:
        if folder is None and settings.MODEL == "understudy":
            raise CommandError(
                "Say where to: manage.py fetch_models FOLDER, and start the worker with MODEL=FOLDER."
            )
        into = folder or Path(settings.MODEL)
        for model in PRODUCTION:
            self.stdout.write(f"{model.hub_id}: {model.use}; {model.licence}")
        try:
            hub.fetch(into, pin=pin, say=self.stdout.write)
        except EngineError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"All models are in {into}; start the worker with MODEL={into}.")
