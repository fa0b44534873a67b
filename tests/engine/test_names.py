"""What people call their files can be shown anywhere and hides nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.engine import decoder, intake
from generation.engine.intake import safe_name
from generation.engine.types import BadInput


@pytest.mark.parametrize(
    ("called", "shown"),
    [
        ("me.jpg", "me.jpg"),
        ("Ürlaub in Łódź 2026 👩‍🎤.HEIC", "Ürlaub in Łódź 2026 👩🎤.HEIC"),
        ("写真.png", "写真.png"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\ivy\me.jpg", "me.jpg"),
        ("a/b\\..\\.htaccess", "htaccess"),
        ("photo\r\nSet-Cookie: x=1.jpg", "photo Set-Cookie_ x=1.jpg"),
        ('me".jpg; filename="x.exe', "me_.jpg; filename=_x.exe"),
        ("me\0.jpg\x1b[31m", "me.jpg[31m"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("\u2066\u200b\ufeffme\u2069.jpg", "me.jpg"),
        ("a\u2028b\u00a0 \t c.jpg", "a b c.jpg"),
        ("half \ud83d.jpg", "half .jpg"),
        *[(nothing, "Photo") for nothing in ("", ".", "..", "/", "  ", "\u202e", "folder/")],
    ],
)
def test_names_as_they_are_shown(called: str, shown: str) -> None:
    assert safe_name(called) == shown


def test_a_long_name_keeps_its_beginning_and_its_ending() -> None:
    name = safe_name("IMG_" + "x" * 300 + ".jpeg")
    assert len(name) == intake.LONGEST_NAME
    assert name.startswith("IMG_xxx")
    assert name.endswith("x…xxx.jpeg")


@given(st.text())
def test_no_name_holds_what_cannot_be_seen(called: str) -> None:
    name = safe_name(called)
    assert 0 < len(name) <= intake.LONGEST_NAME
    assert not set(name) & set('/\\"<>:|?*\r\n\0')
    assert not any(unicodedata.category(letter).startswith("C") for letter in name)
    assert safe_name(name) == name
    name.encode()


def test_a_refusal_shows_the_safe_name() -> None:
    with pytest.raises(BadInput, match=r"^passwd is empty; upload it again\.$"):
        decoder.decode(b"", "../../etc/passwd\u202e")
