"""Shoots per hour, cost per shoot and time for an order, by number of GPUs, from measured shoots."""

from __future__ import annotations

from argparse import ArgumentTypeError
from math import isfinite
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.packages import CURRENCIES
from generation import capacity
from generation.capacity import Capacity

ROW = "{:>4}  {:>11}  {:>14}  {:>17}  {}"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--gpus", type=count, nargs="+", default=[1, 2, 4], help="1 2 4 when left out")
        parser.add_argument("--order", type=count, default=10_000, help="shoots; 10000 when left out")
        parser.add_argument(
            "--price-per-gpu-hour", type=price, default=2.5, help="what you pay; 2.50 when left out"
        )
        parser.add_argument("--currency", choices=CURRENCIES, default="usd")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sources = capacity.sources()
        except capacity.Unmeasured as error:
            raise CommandError(str(error)) from None
        sign, order, gpu_hour = (
            CURRENCIES[options["currency"]],
            options["order"],
            options["price_per_gpu_hour"],
        )
        for known in sources:
            self.stdout.write(f"From {known.source}.")
            self.stdout.write(
                f"A gallery of {capacity.HEADSHOTS} takes a worker {known.seconds:.1f} s;"
                f" a GPU costs {sign}{gpu_hour:.2f} an hour.\n\n"
            )
            self.stdout.write(
                ROW.format("GPUs", "shoots/hour", "cost per shoot", f"{order:,} shoots", "scaling")
            )
            for gpus in options["gpus"]:
                has = capacity.capacity(known, gpus)
                cost, wait = f"{sign}{has.cost(gpu_hour):.4f}", clock(has.hours(order))
                self.stdout.write(ROW.format(gpus, f"{has.per_hour:.1f}", cost, wait, scaling(has)))
            self.stdout.write("")


def count(word: str) -> int:
    if not word.isdecimal() or not int(word):
        raise ArgumentTypeError(f"{word!r} is not a whole number from 1; say for example 4")
    return int(word)


def price(word: str) -> float:
    try:
        amount = float(word)
    except ValueError:
        amount = -1.0
    if amount < 0 or not isfinite(amount):
        raise ArgumentTypeError(f"{word!r} is not an amount of money; say for example 2.50")
    return amount


def clock(hours: float) -> str:
    whole, minutes = divmod(round(60 * hours), 60)
    return f"{whole:,} h {minutes:02} min"


def scaling(has: Capacity) -> str:
    return f"{'measured' if has.measured else 'assumed'} {100 * has.efficiency:.0f} %"
