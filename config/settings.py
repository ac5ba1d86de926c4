"""All settings of Titian. What differs between machines comes from the environment: config/env.py describes it."""

from datetime import timedelta
from typing import Any

import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import env
from config.celery import app as celery_app  # noqa: F401 -- shared tasks bind to it wherever Django runs
from config.embedded import DATABASE, Services

ENV = env.load()
BASE_DIR = env.ROOT
PRODUCTION, TESTING, DEMO = ENV.production, ENV.testing, ENV.demo
DEBUG = not PRODUCTION and not TESTING and not DEMO

SECRET_KEY = ENV.secret_key
SECRET_KEY_FALLBACKS = list(ENV.secret_key_fallbacks)
FIELD_KEYS = dict(ENV.field_keys)  # core.encryption: the first one seals, all of them open
INDEX_KEY = ENV.index_key  # core.encryption.blind_index
BASE_URL = ENV.base_url.rstrip("/")
ALLOWED_HOSTS = [BASE_URL.split("://", 1)[1].split(":")[0].split("/")[0], *ENV.allowed_hosts]
if not PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# ---- applications ---------------------------------------------------------------------------------------------------

OUR_APPS = ["core", "accounts", "cases", "assessments", "partners", "programs", "reports"]
INSTALLED_APPS = [
    *OUR_APPS,  # before Django's and allauth's: our templates and our migrate command win over theirs
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "pgtrigger",
    "pghistory",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "heroicons",
    "django_filters",
    "django_tables2",
    "csp",
]

MIDDLEWARE = [
    "config.health.HealthMiddleware",
    "core.middleware.BrowserRulesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionAgeMiddleware",
    "accounts.middleware.SignInMiddleware",
    "core.middleware.SentOnceMiddleware",
    "accounts.middleware.ActingStaffMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.GateMiddleware",
    "core.middleware.ProblemMiddleware",
    "cases.middleware.OpeningMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.navigation",
            ],
        },
    },
]
FORM_RENDERER = "core.rendering.TitianRenderer"

# ---- database, cache, queue -----------------------------------------------------------------------------------------

# Addresses only: manage.py, Celery and the test session start the servers.
EMBEDDED = Services(ENV.state_dir, durable=not TESTING) if ENV.uses_embedded_services else None
if EMBEDDED and PRODUCTION:
    raise ImproperlyConfigured("Production never runs on the embedded servers: set DATABASE_URL and REDIS_URL.")


def _database(url: str, role: str) -> dict[str, Any]:
    settings = env.postgresql(url or Services(ENV.state_dir).database_url(role, DATABASE))
    return settings | {
        "CONN_MAX_AGE": 0 if TESTING or ENV.database_pooled else 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": ENV.database_pooled,
        # A savepoint round the view, inside the transaction that ActingStaffMiddleware opens: what a refused view
        # wrote is undone before its 403, 404 or 409 page asks the database for the menu's numbers.
        "ATOMIC_REQUESTS": role == "titian_app",
    }


# One database, two roles: "owner" makes and changes tables (migrate only), "default" owns nothing.
DATABASES = {
    "default": _database(ENV.database_url, "titian_app"),
    "owner": _database(ENV.database_owner_url or ENV.database_url, "titian_owner"),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Triggers are written anew by every migrate, as row policies are: migrations hold tables alone (docs/decisions/0026).
PGTRIGGER_MIGRATIONS = False

_redis_url = ENV.redis_url or Services(ENV.state_dir).redis_url
_redis_is_socket = _redis_url.startswith("unix://")


def _redis(number: int) -> str:
    return f"{_redis_url}?db={number}" if _redis_is_socket else f"{_redis_url.rstrip('/')}/{number}"


CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _redis(ENV.redis_database + 1),
        "KEY_PREFIX": "titian",
        "TIMEOUT": 300,
    }
}

if _redis_is_socket:
    CELERY_BROKER_URL = f"redis+socket://{_redis_url.removeprefix('unix://')}?virtual_host={ENV.redis_database}"
else:
    CELERY_BROKER_URL = _redis(ENV.redis_database)
