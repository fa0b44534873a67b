"""API calls from request to answer: the table of routes, lists, idempotency keys, planned faults."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from billing.standin.forms import ApiError, Params, decode
from billing.standin.store import Obj, Store, listed, visible

Act = Callable[..., Obj | None]
ROUTES: list[tuple[str, re.Pattern[str], str, str, Act]] = []  # method, path, kind, parameters, what acts
CONTROLS: dict[str, Callable[..., Any]] = {}  # what tests do that Stripe does not offer
BOUNDS = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


def route(method: str, path: str, takes: str = "") -> Callable[[Act], Act]:
    """The function answers this path and takes these parameters.

    A `{kind}` in the path becomes the object of that kind and is the answer unless the function has another.
    """
    before, _, rest = path.partition("{")
    kind, _, after = rest.partition("}")
    pattern = re.compile(f"{before}([^/]+){after}" if kind else before)

    def register(act: Act) -> Act:
        ROUTES.append((method, pattern, kind, f"{takes} expand", act))
        return act

    return register


def control(act: Callable[..., Any]) -> Callable[..., Any]:
    """The function answers `/_control/` and its name."""
    CONTROLS[act.__name__] = act
    return act


def reads(path: str, kind: str, filters: str = "") -> None:
    """Answer `GET path`, filtered by fields or notes of these names, and `GET path/{id}`."""

    @route("GET", path, f"{filters} limit starting_after")
    def every(store: Store, p: Params) -> Obj:
        rows = [row for row in reversed(store.rows(kind)) if not row.get("deleted")]
        for name in filter(p.values.get, filters.split()):
            rows = [row for row in rows if _matches(row, p, name)]
        return _page(rows, p, path)

    shows(path, kind)


def shows(path: str, kind: str) -> None:
    """Answer `GET path/{id}`."""
    route("GET", f"{path}/{{{kind}}}")(lambda store, p, row: row)


def _matches(row: Obj, p: Params, name: str) -> bool:
    """Whether a field has the value, lies within bounds, or is one of a list under the name's plural."""
    asked, part = p.values[name], p.part(name)
    if name.endswith("s") and isinstance(asked, dict):
        return row[name[:-1]] in p.many(name)
    value: Any = row.get(f"_{name}", row.get(name))
    if isinstance(asked, str):
        return asked == (value if isinstance(value, str) else json.dumps(value))
    part.known(" ".join(BOUNDS))
    return all(BOUNDS[sign](value, part.whole(sign)) for sign in asked)


def _page(rows: list[Obj], p: Params, url: str) -> Obj:
    limit, after = p.whole("limit", 10, least=1), p.text("starting_after")
    if limit > 100:
        raise ApiError("Invalid limit: must be at most 100", param="limit")
    if after:
        ids = [row["id"] for row in rows]
        if after not in ids:
            raise ApiError(f"No such object: '{after}'", code="resource_missing", param="starting_after")
        rows = rows[ids.index(after) + 1 :]
    return listed(url, rows[:limit], has_more=len(rows) > limit)


class Api:
    """The calls over a store, with the faults that a test has planned."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.faults: list[tuple[ApiError, bool]] = []  # and whether the call acts first

    def answer(self, method: str, path: str, form: str, headers: Message) -> tuple[int, Obj, bool]:
        """Status, 0 to hang up instead; body; whether it is an old answer sent again. Never raises."""
        with self.store.lock:
            fault, after = self.faults.pop(0) if self.faults else (None, False)
            try:
                if fault and not after:
                    raise fault
                key = headers.get("Authorization", "").removeprefix("Bearer ")
                if not key.startswith(("sk_test_", "rk_test_")):
                    raise ApiError(f"Invalid API Key provided: {key[:8]}***", 401)
                answer = self._once(method, path, form, headers.get("Idempotency-Key"))
                if fault:
                    raise fault
                return answer
            except ApiError as refused:
                return refused.status, refused.body, False
            except Exception as bug:
                return 500, ApiError(f"A fault of the stand-in: {bug!r}", type="api_error").body, False

    def _once(self, method: str, path: str, form: str, key: str | None) -> tuple[int, Obj, bool]:
        if method == "GET" or not key:
            return *self._act(method, path, form), False
        asked = [path, *sorted(f"{name}={value}" for name, value in parse_qsl(form))]
        if kept := self.store.answers.get(key):
            if kept["asked"] != asked:
                message = (
                    "Keys for idempotent requests can only be used with the same parameters they were first "
                    f"used with. Try using a key other than '{key}' for a different request."
                )
                raise ApiError(message, type="idempotency_error")
            return kept["status"], kept["body"], True
        status, body = self._act(method, path, form)
        self.store.answers[key] = {"asked": asked, "at": self.store.now(), "status": status, "body": body}
        return status, body, False

    def _act(self, method: str, path: str, form: str) -> tuple[int, Obj]:
        for verb, pattern, kind, takes, act in ROUTES:
            match = pattern.fullmatch(path)
            if match and verb == method:
                p = Params(decode(form))
                p.known(takes)
                rows = [self.store.need(kind, key) for key in match.groups()]
                result = act(self.store, p, *rows) or rows[0]
                return 200, visible(result, p.many("expand"), self.store.anything)
        raise ApiError(f"Unrecognized request URL ({method}: {path}).", 404)
