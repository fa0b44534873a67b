"""Sign everybody out, or one account; with --programs every API token ends too."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import audit, lockout
from accounts.models import User


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", help="one account's address; without it, everybody's")
        parser.add_argument("--programs", action="store_true", help="API tokens of people and companies, too")

    def handle(self, *args: Any, **options: Any) -> None:
        email = (options["email"] or "").lower()
        if not email:
            ended = lockout.everybody(programs=options["programs"])
        else:
            user = User.objects.filter(email=email).first()
            if user is None:
                raise CommandError(f"Nobody has the address {email}.")
            ended = lockout.one(user)
        audit.record(None, "sessions.ended", ", ".join(f"{count} {what}" for what, count in ended.items()))
        self.stdout.write(", ".join(f"{count} {what} ended" for what, count in ended.items()) + ".")
