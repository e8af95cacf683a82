"""Anchors, which the database refuses to change or delete as it does events."""

from django.db import migrations, models

POSTGRESQL = """
CREATE TRIGGER audit_anchor_append_only BEFORE UPDATE OR DELETE ON audit_anchor
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
"""
SQLITE = [
    "CREATE TRIGGER audit_anchor_no_update BEFORE UPDATE ON audit_anchor "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;",
    "CREATE TRIGGER audit_anchor_no_delete BEFORE DELETE ON audit_anchor "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;",
]


def forwards(apps, schema_editor):
    for statement in [POSTGRESQL] if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.AddField(
            model_name="chain",
            name="anchored",
            field=models.PositiveBigIntegerField(default=0, help_text="Events that the last anchor holds."),
        ),
        migrations.CreateModel(
            name="Anchor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveBigIntegerField(help_text="1 for the first.", unique=True)),
                ("at", models.DateTimeField()),
                (
                    "heads",
                    models.JSONField(
                        help_text="Name of each chain to the number of its events and the hash of the last."
                    ),
                ),
                ("previous", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64, unique=True)),
            ],
        ),
        # Dropping the table drops its triggers.
        migrations.RunPython(forwards, migrations.RunPython.noop),
    ]
