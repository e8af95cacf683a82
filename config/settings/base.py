"""Settings that are the same everywhere. What differs comes from the environment; see docs/operations.md."""

from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent.parent

# --- Applications ---------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",
    "config.apps.StaticFiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "js_lib_bootstrap5",
    "audit",
    "backup",
    "outbox",
    "users",
    "collector",
    "playbook",
    "vendors",
    "assessments",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.ResponseHeaders",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.Language",
    "config.middleware.SignInRequired",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "users.second_factor.SecondFactorRequired",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# E-mail is unique ignoring case, by a constraint on Lower("email") instead of on the column.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "config.context.page",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# --- Language and time ----------------------------------------------------------------------------------------

# English is the source. German is complete for all that vendors read; what only staff read is in English.
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "UTC")

# --- People ---------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "users.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_CHANGE_EMAIL = True
# Of whom a second factor is required: staff_and_leads, all, or none.
SECOND_FACTOR = env.text("SECOND_FACTOR", "staff_and_leads")
MFA_ADAPTER = "users.adapter.MFAAdapter"
MFA_FORMS = {"add_webauthn": "users.key_forms.AddKeyForm", "edit_webauthn": "users.key_forms.RenameKeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "Assay"
MFA_TOTP_TOLERANCE = 0
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TRUST_ENABLED = False
MFA_PASSKEY_LOGIN_ENABLED = True
USERSESSIONS_TRACK_ACTIVITY = False
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)

# The sign-in limiter needs a cache that all processes share and that survives the loss of Redis.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "assay_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Headers --------------------------------------------------------------------------------------------------

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # Modules import each other by address, which a nonce does not cover; inline code stays forbidden.
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        # Bootstrap's style sheet holds its marks as data:, thumbnails before an upload are blob:.
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    },
}

# --- Files ----------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var")))
STORAGES = {
    "default": env.storage(env.text("STORAGE_URL", f"file://{DATA_DIR / 'files'}")),
    "staticfiles": {"BACKEND": "config.storage.StaticFiles"},
}
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600
# Whole answers are a few kilobytes; files do not count here.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# --- Work in the background -----------------------------------------------------------------------------------

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "filesystem://localhost")
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kB
CELERY_TASK_TIME_LIMIT = 300  # seconds
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # the row in the database is the queue; the periodic task publishes again
CELERY_TASK_DEFAULT_QUEUE = "mail"
CELERY_TASK_ROUTES = {
    "assessments.tasks.render_report": {"queue": "render"},
    "assessments.tasks.render_receipt": {"queue": "render"},
    "assessments.tasks.evaluate": {"queue": "evaluate"},
    "assessments.tasks.draw_pages": {"queue": "render"},
    "outbox.tasks.*": {"queue": "mail"},
}
CELERY_BEAT_SCHEDULE = {
    "send-due-mail": {"task": "outbox.tasks.send_due", "schedule": timedelta(seconds=60)},
    "requeue-reports": {"task": "assessments.tasks.requeue_reports", "schedule": timedelta(seconds=60)},
    "send-reminders": {"task": "assessments.tasks.send_reminders", "schedule": crontab(minute=7)},
    "open-next-assessments": {"task": "assessments.tasks.open_next", "schedule": crontab(minute=17)},
    "anchor-the-trail": {"task": "audit.tasks.anchor", "schedule": crontab(minute=37)},
    "mail-the-anchor": {"task": "users.tasks.mail_anchor", "schedule": crontab(hour=5, minute=47)},
    "apply-retention": {"task": "assessments.tasks.apply_retention", "schedule": crontab(hour=3, minute=27)},
    "finish-erasures": {"task": "assessments.tasks.finish_erasures", "schedule": timedelta(minutes=10)},
    "requeue-evaluations": {"task": "assessments.tasks.requeue_evaluations", "schedule": timedelta(seconds=60)},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
if CELERY_BROKER_URL.startswith("filesystem:"):
    # The embedded broker of one machine: messages are files, so that web and worker need no server between them.
    _broker = DATA_DIR / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "messages"),
        "data_folder_out": str(_broker / "messages"),
        "processed_folder": str(_broker / "processed"),
        "control_folder": str(_broker / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 900,  # above the longest task
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
        "retry_on_timeout": False,
        "max_retries": 1,
    }

