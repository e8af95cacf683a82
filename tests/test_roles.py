"""The roles of the database that docker/postgres-init.sh makes: each may do its work and nothing more."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from tests.test_layering import ROOT

NAME = "assay_roles"
ROLES = ("assay_migrate", "assay_app", "assay_backup")
pytestmark = pytest.mark.django_db  # so that there is a database when these tests run alone


@pytest.fixture(scope="module")
def address(
    django_db_setup: None, django_db_blocker: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database made and migrated as in production; host and port of its server."""
    found = connection.settings_dict
    if "postgresql" not in found["ENGINE"]:
        raise RuntimeError("Roles are those of PostgreSQL: run this with bin/test.")
    passwords = tmp_path_factory.mktemp("passwords")
    for role in ("migrate", "app", "backup"):
        (passwords / f"{role}_password").write_text(f'{role} it\'s "quoted" $1')
    server = {"PGHOST": found["HOST"], "PGPORT": str(found["PORT"])}
    admin = psycopg2.connect(host=found["HOST"], port=found["PORT"], user=found["USER"], dbname="postgres")
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {NAME}")
    try:
        subprocess.run(
            ["sh", ROOT / "docker" / "postgres-init.sh"],
            env={
                **os.environ,
                **server,
                "POSTGRES_USER": found["USER"],
                "POSTGRES_DB": NAME,
                "PASSWORDS": str(passwords),
            },
            check=True,
        )
        url = f"{found['HOST']}:{found['PORT']}/{NAME}"
        python = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
        env = {**os.environ, **python, "DATABASE_URL": f"postgres://assay_migrate@{url}"}
        for _ in range(2):  # it is safe to run again
            subprocess.run(["sh", ROOT / "docker" / "migrate.sh"], env=env, check=True, stdout=subprocess.DEVNULL)
        yield url
    finally:
        with admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
            for role in ROLES:
                cursor.execute(f"DROP ROLE IF EXISTS {role}")
        admin.close()


@pytest.fixture
def run(address: str) -> Iterator[Callable[[str, str], object]]:
    """Run one statement as a role and take it back."""
    opened = []

    def execute(role: str, statement: str) -> object:
        session = psycopg2.connect(f"postgres://{role}@{address}")
        opened.append(session)
        with session.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone() if cursor.description else cursor.rowcount

    yield execute
    for session in opened:
        session.rollback()
        session.close()


ALLOWED = [
    ("assay_app", "SELECT count(*) FROM audit_event"),
    ("assay_app", "INSERT INTO audit_chain (name, length, head, anchored) VALUES ('t', 0, '', 0)"),
    ("assay_app", "UPDATE audit_chain SET length = 1"),
    ("assay_app", "DELETE FROM assay_cache"),
    ("assay_app", "UPDATE assessments_answer SET notes = ''"),
    ("assay_app", "SELECT pg_sequence_last_value('users_user_id_seq')"),
    ("assay_backup", "SELECT count(*) FROM users_user"),
    ("assay_backup", "SELECT last_value FROM users_user_id_seq"),
]
REFUSED = [
    ("assay_app", "UPDATE audit_event SET kind = 'x'"),
    ("assay_app", "DELETE FROM audit_event"),
    ("assay_app", "UPDATE audit_anchor SET digest = ''"),
    ("assay_app", "DELETE FROM audit_anchor"),
    ("assay_app", "TRUNCATE audit_event CASCADE"),
    ("assay_app", "UPDATE audit_eventdetail SET data = '{}'"),
    ("assay_app", "DELETE FROM audit_erasure"),
    ("assay_app", "UPDATE playbook_criterion SET severity = 'low'"),
    ("assay_app", "DROP TABLE audit_event"),
    ("assay_app", "ALTER TABLE audit_event DISABLE TRIGGER ALL"),
    ("assay_app", "CREATE TABLE mine (a int)"),
    ("assay_app", "DELETE FROM django_migrations"),
    ("assay_backup", "INSERT INTO audit_chain (name, length, head, anchored) VALUES ('t', 0, '', 0)"),
    ("assay_backup", "UPDATE users_user SET name = ''"),
    ("assay_backup", "CREATE TABLE mine (a int)"),
]


@pytest.mark.parametrize(("role", "statement"), ALLOWED)
def test_role_may(run: Callable[[str, str], object], role: str, statement: str) -> None:
    run(role, statement)


@pytest.mark.parametrize(("role", "statement"), REFUSED)
def test_role_may_not(run: Callable[[str, str], object], role: str, statement: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        run(role, statement)


def test_the_role_that_only_reads_makes_backups(address: str, tmp_path: Path) -> None:
    env = {**os.environ, "DATABASE_URL": f"postgres://assay_backup@{address}"}
    command = [sys.executable, str(ROOT / "manage.py"), "backup", str(tmp_path / "assay.zip")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "assay.zip").stat().st_mode & 0o777 == 0o600
