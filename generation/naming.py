"""Names of files from a pattern that a person typed and from what is known of a member."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from accounts.models import Member

from .engine.types import BadInput

OURS = ("name", "first_name", "last_name", "email", "department", "place")
DEFAULT = "{name}-{place}"
GAP = re.compile(r"\{([^{}]*)\}")
ENDING = re.compile(r"\.(jpe?g|png|webp)$", re.IGNORECASE)
UNSAFE = re.compile(r"[^\w.() -]+|\.{2,}")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # devices, on Windows
LONGEST = 180  # bytes: most file systems take 255, and a number and an ending follow


def check(pattern: str, columns: Iterable[str]) -> None:
    """Raises BadInput for a gap that nothing fills."""
    known = (*OURS, *(key(column) for column in columns))
    for gap in GAP.findall(pattern):
        if key(gap) not in known:
            offered = ", ".join(dict.fromkeys(f"{{{one}}}" for one in known))
            raise BadInput(
                _("There is no column {gap}. Use {offered}.").format(gap=f"{{{gap}}}", offered=offered)
            )


def key(column: str) -> str:
    """A column as a pattern names it: "Cost centre" is {cost_centre}."""
    return re.sub(r"[\s-]+", "_", column.strip().lower())


def known_of(member: Member, place: int) -> dict[str, str]:
    """What fills the gaps; the company's own columns go before what is guessed from the name."""
    first, _space, last = member.name.rpartition(" ")
    return {
        "name": member.name or member.email.partition("@")[0],
        "first_name": first or last,
        "last_name": last if first else "",
        "email": member.email,
        "department": member.department.name if member.department else "",
        "place": str(place),
        **{key(column): str(value) for column, value in member.fields.items()},
    }


def file_name(pattern: str, known: Mapping[str, str]) -> str:
    """One plain name without its ending; nothing in it can lead out of a folder."""
    filled = GAP.sub(lambda gap: known.get(key(gap[1]), ""), ENDING.sub("", pattern))
    plain = UNSAFE.sub("_", unicodedata.normalize("NFC", filled)).strip(" ._-")
    short = plain.encode()[:LONGEST].decode(errors="ignore").rstrip(" ._-") or "headshot"
    return f"_{short}" if RESERVED.fullmatch(short) else short


class Taken:
    """Names that are given out once each, also where capitals do not count."""

    def __init__(self) -> None:
        self.given: set[str] = set()
        self.last: dict[str, int] = {}

    def free(self, name: str, ending: str) -> str:
        """The name, or the name with the next number that is free."""
        free, stem = f"{name}{ending}", f"{name}{ending}".casefold()
        number = self.last.get(stem, 1)
        while free.casefold() in self.given:
            number += 1
            free = f"{name}-{number}{ending}"
        self.last[stem] = number
        self.given.add(free.casefold())
        return free
