"""Everything the stand-in remembers: Stripe's objects with all their keys, our notes in them behind a `_`."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from threading import RLock
from typing import Any

from billing.standin.forms import ApiError

API_VERSION = "2026-10-28.endive"
DAY = 86_400
Obj = dict[str, Any]
# Names of keys are facts, read from stripe/openapi (MIT); the values are what stands there at first.
SKELETONS: dict[str, Obj] = json.loads(Path(__file__).with_name("objects.json").read_text())


def new(kind: str, **given: Any) -> Obj:
    """An object of that kind with every key; a given hash goes over the one that stands there."""
    fresh = deepcopy(SKELETONS[kind])
    strange = [name for name in given if name not in fresh and not name.startswith("_")]
    if strange:
        raise KeyError(f"{kind} has no {strange}")
    if "id" in fresh:
        fresh["id"] += secrets.token_hex(12)
    for name, value in given.items():
        both = isinstance(value, dict) and isinstance(fresh.get(name), dict)
        fresh[name] = fresh[name] | value if both else value
    return fresh


def listed(url: str, rows: Sequence[Obj] = (), *, has_more: bool = False) -> Obj:
    """A list as Stripe sends one."""
    return {"object": "list", "url": url, "has_more": has_more, "data": [*rows]}


def visible(value: Any, wanted: Sequence[str] = (), find: Callable[[str], Any] = str) -> Any:
    """A deep copy without our notes; each path in `wanted` shows a note, or puts what is found for an id."""
    if isinstance(value, list):
        return [visible(item, wanted, find) for item in value]
    if not isinstance(value, dict):
        return value
    paths = [path.partition(".")[::2] for path in wanted]
    shown = {}
    for key, item in value.items():
        name = key.removeprefix("_")
        below = [rest for first, rest in paths if first == name]
        if below and isinstance(item, str):
            item = find(item)
        if below or name == key:
            shown[name] = visible(item, [rest for rest in below if rest], find)
    for first, _ in paths:
        if first not in shown:
            raise ApiError(f"This property cannot be expanded ({first}).", param="expand")
    return shown


class Store:
    """Objects by kind and id, answers by idempotency key, and a clock; in a JSON file when one is named."""

    def __init__(self, file: Path | None = None) -> None:
        self.lock = RLock()
        self.file = file
        self.base = ""
        self.tables: dict[str, dict[str, Obj]] = {}
        self.answers: dict[str, Obj] = {}
        self.skew = 0
        self.faults: list[tuple[ApiError, bool]] = []  # of calls to come, and whether these act first
        self.outbox: Callable[[Obj], None] = lambda event: None
        if file and file.exists():
            kept = json.loads(file.read_text())
            self.tables, self.answers, self.skew = kept["tables"], kept["answers"], kept["skew"]

    def now(self) -> int:
        """Seconds since 1970 by the stand-in's clock, which `advance` moves."""
        return int(time.time()) + self.skew

    def save(self) -> None:
        """Write the state beside its file and then over it: a reader never sees half of it."""
        if self.file:
            state = {"tables": self.tables, "answers": self.answers, "skew": self.skew}
            draft = self.file.with_suffix(".draft")
            draft.write_text(json.dumps(state))
            draft.replace(self.file)

    def add(self, kind: str, **given: Any) -> Obj:
        """A new object of that kind; `id` may be given."""
        fresh = new(kind, **given)
        if "created" in fresh:
            fresh["created"] = self.now()
        self.tables.setdefault(kind, {})[fresh["id"]] = fresh
        return fresh

    def rows(self, kind: str) -> list[Obj]:
        """All objects of a kind, oldest first."""
        return list(self.tables.get(kind, {}).values())

    def find(self, kind: str, key: str | None) -> Obj | None:
        """One object, deleted ones included."""
        return self.tables.get(kind, {}).get(key or "")

    def need(self, kind: str, key: str | None, param: str = "") -> Obj:
        """One object that is there; refused with 400 where a parameter named it, with 404 where the path."""
        found = self.find(kind, key)
        if found is None or (found.get("deleted") and param):
            message, code = f"No such {kind.rpartition('.')[2]}: '{key}'", "resource_missing"
            raise ApiError(message, 400 if param else 404, code=code, param=param or "id")
        return found

    def anything(self, key: str) -> Obj | str:
        """The object with that id, whatever it is; a text that is no id stays."""
        return next((table[key] for table in self.tables.values() if key in table), key)

    def emit(self, type: str, about: Obj) -> None:
        """Record an event about an object as it is now, and hand it to the courier."""
        self.outbox(self.add("event", api_version=API_VERSION, type=type, data={"object": visible(about)}))
