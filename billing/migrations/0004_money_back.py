import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_journal_is_append_only")]
    operations = [
        migrations.CreateModel(
            name="MoneyBack",
            fields=[
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="money_back",
                        serialize=False,
                        to="billing.order",
                    ),
                ),
                ("reason", models.CharField(max_length=40)),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("nudged_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
    ]
