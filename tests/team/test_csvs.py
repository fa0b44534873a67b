"""Lists of people as spreadsheets and mail programs give them: understood, or refused with a sentence."""

from __future__ import annotations

import codecs
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import columns, csvs
from accounts.addresses import Person, pasted

LINES = "First name;Surname;E-Mail;Team;Due;Desk\r\nZoë;O'Neil;Zoe@Acme.example;Sales;31.03.2027;4\r\n"
ZOE = Person("zoe@acme.example", "Zoë O'Neil", "Sales", date(2027, 3, 31), {"Desk": "4"})


def read(data: bytes) -> list[tuple[int, Person | str]]:
    rows = csvs.rows(data)
    return list(columns.people(rows, columns.guess(rows)))


@pytest.mark.parametrize(
    "data",
    [
        LINES.encode(),
        codecs.BOM_UTF8 + LINES.encode(),
        LINES.encode("utf-16"),
        codecs.BOM_UTF16_BE + LINES.encode("utf-16-be"),
        LINES.encode("cp1252"),
        LINES.replace(";", ",").encode(),
        LINES.replace(";", "\t").encode(),
        b"sep=;\r\n" + LINES.encode(),
        LINES.replace("Zo\u00eb", '"Zo\u00eb"').replace("Team", '"Team,\n;;"', 1).encode() + b"\r\n;;;\r\n",
    ],
)
def test_what_spreadsheets_write_is_understood(data: bytes) -> None:
    rows = csvs.rows(data)
    mapping = columns.guess(rows) | {"3": columns.DEPARTMENT}
    assert list(columns.people(rows, mapping)) == [(2, ZOE)]


def test_quotes_commas_and_lines_stand_in_cells() -> None:
    found = read(b'name,email\n"Miller, ""Ann""\nB.",ann@acme.example\n')
    assert found == [(2, Person("ann@acme.example", 'Miller, "Ann" B.'))]


def test_a_file_may_begin_with_people() -> None:
    assert read(b"Ann,ann@acme.example\nBo,bo@acme.example\n") == [
        (1, Person("ann@acme.example")),
        (2, Person("bo@acme.example")),
    ]


def test_each_bad_row_says_what_is_wrong_with_it() -> None:
    long = "x" * 151
    text = f"""name,email,due
Ann,ann@acme.example,2027-03-31
Bo,bo at acme,
Ann again,ANN@acme.example,

Cy,,
Di,di@acme.example,3/4/2027
Ed,ed@acme.example,2027-02-30
Fy, Gy,fy@acme.example,
{long},gy@acme.example,"""
    people, problems = [], {}
    for number, found in read(text.encode()):
        if isinstance(found, Person):
            people.append(found.email)
        else:
            problems[number] = found
    assert people == ["ann@acme.example"]
    words = [
        "“bo at acme”",
        "row 2 already",
        "empty",
        "missing",
        "3/4/2027",
        "2027-02-30",
        "more cells",
        "150",
    ]
    assert list(problems) == list(range(3, 11))
    assert [word for word, said in zip(words, problems.values(), strict=True) if word not in said] == []


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"\n\n;;\n", "empty"),
        (b"email\n", "nobody"),
        (b"email\n" + b"a@acme.example\n" * 10_001, "10,000 rows"),
        (b"a," * 60 + b"\n", "50 columns"),
        (b"x" * (csvs.MOST_BYTES + 1), "10 MB"),
        (b"email\na@acme.example\x00\n", "not a text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a text file"),
        ("email\n".encode("utf-16-le"), "not a text file"),
        (b"PK\x03\x04 workbook", "Excel workbook"),
        (b'email\n"a@acme.example\n', "quotation mark"),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(data: bytes, word: str) -> None:
    with pytest.raises(csvs.BadFile, match=word):
        csvs.rows(data)


def test_ten_thousand_rows_are_not_too_many() -> None:
    assert len(csvs.rows(b"email\n" + b"a@acme.example\n" * 10_000)) == 10_001


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "ignore")))
def test_any_bytes_are_people_or_a_sentence(data: bytes) -> None:
    try:
        found = read(data)
    except csvs.BadFile as error:
        found = [(0, str(error))]
    assert found
    assert all(one if isinstance(one, str) else one.email for _number, one in found)


def test_columns_of_one_name_or_none_keep_apart() -> None:
    assert columns.names(["Desk", "", "Desk"]) == ["Desk", "Column 2", "Desk (3)"]


def test_addresses_are_found_however_they_are_pasted() -> None:
    people, problems = pasted(
        "ann@acme.example, BO@acme.example;cy@acme.example\n"
        'Miller, Di <di@acme.example>\n"Ed Berg" <ed@acme.example>, Fy <fy@acme.example>\n'
        "ann@acme.example mailto:gy@acme.example\nnobody, x@\nHy <hy>"
    )
    assert [one.email.partition("@")[0] for one in people] == ["ann", "bo", "cy", "di", "ed", "fy", "gy"]
    assert [one.name for one in people if one.name] == ["Miller, Di", "Ed Berg", "Fy"]
    assert ["“nobody”" in problems[0], "“x@”" in problems[1], "“hy”" in problems[2]] == [True] * 3