# --- Mail -----------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.text("FROM_EMAIL", "Assay <assay@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
globals().update(env.email(env.text("EMAIL_URL", f"file://{DATA_DIR / 'mail'}")))

# --- This product ---------------------------------------------------------------------------------------------

SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")
ORGANISATION_NAME = env.text("ORGANISATION_NAME", "Alder Mutual")
# Path of a PNG or JPEG file, or empty; and a colour that white text can be read on. Both stand in every document.
ORGANISATION_LOGO = env.text("ORGANISATION_LOGO", "")
ORGANISATION_COLOUR = env.text("ORGANISATION_COLOUR", "") or "#1f4e8c"
DEMO = env.flag("DEMO", False)
INVITATION_LIFETIME = timedelta(hours=72)
MUTE_LINK_LIFETIME = timedelta(days=90)
# Reminders: so many days before the due date, every so many days after it, from this hour of the day on.
REMIND_DAYS_BEFORE = env.numbers("REMIND_DAYS_BEFORE", "14,7,1", within=range(366))
OVERDUE_EVERY_DAYS = env.number("OVERDUE_EVERY_DAYS", 7, within=range(366))
REMIND_AT = env.number("REMIND_AT", 9, within=range(24))
# Months from closing a vendor's assessment to the day the next one is due, by tier; a tier without a number has none.
RECURRENCE = env.numbers_by_name(
    "RECURRENCE", "critical=12,high=24", names=("critical", "high", "medium", "low"), within=range(1, 121)
)
RECURRENCE_DAYS_BEFORE = env.number("RECURRENCE_DAYS_BEFORE", 30, within=range(366))
CREDENTIAL_REPORT_STALE_AFTER = timedelta(days=env.number("CREDENTIAL_REPORT_STALE_DAYS", 7))
EVIDENCE_STALE_AFTER = timedelta(days=env.number("EVIDENCE_STALE_DAYS", 90))
# Ids in a new report: stars for all but the last four characters.
REPORT_MASK_KEY_IDS = env.flag("REPORT_MASK_KEY_IDS", True)
REPORT_MASK_ACCOUNT_IDS = env.flag("REPORT_MASK_ACCOUNT_IDS", False)
# The organisation's own key that signs PDFs, as a PKCS#12 file; without one they are sealed and not signed.
REPORT_SIGNING_KEY = env.text("REPORT_SIGNING_KEY", "")
REPORT_SIGNING_PASSWORD = env.text("REPORT_SIGNING_PASSWORD", "")
# Days from raising a finding to the day it is to be fixed by, for priorities 1 to 3; the others wait for the next time.
FINDING_DUE_DAYS = dict(
    zip(("P1", "P2", "P3"), env.numbers("FINDING_DUE_DAYS", "30,60,90", within=range(1, 1000)), strict=False)
)
# Days after which data that served its purpose is deleted; 0 is never. See assessments/actions/retention.py.
RETAIN_MAIL_DAYS = env.number("RETAIN_MAIL_DAYS", 90, within=range(10_000))
RETAIN_INVITATION_DAYS = env.number("RETAIN_INVITATION_DAYS", 180, within=range(10_000))
RETAIN_EXPORT_DAYS = env.number("RETAIN_EXPORT_DAYS", 90, within=range(10_000))
FINDINGS_EVERY_DAYS = env.number("FINDINGS_EVERY_DAYS", 7, within=range(366))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.json_formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # WeasyPrint and fontTools describe every step they take.
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "pikepdf": {"level": "WARNING"},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
