"""What a company takes along: the released pictures as a ZIP, and the board as a table."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from zipstream import ZIP_STORED, ZipStream

from accounts.models import Company, Member

from . import boards, naming, vault
from .boards import State
from .engine.sizes import SIZES
from .models import Brand, Portrait

ROW = ("name", "email", "department__name", "until", "state", "released", "waits")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # with these a spreadsheet begins to calculate


def sizes(company: Company) -> dict[str, str]:
    """What the company's brands ask for, by key, the full picture first."""
    asked = {
        key for formats in Brand.objects.filter(company=company).values_list("formats") for key in formats[0]
    }
    return {"full": _("Full size"), **{key: size.name for key, size in SIZES.items() if key in asked}}


def kind(size: str) -> str:
    """The media type of a portrait's file."""
    if size in ("preview", "thumb"):
        return "image/webp"
    return "image/png" if size in SIZES and SIZES[size].round else "image/jpeg"


def pictures(found: QuerySet[Member], *, approved: bool) -> QuerySet[Portrait]:
    """The portraits of these members that the company has, in the order of names."""
    theirs = boards.standing().filter(member__in=found.order_by().values("pk"))
    if approved:
        theirs = theirs.filter(approved_at__isnull=False)
    return theirs.select_related("member__department").order_by(
        "member__name", "member__email", "place", "pk"
    )


def archive(portraits: QuerySet[Portrait], pattern: str, wanted: Sequence[str]) -> Iterator[bytes]:
    """A ZIP, made while it is sent: one picture in memory, and none that was taken back meanwhile."""
    zipped, taken = ZipStream(compress_type=ZIP_STORED), naming.Taken()
    for portrait in portraits.iterator(chunk_size=200):
        name = naming.file_name(pattern, naming.known_of(portrait.member, portrait.place))
        for size in wanted:
            try:
                data = vault.get(portrait.pk, "portraits", size)
            except (vault.Missing, vault.Gone):
                continue  # taken back, or its department's brand has no such size
            ending = ".png" if kind(size) == "image/png" else ".jpg"
            folder = f"{size}/" if len(wanted) > 1 else ""
            zipped.add(data, taken.free(folder + name, ending))
            yield from zipped.file()
    yield from zipped.finalize()


def table(company: Company, found: QuerySet[Member]) -> Iterator[str]:
    """The board as CSV, row by row, with the mark by which Excel knows UTF-8."""
    columns = [str(column) for column in company.columns]
    ours = (_("Name"), _("Email"), _("Department"), _("Due"), _("State"), _("Released"), _("Approved"))
    yield "\ufeff" + line([*ours, *columns])
    waits = boards.standing().filter(member=OuterRef("pk"), approved_at=None)
    told: Any = found.annotate(released=F("released_on"), waits=Exists(waits))
    for row in told.values(*ROW, "fields").iterator():
        yield line([*_ours(row), *(str(row["fields"].get(column, "")) for column in columns)])


def _ours(row: Mapping[str, Any]) -> list[str]:
    released = timezone.localdate(row["released"]) if row["released"] else None
    return [
        row["name"],
        row["email"],
        row["department__name"] or "",
        row["until"].isoformat() if row["until"] else "",
        str(State(row["state"]).label),
        released.isoformat() if released else "",
        _("yes") if released and not row["waits"] else "",
    ]


def line(cells: Sequence[str]) -> str:
    """One row, in which no cell is a formula."""
    written = StringIO()
    csv.writer(written).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return written.getvalue()
