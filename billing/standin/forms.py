"""Read Stripe's bracketed forms (`line_items[0][price]=…`) with its messages for what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from billing.standin.errors import ApiError


def decode(text: str) -> dict[str, Any]:
    """A form or query as nested dictionaries and lists of strings."""
    root: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        head, *rest = re.split(r"\[", name.replace("]", ""))
        node, key = root, head
        for part in rest:
            child = node.setdefault(key, {})
            if not isinstance(child, dict):
                raise ApiError(f"Invalid form: {name}", param=head)
            node, key = child, part or str(len(child))
        node[key] = value
    return {key: _lists(value) for key, value in root.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_lists(item) for _, item in sorted(value.items(), key=lambda pair: int(pair[0]))]
    return {key: _lists(item) for key, item in value.items()}


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

    def text(self, key: str) -> str | None:
        """A string; empty counts as not given."""
        value = self.values.get(key)
        if isinstance(value, (dict, list)):
            raise ApiError("Invalid string", code="parameter_invalid_string", param=self.name(key))
        return value or None

    def required(self, key: str) -> str:
        """A string that must be there."""
        value = self.text(key)
        if value is None:
            name = self.name(key)
            raise ApiError(f"Missing required param: {name}.", code="parameter_missing", param=name)
        return value

    def choice(self, key: str, allowed: str, default: str | None = None) -> str:
        """One of the words in `allowed`."""
        value = self.text(key) or default or self.required(key)
        if value not in allowed.split():
            raise ApiError(
                f"Invalid {key}: must be one of {', '.join(allowed.split())}", param=self.name(key)
            )
        return value

    def whole(self, key: str, *, least: int | None = None) -> int | None:
        """An integer, at least `least`."""
        value = self.text(key)
        if value is None:
            return None
        if not re.fullmatch(r"-?\d+", value) or (least is not None and int(value) < least):
            kind = "parameter_invalid_integer"
            wanted = "integer" if least is None else f"integer, at least {least}"
            raise ApiError(f"Invalid {wanted}: {value}", code=kind, param=self.name(key))
        return int(value)

    def flag(self, key: str, default: bool = False) -> bool:
        """A boolean as Stripe's libraries write it."""
        value = self.text(key)
        if value not in {None, "true", "false"}:
            raise ApiError(f"Invalid boolean: {value}", param=self.name(key))
        return default if value is None else value == "true"

    def part(self, key: str) -> Params:
        """A nested hash, empty where it was not given."""
        value = self.values.get(key)
        return Params(value if isinstance(value, dict) else {}, self.name(key))

    def parts(self, key: str) -> Iterator[Params]:
        """A list of hashes."""
        value = self.values.get(key) or []
        for place, item in enumerate(value if isinstance(value, list) else []):
            yield Params(item if isinstance(item, dict) else {}, f"{self.name(key)}[{place}]")

    def text_or_range(self, key: str) -> bool:
        """Whether anything was given: a value, or bounds such as `created[gte]`."""
        return bool(self.values.get(key))

    def many(self, key: str) -> list[str]:
        """A list of strings."""
        value = self.values.get(key) or []
        return [str(item) for item in value] if isinstance(value, list) else [str(value)]

    def metadata(self, old: dict[str, str] | None = None, key: str = "metadata") -> dict[str, str]:
        """Given keys over the old ones; an empty value deletes its key."""
        value = self.values.get(key) or {}
        given = dict(enumerate(value)) if isinstance(value, list) else value
        merged = {**(old or {}), **{str(name): str(text) for name, text in given.items()}}
        return {name: text for name, text in merged.items() if text}

    def known(self, takes: str) -> None:
        """Refuse a name that the call does not take, as Stripe does."""
        for name in self.values:
            if name not in takes.split() and name != "expand":
                message = f"Received unknown parameter: {name}"
                raise ApiError(message, code="parameter_unknown", param=name)
