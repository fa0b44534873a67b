"""Names the people to tell: give ids or names of stolen files, or a text that holds them with --in FILE."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from accounts import audit
from generation import whose

ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("words", nargs="*")
        parser.add_argument("--in", dest="file", type=Path, help="a listing of a bucket or a log")

    def handle(self, *args: Any, **options: Any) -> None:
        text = " ".join(options["words"]) + (options["file"].read_text() if options["file"] else "")
        found = whose.people({UUID(one) for one in ID.findall(text)})
        for user in sorted(found, key=lambda user: user.email):
            audit.record(None, "person.looked_up", subject=user)
            self.stdout.write(user.email)
