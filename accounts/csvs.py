"""CSV files as spreadsheets write them: bytes in, rows of text out, without asking what the columns mean."""

from __future__ import annotations

import codecs
import csv
import io
import re

from django.utils.translation import gettext as _

MOST_BYTES = 10 * 1024 * 1024  # 10,000 people with 1 kB each
MOST_ROWS = 10_000
MOST_COLUMNS = 50
DELIMITERS = ",;\t"
EXCEL_SAYS = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)  # a line before the header
NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
QUOTED = re.compile(r'"[^"]*"')
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, .xls


class BadFile(ValueError):
    """With a sentence that says what to do."""


def rows(data: bytes) -> list[list[str]]:
    """Every row, blank ones too, so that numbers are those of the spreadsheet. Raises BadFile.

    The first row names the columns; where the file begins with people, it is a row of empty names.
    """
    if len(data) > MOST_BYTES:
        raise BadFile(_("The file is larger than 10 MB. Leave out columns, or split it into several files."))
    found = _split(_text(data))
    while found and not any(found[-1]):
        found.pop()
    if not found:
        raise BadFile(_("The file is empty. Save the list as CSV again and choose that file."))
    if any("@" in cell for cell in found[0]):
        found.insert(0, [""] * max(map(len, found)))
    if len(found) == 1:
        raise BadFile(_("The file has a row of column names and nobody below it."))
    if len(found) - 1 > MOST_ROWS:
        raise BadFile(_("The file has more than 10,000 rows. Split it into several files."))
    return found


def _text(data: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, otherwise UTF-8, otherwise what Excel writes on Windows."""
    if data.startswith(WORKBOOKS):
        raise BadFile(_("This is an Excel workbook. Save it as “CSV UTF-8” in Excel and choose that file."))
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not NOT_TEXT.search(text):
            return text
    raise BadFile(_("This is not a text file. Save the list as CSV (UTF-8) and choose that file."))


def _split(text: str) -> list[list[str]]:
    if said := EXCEL_SAYS.match(text):
        delimiter, text = said[1], text[said.end() :]
    else:
        delimiter = _delimiter(text)
    reader, found = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), []
    try:
        for row in reader:
            if len(row) > MOST_COLUMNS:
                raise BadFile(_("The file has more than 50 columns. Leave out those that are not needed."))
            found.append([" ".join(cell.split()) for cell in row])
            if len(found) > MOST_ROWS + 2:  # enough to know
                break
    except csv.Error:
        raise BadFile(
            _("Line %(n)s cannot be read: is a quotation mark not closed?") % {"n": reader.line_num}
        ) from None
    return found


def _delimiter(text: str) -> str:
    """What parts most cells of the first row."""
    first = QUOTED.sub("", text[:65_536].lstrip()).partition("\n")[0]
    return max(DELIMITERS, key=first.count)
