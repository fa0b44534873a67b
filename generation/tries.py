"""The free try: one selfie, no account."""

from __future__ import annotations

from .models import Headshot, Shoot


def ordered(shoot: Shoot) -> list[Headshot]:
    """The try's pictures, the most like the selfie first; all that show a face are shown."""
    made = sorted(shoot.headshots.all(), key=lambda one: (bool(one.faults), -(one.likeness or 0.0)))
    for place, one in enumerate(made, start=1):
        one.rank, one.shown, one.select = place, "no face" not in one.faults, True
    return made
