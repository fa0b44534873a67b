"""Tables whose rows the database itself refuses to change or delete, by triggers that migrations make."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def guard(table: str, called: str, vendor: str) -> list[str]:
    """Statements after which an UPDATE or DELETE fails, saying that ``called`` is append-only."""
    refusal = f"{called} is append-only".replace("'", "''")
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            for verb in ("update", "delete")
        ]
    return [
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{refusal}'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
    ]


def unguard(table: str, vendor: str) -> list[str]:
    """Statements that take the triggers away."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER {table}_no_{verb}" for verb in ("update", "delete")]
    return [f"DROP TRIGGER {table}_append_only ON {table}", f"DROP FUNCTION {table}_refuse"]


def protect(table: str, called: str) -> migrations.RunPython:
    """The step of a migration that does it."""

    def forwards(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
        for statement in guard(table, called, schema.connection.vendor):
            schema.execute(statement)

    def backwards(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
        for statement in unguard(table, schema.connection.vendor):
            schema.execute(statement)

    return migrations.RunPython(forwards, backwards)
