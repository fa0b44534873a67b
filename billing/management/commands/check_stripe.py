"""Whether the Stripe account is set up as this site needs it; ``--make`` makes missing prices."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing import gateway, stocking


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--make", action="store_true", help="make the prices that are missing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["make"]:
                for key in stocking.stock():
                    self.stdout.write(f"Made the price {key}.")
            found = stocking.shortcomings()
        except (gateway.Unavailable, gateway.Refused) as error:
            raise CommandError(str(error)) from None
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write("Prices, webhook, tax and portal are as this site needs them.")
