"""Settings: embedded by default, distributed by environment (docs/settings.md explains every variable)."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from .places import file_storage

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "data"))).resolve()  # of the embedded mode


def own_secret(name: str) -> str:
    """A secret of the embedded mode, made once and kept beside its database, readable by its owner alone."""
    file = DATA_DIR / name
    if not file.is_file():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=DATA_DIR) as part:
            part.write(secrets.token_urlsafe(48))
            part.flush()
            with suppress(FileExistsError):  # web and worker start together: the first one's counts
                os.link(part.name, file)
    return file.read_text().strip()


# Mode. Without DATABASE_URL everything lives in DATA_DIR.
EMBEDDED = "DATABASE_URL" not in env.ENVIRON
DEBUG = env.bool("DEBUG", default=False)
GIVEN = {name: bool(env(name, default="")) for name in ("MASTER_KEY", "SECRET_KEY")}  # for a system check
SECRET_KEY = env("SECRET_KEY", default="") or own_secret("secret.key")
MASTER_KEY = env("MASTER_KEY", default="") or (own_secret("master.key") if EMBEDDED else "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env("SITE_URL", default="http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
STORAGE_URL = env("STORAGE_URL", default=f"file://{DATA_DIR / 'files'}")
KEYS_URL = env("KEYS_URL", default=f"file://{DATA_DIR / 'keys'}")
REDIS_URL = env("REDIS_URL", default="")
MODEL = env("MODEL", default="understudy")  # or a model folder in the hub layout
# What a test or a demo may shrink; the code is the same.
ENGINE = env("ENGINE", default="")  # of tests: a module whose Resident and Checker only pretend to work
SHOOT_SIZE = env("SHOOT_SIZE", default="full")
MOST_TRIES = env.int("MOST_TRIES", default=20)  # free tries that may wait at once
IN_WORKER = False  # set by the worker: only there an in-memory broker reaches anybody

INSTALLED_APPS = [
    "headshots",  # first: the admin's start imports tasks, and these must find our broker
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # of allauth's list of sessions
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "allauth.usersessions",
    "django_htmx",
    "csp",
    "accounts",
    "billing",
    "generation",
]
MIDDLEWARE = [
    "headshots.answers.counted",
    "django.middleware.security.SecurityMiddleware",
    "headshots.readiness.probes",
    "headshots.tracing.traced",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.time_zone",
]
ROOT_URLCONF = "headshots.urls"
WSGI_APPLICATION = "headshots.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# SQLite's own defaults lose against two writing processes; these did not in 60 s of them (WAL, write first).
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "headshots.sqlite3",
    "TEST": {"NAME": DATA_DIR / "test.sqlite3"},  # in memory, threads would find tables locked
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # What is deleted is overwritten; left in free pages it could still be read.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
    },
}
DATABASES: dict[str, Any] = {"default": SQLITE if EMBEDDED else env.db("DATABASE_URL")}
if not EMBEDDED:
    # Compiling a plan pays for reports that take seconds; of a page's queries it made tenfold ones, measured.
    # Each thread of a process may hold one. A server that was restarted is asked again within seconds.
    pool = {"min_size": 1, "max_size": 20, "timeout": 10, "reconnect_timeout": 10}
    DATABASES["default"].setdefault("OPTIONS", {}).update({"pool": pool, "options": "-c jit=off"})
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # a connection that it closed is not handed out
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Its own limit of 300 would throw the counters of login limits away as soon as somebody makes many.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
STORAGES = {
    "default": file_storage(STORAGE_URL),
    "keys": file_storage(KEYS_URL),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # of forms; files are counted by the upload view

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]  # includes Django's own
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "generation:shoots"
LOGOUT_REDIRECT_URL = "pages:landing"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]  # who leaves the password empty signs in by code
ACCOUNT_FORMS = {"signup": "accounts.entrance.SignupForm"}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Codes, not links: a mail scanner that follows links can neither use nor spoil them.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60  # mail may be slow
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# "Change the address" is offered to real sign-ups only, so it would tell which addresses are known.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_URL.partition(":")[0]
SOCIALACCOUNT_ADAPTER = "accounts.sso.adapter.SignOnAdapter"
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Headshots"
MFA_TOTP_TOLERANCE = 1  # phones' clocks are half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SITE_URL.startswith("http://localhost")

# Money. Without a key nothing can be bought; `make demo` brings a stand-in for Stripe.
STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS", default=[])  # two while one replaces the other
STRIPE_API_BASE = env("STRIPE_API_BASE", default="").rstrip("/")  # of the stand-in; empty is Stripe's own
STRIPE_TAX = env.bool("STRIPE_TAX", default=False)  # let Stripe Tax add what the buyer's country asks

# Mail
vars().update(env.email("EMAIL_URL", default=f"filemail:///{DATA_DIR / 'mail'}"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Headshots <hello@localhost>")
# Who answers for the data: name and postal address, in consent receipts and on the privacy page.
OPERATOR = env("OPERATOR", default="The operator of this site")

# Who is asked for the record that proves an e-mail domain; empty is whom the system asks.
DNS_SERVERS = env.list("DNS_SERVERS", default=[])

METRICS_TOKEN = env("METRICS_TOKEN", default="")  # opens /metrics; without one nothing does

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# Static files
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = EMBEDDED

# Browser's rules (promise 28)
# Buying is a form whose answer leads to the page where it is paid.
PAY_PAGES = [
    STRIPE_API_BASE or "https://checkout.stripe.com",
    STRIPE_API_BASE or "https://billing.stripe.com",
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *PAY_PAGES],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
if SITE_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^(healthz|readyz)$"]  # who probes does so within
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
PROXIES = env.int("PROXIES", default=0)  # how many of our own proxies stand before the web process

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.ByToken"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.Pace"],
    "DEFAULT_THROTTLE_RATES": {"user": "300/min"},
    "EXCEPTION_HANDLER": "generation.api.errors.answer",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Headshots",
    "DESCRIPTION": "A shoot from the consent to the deletion receipt, as the pages do it.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": False,  # the order of the journey
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {"Report": "generation.models.Report"},
}

LOG_FORMAT = env("LOG_FORMAT", default="")  # "json" for programs that read it, else lines
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "headshots.logs.formatter", "kind": LOG_FORMAT}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        # It warns of every second lane: each is a worker of its own on the one broker.
        "dramatiq.broker": {"level": "ERROR"},
        "stripe": {"level": "WARNING"},
        "headshots.access": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
}
