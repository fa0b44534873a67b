"""Whether journal, credits and orders agree; a sentence for each place where they do not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing import proof


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if found := proof.faults():
            raise CommandError("\n".join(found))
        self.stdout.write("Journal, credits and orders agree.")
