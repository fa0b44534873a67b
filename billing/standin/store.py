"""Everything the stand-in remembers, under one lock, with its own clock; in a JSON file when one is named."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import Any

from billing.standin.errors import missing
from billing.standin.keys import blank

API_VERSION = "2026-10-28.endive"
DAY = 86_400
Obj = dict[str, Any]


class Store:
    """Objects by kind and id, answers by idempotency key, and the clock."""

    def __init__(self, file: Path | None = None) -> None:
        self.lock = RLock()
        self.file = file
        self.base = ""
        self.tables: dict[str, dict[str, Obj]] = {}
        self.answers: dict[str, Obj] = {}
        self.skew = 0
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

    def add(self, kind: str, prefix: str, /, **values: Any) -> Obj:
        """A new object of that kind; `id` may be given."""
        key = values.pop("id", None) or f"{prefix}_{secrets.token_hex(12)}"
        fresh = blank(kind, key, **values)
        if "created" in fresh and fresh["created"] is None:
            fresh["created"] = self.now()
        self.tables.setdefault(kind, {})[key] = fresh
        return fresh

    def rows(self, kind: str) -> list[Obj]:
        """All objects of a kind, oldest first."""
        return list(self.tables.get(kind, {}).values())

    def find(self, kind: str, key: str | None) -> Obj | None:
        """One object, deleted ones included."""
        return self.tables.get(kind, {}).get(key or "")

    def need(self, kind: str, key: str | None, param: str | None = None) -> Obj:
        """One object that is there; `param` says which parameter named it."""
        found = self.find(kind, key)
        if found is None or (found.get("deleted") and param):
            raise missing(kind, key or "", param)
        return found

    def anything(self, key: str) -> Obj | None:
        """The object with that id, whatever it is."""
        return next((table[key] for table in self.tables.values() if key in table), None)

    def emit(self, type: str, about: Obj, *, before: Obj | None = None) -> Obj:
        """Record an event about an object as it is now, and hand it to the couriers."""
        data: Obj = {"object": visible(about)}
        if before:
            data["previous_attributes"] = before
        event = self.add(
            "event",
            "evt",
            api_version=API_VERSION,
            type=type,
            data=data,
            pending_webhooks=0,
            request={"id": None, "idempotency_key": None},
        )
        self.outbox(event)
        return event


def visible(value: Any) -> Any:
    """A deep copy without the stand-in's own notes."""
    if isinstance(value, dict):
        return {key: visible(item) for key, item in value.items() if not key.startswith("_")}
    if isinstance(value, list):
        return [visible(item) for item in value]
    return value
