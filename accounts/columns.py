"""What the columns of a CSV mean, and the people that its rows then are: pure, and the same each time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from .addresses import BadAddress, Person, address

EMAIL, FIRST, LAST, NAME, DEPARTMENT, DUE, FIELD = USES = (
    "email",
    "first",
    "last",
    "name",
    "department",
    "due",
    "field",
)
KNOWN = {
    "email": EMAIL,
    "emailaddress": EMAIL,
    "mail": EMAIL,
    "workemail": EMAIL,
    "firstname": FIRST,
    "givenname": FIRST,
    "lastname": LAST,
    "surname": LAST,
    "familyname": LAST,
    "name": NAME,
    "fullname": NAME,
    "displayname": NAME,
    "department": DEPARTMENT,
    "team": DEPARTMENT,
    "due": DUE,
    "duedate": DUE,
    "deadline": DUE,
}
LONGEST = {NAME: 150, DEPARTMENT: 100, FIELD: 200}  # as the database has them
DAYS = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})"),
)
Rows = Sequence[Sequence[str]]


class BadRow(ValueError):
    """With a sentence."""


def names(header: Sequence[str]) -> list[str]:
    """What each column is called: as the file has it, once each, or by its number."""
    found: list[str] = []
    for number, cell in enumerate(header, start=1):
        name = cell[:60] or _("Column %(n)s") % {"n": number}
        found.append(f"{name} ({number})" if name in found else name)
    return found


def guess(rows: Rows) -> dict[str, str]:
    """Column number: use, by the columns' names; where none is called so, the first with an address."""
    found: dict[str, str] = {}
    for number, cell in enumerate(rows[0]):
        use = KNOWN.get(re.sub(r"[^a-z]", "", cell.casefold()), FIELD if cell else "")
        found[str(number)] = FIELD if use != FIELD and use in found.values() else use
    if EMAIL not in found.values():
        found |= next(({str(n): EMAIL} for n, cell in enumerate(rows[1]) if "@" in cell), {})
    return {number: use for number, use in found.items() if use}


def people(rows: Rows, mapping: Mapping[str, str]) -> Iterator[tuple[int, Person | str]]:
    """Each row's number in the spreadsheet, with the person or a sentence that says what is wrong."""
    called, first = names(rows[0]), 2 if any(rows[0]) else 1
    seen: dict[str, int] = {}
    for number, cells in enumerate(rows[1:], start=first):
        try:
            person = _person(cells, called, mapping)
            if before := seen.get(person.email):
                raise BadRow(
                    _("%(email)s stands in row %(n)s already.") % {"email": person.email, "n": before}
                )
        except (BadRow, BadAddress) as error:
            yield number, str(error)
        else:
            seen[person.email] = number
            yield number, person


def _person(cells: Sequence[str], called: Sequence[str], mapping: Mapping[str, str]) -> Person:
    if not any(cells):
        raise BadRow(_("The row is empty."))
    if len(cells) > len(called):
        raise BadRow(_("The row has more cells than the first row: is a comma not in quotation marks?"))
    said, fields = dict.fromkeys(USES, ""), dict[str, str]()
    for (number, use), cell in ((pair, _cell(cells, pair[0])) for pair in mapping.items()):
        _fits(called[int(number)], cell, LONGEST.get(use, 254))
        if use == FIELD:
            fields |= {called[int(number)]: cell} if cell else {}
        else:
            said[use] = cell
    name = said[NAME] or f"{said[FIRST]} {said[LAST]}".strip()
    _fits(_("The name"), name, LONGEST[NAME])
    return Person(address(said[EMAIL]), name, said[DEPARTMENT], _day(said[DUE]), fields)


def _cell(cells: Sequence[str], number: str) -> str:
    return cells[int(number)] if int(number) < len(cells) else ""


def _fits(what: str, cell: str, longest: int) -> None:
    if len(cell) > longest:
        raise BadRow(_("%(what)s is longer than %(n)s characters.") % {"what": what, "n": longest})


def _day(text: str) -> date | None:
    """A day that nobody reads in two ways: 3/4/2027 is refused."""
    if not text:
        return None
    try:
        found = next(match for pattern in DAYS if (match := pattern.fullmatch(text)))
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except (StopIteration, ValueError):
        raise BadRow(
            _("“%(text)s” is not a date that we understand. Write it like 2027-03-31.") % {"text": text[:40]}
        ) from None
