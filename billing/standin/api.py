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
        if after := p.text("starting_after"):
            rows = rows[[row["id"] for row in rows].index(after) + 1 :]
        limit = p.whole("limit", 10, least=1)
        if limit > 100:
            raise ApiError("Invalid limit: must be at most 100", param="limit")
        return listed(path, rows[:limit], has_more=len(rows) > limit)

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


def answer(store: Store, method: str, path: str, form: str, headers: Message) -> tuple[int, Obj]:
    """Status, 0 to hang up instead, and body. Never raises."""
    with store.lock:
        fault, after = store.faults.pop(0) if store.faults else (None, False)
        try:
            if fault and not after:
                raise fault
            key = headers.get("Authorization", "").removeprefix("Bearer ")
            if not key.startswith(("sk_test_", "rk_test_")):
                raise ApiError(f"Invalid API Key provided: {key[:8]}***", 401)
            body = _once(store, method, path, form, headers.get("Idempotency-Key"))
            if fault:
                raise fault
            return 200, body
        except ApiError as refused:
            return refused.status, refused.body
        except Exception as bug:
            return 500, ApiError(f"A fault of the stand-in: {bug!r}", type="api_error").body


def _once(store: Store, method: str, path: str, form: str, key: str | None) -> Obj:
    if method == "GET" or not key:
        return _act(store, method, path, form)
    asked = [path, *sorted(f"{name}={value}" for name, value in parse_qsl(form))]
    if key not in store.answers:
        body = _act(store, method, path, form)
        store.answers[key] = {"asked": asked, "at": store.now(), "body": body}
    if store.answers[key]["asked"] != asked:
        message = "Keys for idempotent requests can only be used with the same parameters as the first time."
        raise ApiError(message, type="idempotency_error")
    return dict(store.answers[key]["body"])


def _act(store: Store, method: str, path: str, form: str) -> Obj:
    for verb, pattern, kind, takes, act in ROUTES:
        match = pattern.fullmatch(path)
        if match and verb == method:
            p = Params(decode(form))
            p.known(takes)
            rows = [store.need(kind, key) for key in match.groups()]
            return dict(visible(act(store, p, *rows) or rows[0], p.many("expand"), store.anything))
    raise ApiError(f"Unrecognized request URL ({method}: {path}).", 404)
