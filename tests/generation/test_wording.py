"""Every sentence of the engine that a page shows stands in the catalogue for translators."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from generation import intake, wording
from generation.engine import coverage, reasons
from generation.engine.types import BadInput

ENGLISH = {**reasons.REFUSALS, **reasons.ADVICE}
READERS = ("intake", "decoder", "credentials")  # the modules whose errors a visitor can meet


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language in which everything that is translated stands in guillemets."""
    monkeypatch.setattr(wording, "gettext", lambda words: f"«{words}»")


@pytest.mark.parametrize("code", [*ENGLISH, intake.FAILED_CHECK.code])
def test_every_reason_has_its_entry(code: str, marked: None) -> None:
    plain = {"least": 96, "other": "IMG_1.jpg", "next": coverage.sentence(coverage.CELLS[0])}
    if code in reasons.ADVICE:
        plain["next"] = _capital(code, str(plain["next"]))
    sentence = ENGLISH.get(code, intake.FAILED_CHECK.sentence).format(**plain)
    told = wording.reason({"code": code, "sentence": sentence})
    assert told.startswith("«")
    assert told.endswith("»")


def _capital(code: str, words: str) -> str:
    return words[0].upper() + words[1:] if code == "next_photo" else words


@pytest.mark.parametrize("cell", coverage.CELLS, ids=str)
def test_the_coachs_words_are_translated_each(cell: coverage.Cell, marked: None) -> None:
    for reason in (
        reasons.advice("few_angles", next=coverage.sentence(cell)),
        reasons.advice("next_photo", next=_capital("next_photo", coverage.sentence(cell))),
    ):
        told = wording.reason({"code": reason.code, "sentence": reason.sentence})
        assert told.count("«") == told.count("»") == 4  # the sentence, and turn, face and light in it


def test_without_a_translation_it_is_the_engines_english() -> None:
    for code in set(ENGLISH) - {"next_photo", "few_angles"}:
        sentence = ENGLISH[code].format(least=96, other="{a} % «b».jpg")
        assert wording.reason({"code": code, "sentence": sentence}) == sentence
    said = coverage.sentence(("front", "front", "smile"))
    for code in ("few_angles", "next_photo"):
        reason = reasons.advice(code, next=_capital(code, said))
        assert "looking straight at the camera, with a smile and even light" in wording.reason(
            {"code": code, "sentence": reason.sentence}
        )


def test_what_an_earlier_version_said_is_shown_as_it_was() -> None:
    for code in ("blurred", "a code of last year"):
        assert wording.reason({"code": code, "sentence": "Too blurry."}) == "Too blurry."
    assert wording.error(BadInput("Something new.")) == "Something new."


def test_every_error_of_the_readers_has_its_entry(root: Path, marked: None) -> None:
    said = {sentence for name in READERS for sentence in _errors(root, name)}
    said -= {"x cannot be read (x); check the path and its rights."}  # of the command line: a path's
    assert len(said) >= 12
    for sentence in said:
        told = wording.error(BadInput(sentence))
        assert told.startswith("«"), sentence


def _errors(root: Path, name: str) -> Iterator[str]:
    """Every sentence that the module can raise, with an x for what it puts in."""
    module = importlib.import_module(f"generation.engine.{name}")
    for node in ast.walk(ast.parse((root / f"generation/engine/{name}.py").read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "BadInput":
            (what,) = node.args
            if isinstance(what, ast.JoinedStr):
                yield "".join(_piece(module, piece) for piece in what.values)
            elif isinstance(what, ast.Constant):
                yield str(what.value)
            elif getattr(getattr(what, "func", None), "id", "") == "_too_many":
                yield module._too_many("x")


def _piece(module: object, piece: ast.expr) -> str:
    if isinstance(piece, ast.Constant):
        return str(piece.value)
    assert isinstance(piece, ast.FormattedValue)
    return str(getattr(module, getattr(piece.value, "id", ""), "x"))


def test_no_sentence_is_taken_for_another() -> None:
    """Patterns of different sentences do not overlap, but for what a file may be called."""
    for first, second in product(wording.ERRORS, wording.ERRORS):
        filled = re.sub(r"\{\w+\}", "me.jpg", first)
        assert (wording._heard(second, filled) is not None) is (first == second)
