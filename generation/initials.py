"""Who has released nothing stands as initials on the brand's backdrop."""

from __future__ import annotations

import re
from collections.abc import Mapping

from accounts.models import Company, Member

from . import brands
from .models import Brand

LIGHT, DARK = "ffffff", "17181a"
# Where white and black stand out equally from a colour: the root of (L + 0.05)² = 1.05 · 0.05, as WCAG 2
# measures contrast.
MIDDLE = 0.179


def backdrops(company: Company) -> Mapping[int | None, str]:
    """Each department's colour where it has a brand of its own; None: everybody else's."""
    return {
        None: brands.DEFAULT.backdrop,  # so that nobody sees when a brand is made for a page of a member's
        **dict(Brand.objects.filter(company=company).values_list("department", "backdrop")),
    }


def initials(member: Member) -> str:
    """Of the first word and the last one; of the address where no name is known."""
    words = re.findall(r"[^\W\d_]+", member.name or member.email.partition("@")[0])
    return "".join(word[0].upper()[0] for word in (*words[:1], *words[1:][-1:])) or "?"


def ink(backdrop: str) -> str:
    """White or nearly black, whichever is easier to read on the colour."""
    red, green, blue = (_linear(value / 255) for value in bytes.fromhex(backdrop))
    return DARK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > MIDDLE else LIGHT


def _linear(value: float) -> float:
    """An sRGB channel as light."""
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
