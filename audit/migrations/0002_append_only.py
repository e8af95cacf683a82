"""The database itself refuses to change or delete an event, whoever asks, on PostgreSQL and on SQLite."""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_eventdetail_no_update BEFORE UPDATE ON audit_eventdetail
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
"""
POSTGRESQL_BACK = """
DROP TRIGGER audit_eventdetail_no_update ON audit_eventdetail;
DROP TRIGGER audit_event_append_only ON audit_event;
DROP FUNCTION audit_refuse();
"""
SQLITE = [
    "CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;",
    "CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;",
    "CREATE TRIGGER audit_eventdetail_no_update BEFORE UPDATE ON audit_eventdetail "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;",
]
SQLITE_BACK = [
    "DROP TRIGGER audit_event_no_update;",
    "DROP TRIGGER audit_event_no_delete;",
    "DROP TRIGGER audit_eventdetail_no_update;",
]


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
    else:
        for statement in SQLITE:
            schema_editor.execute(statement)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK)
    else:
        for statement in SQLITE_BACK:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
