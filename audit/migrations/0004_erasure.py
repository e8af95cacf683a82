"""Details of events go with an erased vendor and never otherwise; that it was erased is said for good."""

from django.db import migrations, models

IS_ERASED = """EXISTS (
    SELECT 1 FROM audit_event e JOIN audit_chain c ON c.id = e.chain_id JOIN audit_erasure r
        ON r.name = c.name OR (r.name = e.target AND e.target LIKE 'user:%')
    WHERE e.id = OLD.event_id)"""
REFUSAL = "the audit trail is append-only: details go only with what is erased"
POSTGRESQL = f"""
CREATE FUNCTION audit_refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NOT {IS_ERASED} THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN OLD; END $$;
CREATE TRIGGER audit_eventdetail_no_delete BEFORE DELETE ON audit_eventdetail
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_unless_erased();
CREATE TRIGGER audit_erasure_append_only BEFORE UPDATE OR DELETE ON audit_erasure
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
"""
POSTGRESQL_BACK = """
DROP TRIGGER audit_erasure_append_only ON audit_erasure;
DROP TRIGGER audit_eventdetail_no_delete ON audit_eventdetail;
DROP FUNCTION audit_refuse_unless_erased();
"""
SQLITE = [
    f"CREATE TRIGGER audit_eventdetail_no_delete BEFORE DELETE ON audit_eventdetail WHEN NOT {IS_ERASED} "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END;",
    "CREATE TRIGGER audit_erasure_no_update BEFORE UPDATE ON audit_erasure "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;",
    "CREATE TRIGGER audit_erasure_no_delete BEFORE DELETE ON audit_erasure "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;",
]
SQLITE_BACK = [
    "DROP TRIGGER audit_erasure_no_delete;",
    "DROP TRIGGER audit_erasure_no_update;",
    "DROP TRIGGER audit_eventdetail_no_delete;",
]


def forwards(apps, schema_editor):
    for statement in [POSTGRESQL] if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def backwards(apps, schema_editor):
    for statement in [POSTGRESQL_BACK] if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_anchor")]
    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RunPython(forwards, backwards),
    ]
