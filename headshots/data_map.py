"""The data map: what every stored field holds of a person, why, until when and who sees it.

``holdings.toml`` says it; the models say whether that is all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model
from django.utils import translation

from generation import vault
from generation.periods import PERIODS, in_words

SOURCE = Path(__file__).parent / "holdings.toml"
PAGE = Path(settings.BASE_DIR) / "docs" / "data-map.md"
HEAD = """# Data map

Every field that this service stores, made by `manage.py data_map --write` from the models,
[`headshots/holdings.toml`](../headshots/holdings.toml) and the table of periods that the sweeper obeys. A
field that has no entry fails the tests, and so does a page that is older than either.

*Keys* only lead to other rows and tell of a person through them alone; a row's *other fields* tell nothing of
one. Everything that is held on a person is in their [export](../generation/export.py), which has a rule for
each table.
"""


@dataclass(frozen=True)
class Holding:
    """A field that tells something of a person."""

    field: str
    purpose: str
    kept: str
    seen: str


@dataclass(frozen=True)
class Table:
    label: str
    about: str
    kept: str
    seen: str
    holds: tuple[Holding, ...]
    links: tuple[str, ...]
    none: tuple[str, ...]

    @property
    def fields(self) -> list[str]:
        """As the entry names them, twice where it does so twice."""
        return [*(one.field for one in self.holds), *self.links, *self.none]


def held() -> dict[str, Any]:
    return tomllib.loads(SOURCE.read_text(encoding="utf-8"))


def tables() -> dict[str, Table]:
    """The entries, by the table's label."""
    everything = held()
    return {label: _table(label, entry, everything["kept"]) for label, entry in everything["tables"].items()}


def _table(label: str, entry: dict[str, Any], ends: dict[str, str]) -> Table:
    return Table(
        label=label,
        about=entry["about"],
        kept=until(entry["kept"], ends),
        seen=entry["seen"],
        holds=tuple(_holding(name, said, entry, ends) for name, said in entry.get("holds", {}).items()),
        links=tuple(entry["links"]),
        none=tuple(entry["none"]),
    )


def _holding(name: str, said: str | dict[str, str], entry: dict[str, Any], ends: dict[str, str]) -> Holding:
    own = {"for": said} if isinstance(said, str) else said
    kept = until(own.get("kept", entry["kept"]), ends)
    return Holding(name, own["for"], kept, own.get("seen", entry["seen"]))


def until(name: str, ends: dict[str, str]) -> str:
    """When it goes: a period of the sweeper's table, or an end of the map's own."""
    if name in PERIODS:
        with translation.override("en"):
            return f"{in_words(PERIODS[name].length)} {PERIODS[name].begins}"
    return ends[name]


def faults() -> list[str]:
    """A sentence for each field without an entry and each entry without a field, saying what to write."""
    known = tables()
    models = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
    missing = (line for label in sorted(set(models) - set(known)) for line in _lines_for(models[label]))
    left = (f'{SOURCE.name}: remove [tables."{label}"]: no such model' for label in set(known) - set(models))
    told = (
        line for label, table in known.items() if label in models for line in _faults(table, models[label])
    )
    places = {place["vault"] for place in held()["places"] if "vault" in place}
    files = (
        f'{SOURCE.name}: add [[places]] with vault = "{kind}"' for kind in set(get_args(vault.Kind)) - places
    )
    return [*missing, *left, *told, *files]


def _lines_for(model: type[Model]) -> Iterator[str]:
    label, fields = model._meta.label, model._meta.local_concrete_fields
    yield (
        f'{SOURCE.name}: add [tables."{label}"] with about, kept, seen, then'
        f" links = {_list(one for one in fields if _is_key(one))},"
        f" none = {_list(one for one in fields if not _is_key(one))},"
        ' and move what tells of a person from none to: holds.<field> = "what for".'
    )


def _faults(table: Table, model: type[Model]) -> Iterator[str]:
    fields, here = {one.name: one for one in model._meta.local_concrete_fields}, f'[tables."{table.label}"]'
    for name, field in fields.items():
        if name not in table.fields:
            where = (
                "links" if _is_key(field) else f'none, or holds.{name} = "what for" if it tells of a person'
            )
            yield f'{SOURCE.name}: under {here} add "{name}" to {where}'
    for name in table.fields:
        if name not in fields:
            yield f'{SOURCE.name}: under {here} remove "{name}": no such field'
        elif table.fields.count(name) > 1:
            yield f'{SOURCE.name}: under {here} "{name}" stands twice'


def _is_key(field: Field[Any, Any]) -> bool:
    return field.primary_key or field.is_relation or field.name.endswith("_id")


def _list(fields: Iterable[Field[Any, Any]]) -> str:
    return "[" + ", ".join(f'"{one.name}"' for one in fields) + "]"


def page() -> str:
    """The whole map in Markdown."""
    everything = held()
    parts = [HEAD, "## Tables\n", *(_section(table) for _, table in sorted(tables().items()))]
    parts += ["## Beside the tables\n\n| where | what | until | who sees it |\n|---|---|---|---|"]
    rows = [
        f"| {one['where']} | {one['holds']} | {one.get('until') or until(one['kept'], everything['kept'])} |"
        f" {one['seen']} |"
        for one in everything["places"]
    ]
    return "\n".join([*parts, *rows]) + "\n"


def _section(table: Table) -> str:
    lines = [f"### {table.label}\n", f"{table.about}\n"]
    if table.holds:
        lines += ["| field | for | until | who sees it |", "|---|---|---|---|"]
        lines += [f"| `{one.field}` | {one.purpose} | {one.kept} | {one.seen} |" for one in table.holds]
        lines += [""]
    else:
        lines += [f"Nothing of a person. Kept {table.kept}; seen by {table.seen}.\n"]
    for title, names in (("Keys", table.links), ("Other fields", table.none)):
        if names:
            lines += [f"{title}: {', '.join(f'`{name}`' for name in names)}\n"]
    return "\n".join(lines)
