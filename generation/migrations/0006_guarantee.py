from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_money_back"), ("generation", "0005_kept_under")]
    operations = [
        migrations.RemoveConstraint("shoot", name="a_submitted_shoot_has_a_credit"),
        migrations.AddField(
            "shoot",
            "guarantee",
            models.CharField(
                blank=True,
                choices=[
                    ("again", "done again"),
                    ("money", "its price goes back"),
                    ("credit", "its credit is back"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            "letter",
            "about",
            models.CharField(
                choices=[
                    ("ready", "Ready"),
                    ("failed", "Failed"),
                    ("again", "Again"),
                    ("going", "Going"),
                    ("purged", "Purged"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            "shoot",
            models.CheckConstraint(
                condition=models.Q(kind="try")
                | models.Q(status__in=["draft", "failed", "purged"])
                | models.Q(credit__isnull=False)
                | models.Q(guarantee="credit"),
                name="a_submitted_shoot_has_a_credit",
            ),
        ),
    ]
