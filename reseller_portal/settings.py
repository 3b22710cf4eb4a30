"""Settings of every process: web, worker, scheduler and commands."""

import os
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from reseller_portal import logs
from reseller_portal.environment import (
    PROJECT,
    check_environment,
    database,
    demo,
    email,
    env,
    site_url,
    state_folder,
)

check_environment()

DEMO = demo()
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
SITE_URL = site_url()
HTTPS = urlsplit(SITE_URL).scheme == "https"
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
STATE = state_folder()

INSTALLED_APPS = [
    "reseller_portal",
    "resellers",
    "mailing",
    "exports",
    "catalog",
    "billing",
    "people",
    "licenses",
    "activation",
    "orders",
    "desk",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "people.apps.VendorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "reseller_portal.middleware.RequestLog",
    "reseller_portal.middleware.KeepNothing",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "reseller_portal.middleware.CompressPages",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "people.middleware.NoteDevice",
    "people.middleware.StaffSecondFactor",
    "django_htmx.middleware.HtmxMiddleware",
    "resellers.middleware.ResellerZone",
]

ROOT_URLCONF = "reseller_portal.urls"
WSGI_APPLICATION = "reseller_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PROJECT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["reseller_portal.templatetags.portal", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "reseller_portal.form_renderer.Renderer"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

DATABASES = {"default": database("postgres://portal@localhost/portal")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "reseller_portal_cache",
        # With the usual 300 a few strangers could push the limits of everybody else out.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Sign-in
AUTH_USER_MODEL = "resellers.User"
AUTHENTICATION_BACKENDS = ["people.backends.PersonAndCompany"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "people.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "people.sign_in_forms.SignIn",
    "reauthenticate": "people.sign_in_forms.Reauthenticate",
    "change_password": "people.sign_in_forms.ChangePassword",
    "reset_password": "people.forms.AskForReset",
    "reset_password_from_key": "people.sign_in_forms.NewPassword",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
# A right sign-in gives its try back to `login_failed`, so that only wrong ones count there.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "30/m/ip,10/5m/key",
    "reset_password": "20/m/ip,5/h/key",
}
# Django's own token depends on the e-mail address too; allauth's would keep a second list of them.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
PASSWORD_RESET_TIMEOUT = 3 * 3600
MFA_ADAPTER = "people.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "people.sign_in_forms.SecondFactor",
    "reauthenticate": "people.sign_in_forms.SecondFactorAgain",
}
MFA_TOTP_ISSUER = "Reseller Portal"
STAFF_NEED_SECOND_FACTOR = not DEMO
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_RULES = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{PASSWORD_RULES}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": f"{PASSWORD_RULES}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{PASSWORD_RULES}.CommonPasswordValidator"},
    {"NAME": f"{PASSWORD_RULES}.NumericPasswordValidator"},
]

# What the browser is told
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$", r"^metrics/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "people.sessions"  # ends a working day after sign-in, however much it is used
SESSION_COOKIE_AGE = 3 * 3600  # after the last use
SESSION_SAVE_EVERY_REQUEST = False
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []

# Words, numbers, days
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = USE_I18N = USE_THOUSAND_SEPARATOR = True

# Files
STATIC_URL = "static/"
STATIC_ROOT = os.environ.get("STATIC_ROOT") or STATE / "static"
STATICFILES_DIRS = [PROJECT / "static"]
EXPORTS_FOLDER = STATE / "exports"
STORAGES = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "exports": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": EXPORTS_FOLDER,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}

# Mail
vars().update(email(f"filemail:///{STATE / 'mail'}"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = f"Reseller Portal <no-reply@{urlsplit(SITE_URL).hostname}>"

# Cards: off and hidden without a key. The base is only told for a gateway that is not Stripe's own.
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="").rstrip("/")

# Who bears it may read /metrics/; without one only staff may.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Logs
LOGGING = logs.configured()

# Workers
CELERY_BROKER_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_DB_REUSE_MAX = 100
CELERY_TASK_TIME_LIMIT = 540
CELERY_TASK_SOFT_TIME_LIMIT = 510
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CONSUMER = "reseller_portal.celery:Consumer"
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BEAT_SCHEDULER = "reseller_portal.scheduler:BeatingScheduler"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "retry_policy": {"max_retries": 0},
    "max_retries": 0,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}

# Card payments, in seconds. The gateway keeps a key for a day; a lease outlasts both time-outs.
STRIPE_TIMEOUT_SECONDS = (5, 20)  # to connect, and to wait for an answer
CARD_LEASE_SECONDS = 60
CARDS_AT_ONCE = 8  # that one worker charges, each for one payment after another
CARD_CHECK_SECONDS = [300, 3600, *[24 * 3600] * 5]
CARD_KEY_LIFE_SECONDS = 23 * 3600
CARD_REFUND_PENDING_SECONDS = 14 * 24 * 3600  # then staff ask where it is
CARD_CONFIRM_SECONDS = 3600
CARD_CONFIRM_LATER_SECONDS = 20 * 3600

# Jobs (rows of mails, exports, …), in seconds
JOB_ATTEMPTS = 5
JOB_BACK_OFF_SECONDS = [60, 300, 1800, 7200]
JOB_LEASE_SECONDS = 120
JOB_LATE_SECONDS = 300
JOB_PROGRESS_SECONDS = 0.5
JOB_SWEEP_SECONDS = 20
WAKE_SILENCE_SECONDS = 3
SWEEP_EVERY_SECONDS = 30
CLEAN_UP_EVERY_SECONDS = 900
RENEW_EVERY_SECONDS = 240  # what a pass that died left is done within 5 minutes
NOTICES_EVERY_SECONDS = 900
TELL_STAFF_EVERY_SECONDS = 900
BEAT_EVERY_SECONDS = 60
BEAT_LATE_SECONDS = 180
READY_WITHIN_SECONDS = 3.5
MAIL_OF_NOBODY_LIFE_SECONDS = 7 * 24 * 3600
BULK_CHANGES_AT_ONCE = 5  # of one company
BULK_TURN_SECONDS = 60  # then other jobs get their turn
EXPORTS_AT_ONCE = 10  # of one company
EXPORT_LIFE_SECONDS = 24 * 3600
EXPORT_ORPHAN_SECONDS = 3600
