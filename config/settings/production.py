"""Production: everything from the environment, and no start on a weak or missing setting."""

from datetime import UTC, datetime

from django.core.exceptions import ImproperlyConfigured

from assessments.reports import signature
from config import env
from config.settings.base import *  # noqa: F403 -- settings files build on one another
from config.settings.base import (
    CELERY_BROKER_URL,
    REPORT_SIGNING_KEY,
    REPORT_SIGNING_PASSWORD,
    SECOND_FACTOR,
    SITE_URL,
)

DEBUG = False
SECRET_KEY = env.required("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
DATABASES = {"default": env.database(env.required("DATABASE_URL"))}
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = env.flag("SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if env.flag("BEHIND_TLS_PROXY", True):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def _key_problems() -> list[str]:
    """What is wrong with the key that signs reports, if there is one."""
    if not REPORT_SIGNING_KEY:
        return []
    try:
        signature.check(REPORT_SIGNING_KEY, REPORT_SIGNING_PASSWORD, at=datetime.now(UTC))
    except signature.KeyUnusable as error:
        return [f"REPORT_SIGNING_KEY must name a key that can sign. {error}"]
    return []


def _refuse_weak_settings() -> None:
    """Raise ImproperlyConfigured, with every problem in one message."""
    problems = []
    if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10:
        problems.append("SECRET_KEY must have at least 50 characters, chosen at random.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        problems.append("ALLOWED_HOSTS must name the host names of this site; * is refused.")
    if not SITE_URL.startswith("https://"):
        problems.append("SITE_URL must begin with https://, since links in mails are made from it.")
    if not env.read("EMAIL_URL"):
        problems.append("EMAIL_URL must say how mail is sent, for example smtps://user:password@mail.example:465.")
    if CELERY_BROKER_URL.startswith("filesystem:"):
        problems.append("CELERY_BROKER_URL must name a Redis server; the embedded broker serves one machine only.")
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        problems.append("DATABASE_URL must name a PostgreSQL database.")
    if SECOND_FACTOR not in {"staff_and_leads", "all"}:
        problems.append("SECOND_FACTOR must be staff_and_leads or all.")
    if env.flag("DEMO", False):
        problems.append("DEMO must be off: the demo has known passwords.")
    if env.flag("DEBUG", False):
        problems.append("DEBUG must be off.")
    problems += _key_problems()
    if problems:
        raise ImproperlyConfigured("Assay does not start with these settings:\n- " + "\n- ".join(problems))


_refuse_weak_settings()
