"""Look over this deployment: a line for each thing, and what to do; fails where something is wrong."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from headshots.doctor import CHECKS, examine


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()  # one of them failing is a finding among others

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", nargs="*", choices=[*CHECKS, []], help="only these; all when left out")

    def handle(self, *args: Any, what: list[str], **options: Any) -> None:
        wrong = 0
        for one in examine(tuple(what or CHECKS)):
            self.stdout.write(f"{one.state:<6} {one.what:<9} {one.said}")
            wrong += one.state == "wrong"
        if wrong:
            raise CommandError(f"{wrong} to be mended.")
