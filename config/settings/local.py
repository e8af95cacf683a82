"""One machine, nothing to install first: SQLite, files on disk, the embedded broker. Used by bin/start."""

import os
import secrets

from config import env
from config.settings.base import *  # noqa: F403 -- settings files build on one another
from config.settings.base import DATA_DIR, DEMO, SITE_URL

DEBUG = env.flag("DEBUG", False)
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)


def _secret_key() -> str:
    """A key of this installation, made at the first start and kept beside the data."""
    if given := env.read("SECRET_KEY"):
        return given
    path = DATA_DIR / "secret-key"
    if not path.exists():
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text()
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


SECRET_KEY = _secret_key()
DATABASES = {"default": env.database(env.text("DATABASE_URL", f"sqlite://{DATA_DIR / 'assay.sqlite3'}"))}
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
# Plain cookie names, because http://localhost cannot set __Host- cookies.
if DEMO:
    SECOND_FACTOR = "none"  # its passwords are known anyway, and it says so on every page