# A lost worker's message is offered again after the visibility timeout; a task must end well before it (measured:
# with kombu's own intervals the sweep takes 100 s more). Every task claims its Job row first, so a second delivery is
# harmless.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 570
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "reports.tasks.purge_exports": {"queue": "default"},  # never behind a long report
    "reports.tasks.*": {"queue": "pdf"},
    "cases.tasks.draw_pages": {"queue": "pdf"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 100
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 500_000  # kB; WeasyPrint keeps what a long report took
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Jakarta"
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "resume-jobs": {"task": "core.tasks.resume_jobs", "schedule": timedelta(seconds=15)},
    "seal-journal": {"task": "accounts.tasks.seal_journal", "schedule": timedelta(seconds=20)},
    "anchor-journal": {"task": "accounts.tasks.anchor_journal", "schedule": crontab(hour=23, minute=50)},
    "purge-exports": {"task": "reports.tasks.purge_exports", "schedule": timedelta(minutes=1)},
    "roll-up": {"task": "reports.tasks.roll_up", "schedule": crontab(hour=2, minute=10)},
    # By night, so that a list signed by day can still be stopped on that day.
    "carry-out-destruction": {"task": "cases.tasks.carry_out_destruction", "schedule": crontab(hour=1, minute=30)},
    "prepare-releases": {"task": "cases.tasks.prepare_releases", "schedule": crontab(hour=3, minute=10)},
    "expire-consents": {"task": "cases.tasks.expire_consents", "schedule": crontab(hour=0, minute=5)},
    "turn-eighteen": {"task": "cases.tasks.turn_eighteen", "schedule": crontab(hour=0, minute=10)},
    "remind-of-expiring": {"task": "cases.tasks.remind_of_expiring", "schedule": crontab(hour=3, minute=20)},
    "sweep-files": {"task": "cases.tasks.sweep_files", "schedule": crontab(hour=3, minute=40)},
    "look-out": {"task": "cases.tasks.look_out", "schedule": crontab(hour=3, minute=20)},
    "remind-of-duties": {"task": "programs.tasks.remind_of_duties", "schedule": crontab(hour=3, minute=30)},
    "escalate-late-tasks": {"task": "cases.tasks.escalate_late_tasks", "schedule": crontab(minute=40)},
    "sweep-referrals": {"task": "partners.tasks.sweep_referrals", "schedule": timedelta(minutes=15)},
}
CELERY_TASK_ALWAYS_EAGER = ENV.eager_tasks
CELERY_TASK_EAGER_PROPAGATES = True

# ---- rules that an operator may change ------------------------------------------------------------------------------

# Calendar days in which a partner answers a referral, by urgency (domain D §3.2).
REFERRAL_REPLY_DAYS = {"urgent": 3, "normal": 10}
# A session without a sign of its person ends: at a shared computer (ET-21), and at one that is somebody's own.
SESSION_IDLE_SHARED, SESSION_IDLE_OWN = timedelta(minutes=15), timedelta(hours=1)
# Wrong passwords and codes: per address and account ("key"), and per address. A whole office may sit behind one
# address; browsers that have signed in before are counted by themselves ("known"), so nobody can shut them out.
SIGN_IN_LIMITS = {"unknown": "60/5m/ip,5/5m/key", "known": "10/5m/key", "code": "60/5m/ip,5/5m/key"}
# A rater records an own first judgement before the rules' guidance is shown (against anchoring: domain D, I-6). False
# shows both on one page; the own judgement is recorded all the same.
GUIDANCE_AFTER_OWN_JUDGEMENT = True
# Longest time for which a case is shared at once; it can be renewed.
SHARING_DAYS = 180
# Working days in which each unit answers the transfer of a case.
TRANSFER_REPLY_DAYS = 5
# Within how many days an emergency access is reviewed, and how many tries a supervisor has in an hour.
BREAK_GLASS_REVIEW_DAYS, BREAK_GLASS_TRIES_AN_HOUR = 3, 5
# Counts of people below these are hidden in reports and in what agencies and the country see (D §6.3).
# For how many hours a sealed file may be opened; the two people choose one of these.
UNSEAL_HOURS = tuple(hours for hours in (1, 4, 8, 24, 72, 168, 720) if hours <= ENV.unseal_max_hours)
# By so many working days a task may be late, by its priority, before the unit's supervisors have it too.
ESCALATE_AFTER_WORKDAYS = {0: 1, 1: 5}
COMPLAINT_WORKDAYS = ENV.complaint_workdays
SMALL_CELL, SMALL_CELL_CHILDREN = ENV.small_cell, ENV.small_cell_children

