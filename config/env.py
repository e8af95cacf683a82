"""Read settings from the environment, and say plainly which one is missing or wrong.

Every name may also be given as NAME_FILE, the path of a file that holds the value
(the way Docker and Kubernetes hand over secrets).
"""

import os
from collections.abc import Collection
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def read(name: str, default: str | None = None) -> str | None:
    """The value of NAME, or the content of the file named by NAME_FILE, or the default."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from error
    return os.environ.get(name, default)


def required(name: str) -> str:
    """The value of NAME; starting without it is refused."""
    value = read(name)
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it, or set {name}_FILE to the path of a file that holds it."
        )
    return value


def text(name: str, default: str) -> str:
    """The value of NAME, or the default where it is not set."""
    value = read(name)
    return default if value is None else value


def flag(name: str, default: bool) -> bool:
    """A yes or no. Anything but 1/true/yes/on and 0/false/no/off is refused."""
    value = read(name)
    if value is None or value == "":
        return default
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def number(name: str, default: int, within: range | None = None) -> int:
    """A whole number, of this range where one is given."""
    value = read(name)
    return default if value is None or value == "" else _whole(name, value, within)


def numbers(name: str, default: str, within: range) -> list[int]:
    """Whole numbers of this range, separated by commas."""
    return [_whole(name, word, within) for word in words(name, default)]


def numbers_by_name(name: str, default: str, names: Collection[str], within: range) -> dict[str, int]:
    """Whole numbers of this range with a name each, as `critical=12,high=24`. Another name is refused."""
    found = {}
    for word in words(name, default):
        key, _, value = word.partition("=")
        if key.strip() not in names:
            raise ImproperlyConfigured(f"{name} must be a list like {default}, of {', '.join(names)}; not {word!r}.")
        found[key.strip()] = _whole(name, value.strip(), within)
    return found


def _whole(name: str, value: str, within: range | None) -> int:
    between = f" from {within[0]} to {within[-1]}" if within else ""
    try:
        found = int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number{between}, not {value!r}.") from error
    if within is not None and found not in within:
        raise ImproperlyConfigured(f"{name} must be a whole number{between}, not {value!r}.")
    return found


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(url: str) -> dict[str, object]:
    """Django's DATABASES entry for `postgres://user:password@host:port/name?sslmode=...` or `sqlite:///path`."""
    parts = urlsplit(url)
    options: dict[str, object] = dict(parse_qsl(parts.query))
    if parts.scheme == "sqlite":
        # select_for_update does nothing on SQLite, so a transaction takes the write lock when it begins.
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path) if parts.path != "/:memory:" else ":memory:",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
            # The test database is a file as well, so that a second process can open it.
            "CONN_MAX_AGE": 600,
        }
    if parts.scheme in {"postgres", "postgresql"}:
        options.setdefault("connect_timeout", 5)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": options,
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured(f"DATABASE_URL must begin with postgres:// or sqlite:///, not {parts.scheme}://.")


def email(url: str) -> dict[str, object]:
    """Django's mail settings for `smtps://user:password@host:port` (or smtp://), or `file:///folder`."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": unquote(parts.path),
        }
    if parts.scheme == "memory":
        return {"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    if parts.scheme in {"smtp", "smtps"}:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": parts.hostname or "localhost",
            "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            # Implicit TLS only: STARTTLS can be stripped on the way.
            "EMAIL_USE_SSL": parts.scheme == "smtps",
            "EMAIL_TIMEOUT": 20,
        }
    raise ImproperlyConfigured("EMAIL_URL must begin with smtps://, smtp:// or file:///.")


def storage(url: str) -> dict[str, object]:
    """Django's STORAGES entry for evidence and reports: `file:///folder` or `s3://bucket?endpoint_url=...&region_name=...`."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": unquote(parts.path),
                "base_url": None,
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    if parts.scheme == "s3":
        return {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                **dict(parse_qsl(parts.query)),
                "bucket_name": parts.netloc,
                "default_acl": "private",
                "file_overwrite": False,
                "querystring_auth": True,
            },
        }
    raise ImproperlyConfigured("STORAGE_URL must begin with file:/// or s3://.")
