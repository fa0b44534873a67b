"""The database itself refuses to change or delete a line of a company's audit log."""

from __future__ import annotations

from django.db import migrations

from accounts.append_only import protect


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_companies")]
    operations = [protect("accounts_auditentry", "the audit log")]
