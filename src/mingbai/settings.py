"""Django's settings. Everything a home 家目录 holds (database, files, keys) lies under ``MINGBAI_HOME``; default ``./var``."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

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
    "mingbai.kit",
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

# IMMEDIATE: a transaction takes the write lock when it begins and waits its turn; DEFERRED fails one in four under load.
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / "mingbai.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
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
