"""What a shoot draws, in order: looks spread over directions, a seed for each headshot."""

from __future__ import annotations

from collections.abc import Sequence

from .types import BadInput, Look, Order


def orders_for(looks: Sequence[Look], count: int, seed: int = 0) -> list[Order]:
    """``count`` orders spread evenly over looks and over each look's directions, all seeds different.

    A longer list begins with the shorter one, so that more can be ordered later. Raises BadInput when
    there is no look or the count is below 1.
    """
    if not looks or count < 1:
        raise BadInput("A shoot needs at least one look and a count of at least 1.")
    orders = []
    for index in range(count):
        look, lap = looks[index % len(looks)], index // len(looks)
        # Each look begins elsewhere, so that even one picture a look shows several directions.
        direction = look.directions[(lap + index % len(looks)) % len(look.directions)]
        orders.append((look, direction, (seed * 1_000_003 + index) % 2**31))
    return orders
