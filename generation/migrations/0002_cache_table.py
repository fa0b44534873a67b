"""The cache has a table where there is no Redis."""

from typing import Any

from django.core.management import call_command
from django.db import migrations


def cache_table(apps: Any, schema_editor: Any) -> None:
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("generation", "0001_initial")]
    operations = [migrations.RunPython(cache_table, migrations.RunPython.noop)]
