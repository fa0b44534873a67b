"""The database itself refuses to change or delete a line of the journal."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = {
    name: f"CREATE TRIGGER billing_entry_no_{name} BEFORE {name.upper()} ON billing_entry"
    " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    for name in ("update", "delete")
}
POSTGRESQL = """
CREATE FUNCTION billing_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;
CREATE TRIGGER billing_entry_append_only BEFORE UPDATE OR DELETE ON billing_entry
    FOR EACH ROW EXECUTE FUNCTION billing_entry_refuse();
"""
BACK = {
    "sqlite": tuple(f"DROP TRIGGER billing_entry_no_{name}" for name in SQLITE),
    "postgresql": (
        "DROP TRIGGER billing_entry_append_only ON billing_entry",
        "DROP FUNCTION billing_entry_refuse",
    ),
}


def protect(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    given = {"sqlite": tuple(SQLITE.values()), "postgresql": (POSTGRESQL,)}
    for statement in given[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def give_up(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in BACK[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_orders_and_journal")]
    operations = [migrations.RunPython(protect, give_up)]
