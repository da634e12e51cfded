"""Django's settings. Everything a home 家目录 holds (database, files, keys) lies under ``MINGBAI_HOME``; default ``./var``."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from mingbai.columns.register import registers
from mingbai.vault.keys import Keys

TESTING = "pytest" in sys.modules
_OF_TESTS = TemporaryDirectory(prefix="mingbai-test-") if TESTING else None
"""Whatever the shell says: a test never touches a real home. Taken away when the process ends."""
HOME = Path(_OF_TESTS.name if _OF_TESTS else os.environ.get("MINGBAI_HOME") or "var").resolve()

SECRET_KEY = Keys(HOME).text("django")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("MINGBAI_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
ROOT_URLCONF = "mingbai.urls"
WSGI_APPLICATION = "mingbai.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "mingbai.places",
    "mingbai.records",
    "mingbai.notices",
    "mingbai.books",
    "mingbai.letters",
    "mingbai.kit",
    "mingbai.scans",
    *(f"mingbai.registers.{name}" for name in registers() if find_spec(f"mingbai.registers.{name}.models")),
    "mingbai.board",
    "mingbai.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "mingbai.web.middleware.Spoken",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mingbai.web.middleware.Guarded",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "mingbai.web.shell.shell",
            ],
            "builtins": ["mingbai.web.templatetags.mingbai", "django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]


def database(home: Path, url: str | None) -> dict[str, Any]:
    """The home's own SQLite file, or the PostgreSQL ``MINGBAI_DATABASE`` names.

    :param url: ``postgresql://user:password@host:port/name``; host and password may be left out (the socket, ``~/.pgpass``);
        ``?host=/run/postgresql`` names a socket's folder.
    :raises ImproperlyConfigured: what is not such an address, with what it should look like.
    """
    if not url:
        # IMMEDIATE: a transaction takes the write lock when it begins and waits its turn; DEFERRED fails one in four under load.
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home / "mingbai.sqlite3",
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas},
        }
    said = urlsplit(url)
    name, more = unquote(said.path.lstrip("/")), dict(parse_qsl(said.query))
    if said.scheme not in ("postgresql", "postgres") or not name:
        raise ImproperlyConfigured(
            "MINGBAI_DATABASE 应写成 postgresql://用户:口令@主机:5432/库名；不写就用家目录里的 SQLite"
        )
    if find_spec("psycopg") is None:
        raise ImproperlyConfigured("用 PostgreSQL 还要装它的程序包：pip install 'mingbai[postgresql]'")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(said.username or ""),
        "PASSWORD": unquote(said.password or ""),
        "HOST": more.pop("host", said.hostname or ""),
        "PORT": str(said.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"prepare_threshold": 1, "options": "-c plan_cache_mode=force_generic_plan", **more},
    }  # what the door writes again and again is planned once a connection


DATABASES: dict[str, dict[str, Any]] = {
    "default": database(HOME, os.environ.get("MINGBAI_TEST_DATABASE" if TESTING else "MINGBAI_DATABASE"))
}
# Counts of wrong passwords hold for every process of the home, and over a restart.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": HOME / "cache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "places.Person"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent / "web" / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
