"""Published rows do not change: the database itself refuses UPDATE on every playbook table.

Deleting is left to the foreign keys: a version that an assessment points to cannot go. A later migration that alters one
of these tables has to run `freeze` again, because SQLite rebuilds a table without its triggers.
"""

from django.db import migrations

TABLES = (
    "playbook_playbook",
    "playbook_domain",
    "playbook_criterion",
    "playbook_responseoption",
    "playbook_evidencerequest",
)
MESSAGE = "a published playbook never changes"


def freeze(apps, schema_editor):
    """Set the triggers; running it again is harmless."""
    run = schema_editor.execute
    if schema_editor.connection.vendor == "postgresql":
        run(
            "CREATE OR REPLACE FUNCTION playbook_refuse_update() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            run(f"DROP TRIGGER IF EXISTS {table}_frozen ON {table}")
            run(
                f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION playbook_refuse_update()"
            )
        else:
            run(f"DROP TRIGGER IF EXISTS {table}_frozen")
            run(f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END")


def thaw(apps, schema_editor):
    """Take the triggers away again."""
    for table in TABLES:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_frozen{on}")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS playbook_refuse_update()")


class Migration(migrations.Migration):
    dependencies = [("playbook", "0001_initial")]

    operations = [migrations.RunPython(freeze, thaw)]
