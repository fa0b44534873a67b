"""The table of API calls: which function answers which path and which parameters it takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from billing.standin.errors import ApiError
from billing.standin.forms import Params
from billing.standin.store import Obj, Store, visible

Handler = Callable[..., Obj]
Where = Callable[[Obj, Params], bool]
PAGING = "limit starting_after ending_before"


@dataclass(frozen=True)
class Route:
    """One call."""

    method: str
    path: re.Pattern[str]
    takes: str
    act: Handler


ROUTES: list[Route] = []


def route(method: str, path: str, takes: str = "") -> Callable[[Handler], Handler]:
    """The function answers this path; each `{}` in it becomes an argument."""

    def register(act: Handler) -> Handler:
        pattern = re.compile(path.replace(".", r"\.").replace("{}", "([^/]+)"))
        ROUTES.append(Route(method, pattern, takes, act))
        return act

    return register


def reads(path: str, kind: str, filters: str = "", where: Where | None = None, judged: str = "") -> None:
    """Answer `GET path` and `GET path/{id}`; `where` judges the parameters named in `judged`."""

    def every(store: Store, p: Params) -> Obj:
        return listing(store.rows(kind), p, path, filters, where)

    def one(store: Store, p: Params, key: str) -> Obj:
        return store.need(kind, key)

    route("GET", path, f"{filters} {judged} {PAGING}")(every)
    route("GET", path + "/{}")(one)


def listing(rows: list[Obj], p: Params, url: str, filters: str = "", where: Where | None = None) -> Obj:
    """One page of rows, newest first; a filter is a field of the same name unless `where` judges it."""
    limit = p.whole("limit", least=1) or 10
    if limit > 100:
        raise ApiError("Invalid limit: must be at most 100", code="parameter_invalid_integer", param="limit")
    fields = [name for name in filters.split() if name in p and p.text_or_range(name)]
    kept = [row for row in reversed(rows) if not row.get("deleted")]
    kept = [row for row in kept if all(_matches(row, name, p) for name in fields)]
    kept = [row for row in kept if where is None or where(row, p)]
    kept.sort(key=lambda row: -int(row.get("created") or 0))
    places = {row["id"]: place for place, row in enumerate(kept)}
    first, last = 0, len(kept)
    for name in ("starting_after", "ending_before"):
        cursor = p.text(name)
        if cursor and cursor not in places:
            raise ApiError(f"No such object: '{cursor}'", code="resource_missing", param=name)
        if cursor and name == "starting_after":
            first = places[cursor] + 1
        elif cursor:
            last = places[cursor]
            first = max(0, last - limit)
    page = kept[first:last][:limit]
    more = first > 0 if p.text("ending_before") else last > first + limit
    return {"object": "list", "url": url, "has_more": more, "data": page}


def _matches(row: Obj, name: str, p: Params) -> bool:
    value = row[name]
    bounds = p.values[name]
    if isinstance(bounds, dict):
        part = p.part(name)
        tests = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}
        part.known(" ".join(tests))
        limits = {key: part.whole(key) for key in part.values}
        return all(limit is None or tests[key](int(value), limit) for key, limit in limits.items())
    if isinstance(value, bool):
        return value == p.flag(name)
    return str(value) == p.text(name)


def shown(store: Store, found: Obj, expand: list[str]) -> Obj:
    """What a caller sees: no notes of ours, and ids replaced by their objects where asked."""
    answer: Obj = visible(found)
    for path in expand:
        _expand(store, found, answer, path.split("."), path)
    return answer


def _expand(store: Store, raw: Any, answer: Any, path: list[str], whole: str) -> None:
    if not path or raw is None:
        return
    if isinstance(raw, list):
        for raw_item, item in zip(raw, answer):
            _expand(store, raw_item, item, path, whole)
        return
    name, *rest = path
    if f"_{name}" in raw:
        below = raw[f"_{name}"]
        answer.setdefault(name, visible(below))
    elif name in raw:
        below = raw[name]
        if isinstance(below, str):
            below = store.anything(below)
            if isinstance(answer[name], str):  # not yet, by another path
                answer[name] = visible(below)
    else:
        below = None
    if below is None and raw.get(name, "") is not None:
        raise ApiError(f"This property cannot be expanded ({whole}).", param="expand")
    _expand(store, below, answer[name], rest, whole)
