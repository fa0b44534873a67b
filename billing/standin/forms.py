"""Read Stripe's bracketed forms (`line_items[0][price]=…`), with its error envelope for what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl


class ApiError(Exception):
    """An answer other than 200; `body` is what Stripe would send, `about` its code, param and the like."""

    def __init__(self, message: str, status: int = 400, **about: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"error": {"type": "invalid_request_error", "message": message, **about}}


def decode(text: str) -> dict[str, Any]:
    """A form or query as nested dictionaries; a list is a dictionary from its places."""
    root: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        node, (*path, last) = root, name.replace("]", "").split("[")
        for part in path:
            node = node.setdefault(part, {})
        node[last or str(len(node))] = value
    return root


class Params:
    """Parameters of one call, or of one nested part of it."""

    def __init__(self, values: dict[str, Any], within: str = "") -> None:
        self.values = values
        self.within = within

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def name(self, key: str) -> str:
        """How Stripe names this parameter in an error."""
        return f"{self.within}[{key}]" if self.within else key

    def text(self, key: str, allowed: str = "") -> str | None:
        """A string, one of the words in `allowed` if there are any; empty counts as not given."""
        value = self.values.get(key) or None
        if isinstance(value, dict) or (value and allowed and value not in allowed.split()):
            raise ApiError(f"Invalid {key}: must be {allowed or 'a string'}", param=self.name(key))
        return value

    def required(self, key: str, allowed: str = "") -> str:
        """A string that must be there."""
        value = self.text(key, allowed)
        if value is None:
            name = self.name(key)
            raise ApiError(f"Missing required param: {name}.", code="parameter_missing", param=name)
        return value

    def whole(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """An integer, at least `least`; it must be there unless it has a default."""
        value = self.required(key) if default is None else self.text(key) or str(default)
        if not re.fullmatch(r"-?\d+", value) or int(value) < least:
            raise ApiError(f"Invalid integer, at least {least}: {value}", param=self.name(key))
        return int(value)

    def flag(self, key: str) -> bool:
        """A boolean as Stripe's libraries write it; False where it is not given."""
        return self.text(key, "true false") == "true"

    def part(self, key: str) -> Params:
        """A nested hash, empty where it was not given."""
        value = self.values.get(key)
        return Params(value if isinstance(value, dict) else {}, self.name(key))

    def parts(self, key: str) -> Iterator[Params]:
        """A list of hashes, or a hash of them."""
        whole = self.part(key)
        return (whole.part(place) for place in whole.values)

    def many(self, key: str) -> list[str]:
        """A list of strings."""
        return [str(item) for item in self.part(key).values.values()]

    def plain(self, texts: str) -> dict[str, Any]:
        """Of these texts, `active` and metadata what was given."""
        taken: dict[str, Any] = {name: self.text(name) for name in texts.split() if name in self}
        if "active" in self:
            taken["active"] = self.flag("active")
        return {**taken, "metadata": self.part("metadata").values}

    def known(self, takes: str) -> None:
        """Refuse a name that the call does not take, as Stripe does."""
        for name in self.values:
            if name not in takes.split():
                raise ApiError(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
