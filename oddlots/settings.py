"""The settings, all of them from the environment (DESIGN §8); see .env.example."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from oddlots import environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = environment.read_environment(BASE_DIR)

DATA_DIR = Path(environment.text(env, "DATA_DIR", str(BASE_DIR / "var"))).expanduser().resolve()
try:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise environment.SettingError(
        "DATA_DIR", str(DATA_DIR), f"Write a folder that can be written to ({error.strerror})."
    ) from error

DEBUG = environment.boolean(env, "DEBUG", default=False)
SECRET_KEY = environment.secret_key(env, DATA_DIR)
SITE_URL = environment.site_url(env)
SITE_NAME = environment.text(env, "SITE_NAME", "Oddlots")
SITE_HOST = SITE_URL.split("://", 1)[1].rsplit(":", 1)[0]
ALLOWED_HOSTS = environment.words(
    env, "ALLOWED_HOSTS", [SITE_HOST, "127.0.0.1", "localhost", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
REVIEW_BY_SECOND_PERSON = environment.boolean(env, "REVIEW_BY_SECOND_PERSON", default=True)
SOURCE_ALLOWED_HOSTS = environment.words(env, "SOURCE_ALLOWED_HOSTS", [])

INSTALLED_APPS = [
    "oddlots.admin_site.DeskConfig",  # django.contrib.admin with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "taggit",
    "markdownx",
    "csp",
    "axes",
    "episodes",
    "glossary",
    "oddlots",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "oddlots.middleware.LanguageByPath",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "oddlots.urls"
WSGI_APPLICATION = "oddlots.wsgi.application"
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
                "oddlots.context.site",
            ],
        },
    },
]

DATABASES = {"default": environment.database(env, DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": environment.cache(env)}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "admin/lockout.html"
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "oddlots" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.time_zone(env)

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "oddlots.staticfiles.Storage"},
}
MEDIA_ROOT = DATA_DIR / "media"
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF, "https:"],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if SITE_URL.startswith("https://"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_HTTPONLY = True

globals().update(environment.email(env))
DEFAULT_FROM_EMAIL = environment.mail_from(env, SITE_HOST)

CELERY_BROKER_URL = environment.url(
    env,
    "CELERY_BROKER_URL",
    "filesystem://",
    environment.BROKER_SCHEMES,
    "redis://127.0.0.1:6379/0 or amqp://guest:guest@127.0.0.1:5672//",
)
CELERY_BROKER_TRANSPORT_OPTIONS = environment.bell_options(CELERY_BROKER_URL, DATA_DIR)
CELERY_TASK_DEFAULT_QUEUE = environment.queue(env)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False  # the job's row is the truth, the message only a bell
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# No queue of each worker's own: on RabbitMQ a second worker of the same host would be locked out.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "ring again for jobs that nobody does": {
        "task": "episodes.tasks.sweep",
        "schedule": 15.0,
        "options": {"expires": 30},
    },
    "ask the sources that are due": {
        "task": "episodes.tasks.reimport_due",
        "schedule": 3600.0,
        "options": {"expires": 1800},
    },
    "publish what is to be published by now": {
        "task": "episodes.tasks.publish_due",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "delete the rows of jobs that ended long ago": {
        "task": "episodes.tasks.prune",
        "schedule": 86400.0,
        "options": {"expires": 3600},
    },
}

TAGGIT_CASE_INSENSITIVE = True
TAGGIT_TAGS_FROM_STRING = "episodes.tagging.parse_tags"
TAGGIT_STRING_FROM_TAGS = "episodes.tagging.format_tags"
MARKDOWNX_MARKDOWNIFY_FUNCTION = "episodes.rendering.markdownify"
MARKDOWNX_URLS_PATH = "/admin/markdown/preview/"
MARKDOWNX_UPLOAD_URLS_PATH = "/admin/markdown/upload-is-off/"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO" if not DEBUG else "DEBUG"},
    "loggers": {
        "django.db.backends": {"level": "INFO"},
        "axes": {"level": "WARNING"},
        "kombu.connection": {"level": "ERROR"},
    },
}
