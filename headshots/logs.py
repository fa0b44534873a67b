"""The log: a line for people or a JSON object for programs, and in neither what could name a person.

The addresses, tokens and file names of people are recognised by their shape. Nothing recognises a name, so an
exception that is not ours loses its words in JSON (a database's may quote a whole row) and keeps its frames.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb
from types import MappingProxyType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OURS = ("accounts", "billing", "generation", "headshots")
MOST_FRAMES = 30
# What the thread is at: the request's or the task's id, and the rows that they are about.
about: ContextVar[Mapping[str, str]] = ContextVar("about", default=MappingProxyType({}))

_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_STRIPES = r"(?:ch|cs|cus|dp|evt|in|pi|price|prod|re|sub|txn)_\w+"  # ids of Stripe's; they open nothing
_HEX = "[0-9a-f]{1,4}"
_TYPE = r"(?:jpe?g|png|webp|hei[cf]|tiff?|gif|csv|zip|pdf)"
VEILED = (
    (re.compile(r"(Failing row contains |Key \([^)]*\)=)\(.*\)"), r"\1(…)"),  # PostgreSQL quotes rows
    (re.compile(r"[^\s<>()\"'=,;:]+@[\w-]+(?:\.[\w-]+)*"), "[address]"),
    (re.compile(rf"(?<!\w)(['\"])[^\n]*?\.{_TYPE}\1", re.I), "[file]"),
    (re.compile(rf"(?<![^\s'\"/=(])(?!{_UUID})[^\s'\"/=(]+\.{_TYPE}\b", re.I), "[file]"),
    (re.compile(r"\?[^\s'\"]+=[^\s'\"]*"), "?…"),  # query strings
    (re.compile(r"(?<![\w.])(?!127\.|0\.)(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)"), "[ip]"),
    (
        re.compile(rf"(?<![\w:])(?:(?:{_HEX}:){{7}}{_HEX}|{_HEX}(?::{_HEX})*::[0-9a-f:]*)(?![\w:])", re.I),
        "[ip]",
    ),
    (
        re.compile(rf"(?<![\w-])(?!{_UUID}\b|{_STRIPES})(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{{24,}}"),
        "[token]",
    ),
)


def veil(words: str) -> str:
    """The same without e-mail and network addresses, names of pictures and lists, queries and tokens."""
    for pattern, instead in VEILED:
        words = pattern.sub(instead, words)
    return words


def _said(record: logging.LogRecord) -> str:
    """The message. Of a request, its route stands for its path: paths hold tokens."""
    words, request = record.getMessage(), getattr(record, "request", None)
    if path := getattr(request, "path", ""):
        words = words.replace(path, _route(request) or "an address that is not there")
    return veil(words)


def _route(request: Any) -> str:
    match = getattr(request, "resolver_match", None)
    return str(match.view_name or match.route) if match else ""


class Line(logging.Formatter):
    """For people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler's, as it was
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = _said(record)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        return veil(super().formatException(ei))


class Json(logging.Formatter):
    """For programs: one object a line."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _said(record),
            **about.get(),
            **getattr(record, "told", {}),
        }
        if record.exc_info and record.exc_info[1]:
            told["error"] = _error(record.exc_info[1], set())
        return json.dumps(told, ensure_ascii=False)


def _error(error: BaseException, seen: set[int]) -> dict[str, Any]:
    """It and what it came after; Python lets errors follow each other in a circle."""
    seen.add(id(error))
    frames = [
        f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in extract_tb(error.__traceback__)[-MOST_FRAMES:]
    ]
    kind = type(error)
    told: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}", "frames": frames}
    if kind.__module__.partition(".")[0] in OURS:
        told["message"] = veil(str(error))
    cause = error.__cause__ or error.__context__
    if cause and id(cause) not in seen:
        told["after"] = _error(cause, seen)
    return told


def _short(file: str) -> str:
    """From the repository or the packages' folder on."""
    for folder in (str(ROOT), *sorted(sys.path, key=len, reverse=True)):
        if folder and file.startswith(f"{folder}/"):
            return file.removeprefix(f"{folder}/").partition("site-packages/")[2] or file[len(folder) + 1 :]
    return file


def formatter(kind: str) -> logging.Formatter:
    return Json() if kind == "json" else Line()
