"""Settings come from the environment; production refuses what is weak or missing and names each."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from tests.reports import signing
from tests.test_layering import ROOT

GOOD = {
    "SECRET_KEY": "kD3-vQ9x_Lm2Zt7RbYc5Wn8Ps4Hg6Jf1Ta0Ue-iOoXqMzBvNrCdKlGy",
    "DATABASE_URL": "postgres://assay:p%40ss@db.example:5433/assay?sslmode=verify-full",
    "CELERY_BROKER_URL": "rediss://redis.example:6379/0",
    "ALLOWED_HOSTS": "assay.example",
    "SITE_URL": "https://assay.example",
    "EMAIL_URL": "smtps://user:word@mail.example:465",
}
SHOW = """
import json, sys
from config.settings import production as s
names = sys.argv[1:]
print(json.dumps({name: getattr(s, name) for name in names}, default=str))
"""


def production(changes: dict[str, str | None], *names: str) -> subprocess.CompletedProcess[str]:
    """Import the production settings in a process of its own, with nothing else in the environment."""
    wanted = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "DATA_DIR") if name in os.environ}
    command = [sys.executable, "-c", SHOW, *names]
    return subprocess.run(command, cwd=ROOT, env={**kept, **wanted}, capture_output=True, text=True, timeout=60)


def test_production_starts_with_good_settings_and_keeps_cookies_to_this_host() -> None:
    names = (
        "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY "
        "SESSION_COOKIE_SAMESITE SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS DEBUG DEMO CSRF_TRUSTED_ORIGINS"
    ).split()
    done = production({}, *names)
    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "DEBUG": False,
        "DEMO": False,
        "CSRF_TRUSTED_ORIGINS": ["https://assay.example"],
    }


def test_a_key_that_cannot_sign_reports_stops_the_start(tmp_path: Path) -> None:
    key = signing.new_key()
    path = signing.key_file(tmp_path, key, signing.certificate(key, days=(-90, -60)))
    given = {"REPORT_SIGNING_KEY": path, "REPORT_SIGNING_PASSWORD": signing.PASSWORD}
    for changes, words in (
        (given, "The certificate expired on 2026-10-18 at 12:00 UTC."),
        (given | {"REPORT_SIGNING_PASSWORD": "wrong"}, "or the password is not the right one."),
        (given | {"REPORT_SIGNING_KEY": f"{path}.old"}, "The file cannot be read: No such file or directory."),
    ):
        done = production(changes)
        assert done.returncode == 1
        assert "- REPORT_SIGNING_KEY must name a key that can sign. " in done.stderr
        assert words in done.stderr


def test_production_names_every_weak_setting_at_once() -> None:
    weak = {
        "SECRET_KEY": "short",
        "DATABASE_URL": "sqlite:///data/assay.sqlite3",
        "CELERY_BROKER_URL": None,
        "ALLOWED_HOSTS": "*",
        "SITE_URL": "http://assay.example",
        "EMAIL_URL": None,
        "SECOND_FACTOR": "none",
        "DEMO": "1",
        "DEBUG": "1",
    }
    done = production(weak)
    assert done.returncode == 1
    named = re.findall(r"^- ([A-Z_]+) must", done.stderr, re.MULTILINE)
    assert sorted(named) == sorted(weak)


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL"])
def test_production_says_which_setting_is_missing(name: str) -> None:
    done = production({name: None})
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(
        f"{name} is not set. Set it, or set {name}_FILE to the path of a file that holds it."
    )


def test_a_setting_is_read_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(GOOD["SECRET_KEY"] + "\n")
    done = production({"SECRET_KEY": None, "SECRET_KEY_FILE": str(secret)}, "SECRET_KEY")
    assert json.loads(done.stdout) == {"SECRET_KEY": GOOD["SECRET_KEY"]}


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "nowhere"))
    monkeypatch.setenv("SECRET_KEY", "must not be used instead")
    with pytest.raises(
        ImproperlyConfigured, match="^SECRET_KEY_FILE names .*nowhere, which cannot be read: No such file"
    ):
        env.read("SECRET_KEY")


def test_postgresql_url() -> None:
    assert env.database(GOOD["DATABASE_URL"]) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "assay",
        "USER": "assay",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "verify-full", "connect_timeout": 5},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def test_sqlite_url_takes_the_write_lock_when_a_transaction_begins() -> None:
    found = env.database("sqlite:///srv/assay/a%20b.sqlite3")
    assert (found["ENGINE"], found["NAME"]) == ("django.db.backends.sqlite3", "/srv/assay/a b.sqlite3")
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]


@pytest.mark.parametrize(
    ("read", "url", "words"),
    [
        (
            env.database,
            "mysql://db.example/assay",
            "DATABASE_URL must begin with postgres:// or sqlite:///, not mysql://.",
        ),
        (env.email, "imap://mail.example", "EMAIL_URL must begin with"),
        (env.storage, "ftp://files.example", "STORAGE_URL must begin with"),
    ],
)
def test_an_unknown_scheme_is_refused(read: object, url: str, words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^{re.escape(words)}"):
        read(url)


def test_mail_over_tls_is_implicit() -> None:
    found = env.email("smtps://user:w%3Ard@mail.example")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_SSL"]) == ("mail.example", 465, True)
    assert found["EMAIL_HOST_PASSWORD"] == "w:rd"


def test_an_s3_store_is_private() -> None:
    options = env.storage("s3://evidence?endpoint_url=https://s3.example&region_name=eu-central-1")["OPTIONS"]
    assert options == {
        "bucket_name": "evidence",
        "endpoint_url": "https://s3.example",
        "region_name": "eu-central-1",
        "default_acl": "private",
        "file_overwrite": False,
        "querystring_auth": True,
    }


@pytest.mark.parametrize(("value", "result"), [("1", True), ("yes", True), ("off", False), ("0", False), ("", True)])
def test_flag(monkeypatch: pytest.MonkeyPatch, value: str, result: bool) -> None:
    monkeypatch.setenv("A_FLAG", value)
    assert env.flag("A_FLAG", True) is result


@pytest.mark.parametrize(("read", "default"), [(env.flag, False), (env.number, 7)])
def test_a_value_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, read: object, default: object) -> None:
    monkeypatch.setenv("A_SETTING", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="^A_SETTING must be .*, not 'perhaps'"):
        read("A_SETTING", default)


@pytest.mark.parametrize(
    ("read", "value", "words"),
    [
        (lambda: env.number("A_SETTING", 9, within=range(24)), "24", "a whole number from 0 to 23, not '24'"),
        (lambda: env.number("A_SETTING", 9, within=range(24)), "-1", "a whole number from 0 to 23, not '-1'"),
        (lambda: env.numbers("A_SETTING", "14,7", within=range(366)), "14,soon", "from 0 to 365, not 'soon'"),
        (lambda: env.numbers("A_SETTING", "14,7", within=range(366)), "14, 400", "from 0 to 365, not '400'"),
    ],
)
def test_a_number_out_of_its_range_is_refused(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], object], value: str, words: str
) -> None:
    monkeypatch.setenv("A_SETTING", value)
    with pytest.raises(ImproperlyConfigured, match=f"^A_SETTING must be .*{words}"):
        read()


@pytest.mark.parametrize(("value", "result"), [(None, [14, 7, 1]), ("", []), ("30, 3", [30, 3]), ("0", [0])])
def test_numbers(monkeypatch: pytest.MonkeyPatch, value: str | None, result: list[int]) -> None:
    if value is not None:
        monkeypatch.setenv("SOME_NUMBERS", value)
    assert env.numbers("SOME_NUMBERS", "14,7,1", within=range(366)) == result


@pytest.mark.parametrize(
    ("value", "result"), [(None, {"high": 24}), ("", {}), ("low = 36, high=1", {"low": 36, "high": 1})]
)
def test_numbers_by_name(monkeypatch: pytest.MonkeyPatch, value: str | None, result: dict[str, int]) -> None:
    if value is not None:
        monkeypatch.setenv("SOME_NUMBERS", value)
    assert env.numbers_by_name("SOME_NUMBERS", "high=24", names=("high", "low"), within=range(1, 37)) == result


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("urgent=12", r"SOME_NUMBERS must be a list like high=24, of high, low; not 'urgent=12'\."),
        ("high", r"SOME_NUMBERS must be a whole number from 1 to 36, not ''\."),
        ("high=0", r"SOME_NUMBERS must be a whole number from 1 to 36, not '0'\."),
    ],
)
def test_a_list_of_named_numbers_that_is_none_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str, words: str
) -> None:
    monkeypatch.setenv("SOME_NUMBERS", value)
    with pytest.raises(ImproperlyConfigured, match=words):
        env.numbers_by_name("SOME_NUMBERS", "high=24", names=("high", "low"), within=range(1, 37))


def test_reminders_are_set_from_the_environment() -> None:
    names = ("REMIND_DAYS_BEFORE", "OVERDUE_EVERY_DAYS", "REMIND_AT")
    assert json.loads(production({}, *names).stdout) == dict(zip(names, ([14, 7, 1], 7, 9), strict=True))
    chosen = {"REMIND_DAYS_BEFORE": "21,3", "OVERDUE_EVERY_DAYS": "14", "REMIND_AT": "6"}
    assert json.loads(production(chosen, *names).stdout) == dict(zip(names, ([21, 3], 14, 6), strict=True))


def test_every_setting_stands_in_the_operations_page() -> None:
    """The page and the code name the same environment variables."""
    read = set()
    for path in (ROOT / "config").rglob("*.py"):
        read |= set(
            re.findall(
                r'\benv\.(?:read|required|text|flag|numbers?|numbers_by_name|words)\(\s*"([A-Z_]+)"',
                path.read_text(encoding="utf-8"),
            )
        )
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))
    only_for_commands = {"PORT", "BIND"}
    assert documented - only_for_commands == read
