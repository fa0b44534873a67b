"""Email addresses as people type and paste them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

LINES = re.compile(r"[\n;]+")
PARTS = re.compile(r"[,\s]+")
NAMED = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<address>[^<>]*)>")


@dataclass(frozen=True)
class Person:
    """Somebody whom a company asks."""

    email: str  # lower case
    name: str = ""
    department: str = ""
    due: date | None = None
    fields: dict[str, str] = field(default_factory=dict)


class BadAddress(ValueError):
    """With a sentence that names it."""


def address(text: str) -> str:
    """The address in lower case. Raises BadAddress."""
    found = text.strip().removeprefix("mailto:").lower()
    try:
        validate_email(found)
    except ValidationError:
        raise BadAddress(
            _("“%(text)s” is not an email address.") % {"text": text[:80]}
            if found
            else _("The email address is missing.")
        ) from None
    if len(found) > 254:
        raise BadAddress(_("“%(text)s…” is longer than an email address may be.") % {"text": text[:40]})
    return found


def pasted(text: str) -> tuple[list[Person], list[str]]:
    """People by address, each once, and a sentence for everything that was not understood."""
    people: dict[str, Person] = {}
    problems = []
    for name, typed in _typed(text):
        try:
            email = address(typed)
        except BadAddress as error:
            problems.append(str(error))
        else:
            people.setdefault(email, Person(email, name[:150]))
    return list(people.values()), problems


def _typed(text: str) -> Iterator[tuple[str, str]]:
    """Names and what may be their addresses; a name may hold a comma when it has its line to itself."""
    for line in LINES.split(text):
        named = list(NAMED.finditer(line))
        for one in named:
            whole = one["name"] if len(named) == 1 else one["name"].lstrip(", ")
            yield " ".join(whole.replace('"', " ").split()), one["address"]
        rest = line[named[-1].end() :] if named else line
        yield from (("", part) for part in PARTS.split(rest) if part)