# ---- who signs in ---------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Staff"
AUTHENTICATION_BACKENDS = [
    "accounts.adapter.signing_in.StaffBackend",
    "cases.policies.GrantBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up: the adapter closes it
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# Tries to sign in are counted by accounts.adapter.limits (SIGN_IN_LIMITS below), not by allauth's per account.
ACCOUNT_RATE_LIMITS = {"login": "", "login_failed": "", "change_password": "5/m/user"}
ACCOUNT_FORMS = {"login": "accounts.adapter.SignInForm"}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # phones whose clock is half a minute off
MFA_TRUST_ENABLED = False  # no browser is excused from the second step
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from the data admin; nobody signs up
MFA_FORMS = {
    "authenticate": "accounts.adapter.second_factor.CodeForm",
    "reauthenticate": "accounts.adapter.second_factor.CodeAgainForm",
    "authenticate_webauthn": "accounts.adapter.second_factor.KeyForm",
    "reauthenticate_webauthn": "accounts.adapter.second_factor.KeyAgainForm",
    "login_webauthn": "accounts.adapter.second_factor.KeyAloneForm",
    "add_webauthn": "accounts.adapter.second_factor.AddKeyForm",
    "activate_totp": "accounts.adapter.second_factor.SetUpPhoneForm",
}
# Every role sees personal data, so every person needs a second factor. Off in the demo, which production refuses to
# be, and in tests that are about something else.
SECOND_FACTOR_REQUIRED = not (DEMO or TESTING)
USERSESSIONS_TRACK_ACTIVITY = False

GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
# cases.policies.GrantBackend takes the place of guardian's own backend, which knows nothing of expiry.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
# One working day, counted from the sign-in (accounts.middleware.SessionAgeMiddleware).
SESSION_COOKIE_AGE = int(timedelta(hours=10).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "titian_session"
CSRF_COOKIE_NAME = "titian_csrf"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ---- what the browser is told ---------------------------------------------------------------------------------------

SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
# Secure cookies would not come back over http://localhost.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
if ENV.behind_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],  # Tabler's stylesheet has its arrows and ticks as data
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        # Both names: browsers are between the two. The endpoint "csp" is named by core.middleware.
        "report-uri": "/csp-report/",
        "report-to": "csp",
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation"),
        *("gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "usb"),
    )
}
# The whole request, files included (core.middleware), but on the addresses that take a file (core.uploads): there a
# file that is too large runs past, and the form comes back with a sentence beside the field.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
UPLOAD_MAX_SIZE, UPLOAD_MAX_REQUEST = 10 * 1024 * 1024, 120_000_000
FILE_UPLOAD_HANDLERS = ["core.uploads.BoundedUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FILES = 1
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# ---- language and time ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Bahasa Indonesia")), ("en", _("Inggris"))]
LANGUAGE_COOKIE_NAME = "titian_language"
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
LANGUAGE_COOKIE_HTTPONLY = True
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"

# ---- files ----------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None  # elsewhere files are served from where they are
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.static.NpmFinder",
]
# The only files taken from node_modules: where they are served, and what they are there.
NPM_FILES = {
    "vendor/tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    **{
        f"vendor/source-sans-3/source-sans-3-{subset}-{weight}-normal.woff2": (
            f"@fontsource/source-sans-3/files/source-sans-3-{subset}-{weight}-normal.woff2"
        )
        for subset in ("latin", "latin-ext")
        for weight in (400, 600)
    },
}
MEDIA_ROOT = ENV.files_dir or ENV.state_dir / "files"
JOURNAL_ANCHORS_DIR = ENV.anchors_dir or MEDIA_ROOT / "anchors"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "config.static.HashedStaticStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# ---- e-mail and logs ------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from
EMAIL_SUBJECT_PREFIX = "[Titian] "
EMAIL_TIMEOUT = 20
if ENV.email_url:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    globals().update(env.smtp(ENV.email_url))
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# One JSON object a line in production; words for people elsewhere. Never a query string: it may hold a name.
_processors: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[
        *_processors,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": [*_processors, structlog.stdlib.ExtraAdder(allow=["status_code"])],
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(
                    [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
                    if PRODUCTION
                    else [
                        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
                    ]
                ),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": ENV.log_level},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "pgtrigger": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}

# ---- tests ----------------------------------------------------------------------------------------------------------

if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    LOGGING["root"]["level"] = "WARNING"  # type: ignore[index]
