"""The database itself refuses to change or delete a line of the journal."""

from __future__ import annotations

from django.db import migrations

from accounts.append_only import protect


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_orders_and_journal")]
    operations = [protect("billing_entry", "the journal")]
