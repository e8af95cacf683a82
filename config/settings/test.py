"""Settings of the test run: private PostgreSQL and Redis from bin/test, everything else as in production."""

import atexit
import os
import shutil
import tempfile

if "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="assay-test-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
os.environ.setdefault("STATIC_ROOT", os.path.join(os.environ["DATA_DIR"], "static"))

from config import env
from config.settings.base import *  # noqa: F403 -- DATA_DIR has to be known first
from config.settings.base import DATA_DIR

DEBUG = False
SECRET_KEY = "only-for-tests-" + "x" * 50
DATABASES = {"default": env.database(env.text("DATABASE_URL", f"sqlite://{DATA_DIR / 'test.sqlite3'}"))}
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# Argon2 costs 100 MiB and a tenth of a second each time; one test proves that it is the product's first choice.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
globals().update(env.email(env.text("EMAIL_URL", "memory://")))
# Signing in with a code is a test of its own; everywhere else it would only take time.
SECOND_FACTOR = "none"
