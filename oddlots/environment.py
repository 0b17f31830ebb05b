"""Settings from the environment: each value is read once, checked, and refused with a sentence.

Pure: nothing here imports Django, so that a wrong value is told before Django starts.
"""

from __future__ import annotations

import os
import re
import secrets
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import environ

__all__ = ["SettingError", "bell_options", "read_environment", "secret_key"]

DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql", "psql")
BROKER_SCHEMES = ("filesystem", "redis", "rediss", "amqp", "amqps", "pyamqp")
CACHE_SCHEMES = (
    "locmemcache",
    "dbcache",
    "filecache",
    "rediscache",
    "redis",
    "rediss",
    "dummycache",
)
EMAIL_SCHEMES = ("smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail")


class SettingError(SystemExit):
    """A wrong value in the environment; ends the start with a sentence on stderr."""

    def __init__(self, name: str, value: str, hint: str) -> None:
        super().__init__(f"{name} is set to {value!r}, which cannot be used. {hint}")


def read_environment(base: Path, source: Mapping[str, str] | None = None) -> environ.Env:
    """Return the environment, with ``base/.env`` filling what the process was not given.

    ``source`` stands in for ``os.environ`` in tests.
    """
    env = environ.Env()
    if source is not None:
        env.ENVIRON = dict(source)
    elif (base / ".env").is_file():
        environ.Env.read_env(base / ".env", overwrite=False)
    return env


def boolean(env: environ.Env, name: str, default: bool) -> bool:
    """Return ``name`` as yes or no; an empty value is the default."""
    raw = str(env.ENVIRON.get(name, "")).strip()
    if not raw:
        return default
    if raw.lower() in {"1", "true", "yes", "on"}:
        return True
    if raw.lower() in {"0", "false", "no", "off"}:
        return False
    raise SettingError(name, raw, "Write 1 for yes or 0 for no.")


def text(env: environ.Env, name: str, default: str = "") -> str:
    """Return ``name`` without blanks at its ends; an empty value is the default."""
    return str(env.ENVIRON.get(name, "")).strip() or default


def words(env: environ.Env, name: str, default: list[str]) -> list[str]:
    """Return a comma-separated value as a list without empty parts."""
    raw = text(env, name)
    return [part.strip() for part in raw.split(",") if part.strip()] if raw else default


def url(env: environ.Env, name: str, default: str, schemes: tuple[str, ...], example: str) -> str:
    """Return a URL-shaped value whose scheme is one of ``schemes``."""
    value = text(env, name, default)
    scheme = value.split("://", 1)[0].lower() if "://" in value else ""
    if scheme not in schemes:
        raise SettingError(name, value, f"Write an address such as {example}.")
    return value


def database(env: environ.Env, data: Path) -> dict[str, object]:
    """Return Django's settings of the database (DESIGN §7: SQLite in WAL, IMMEDIATE, a timeout)."""
    default = f"sqlite:///{data / 'oddlots.sqlite3'}"
    example = "postgres://user:password@127.0.0.1:5432/oddlots or sqlite:////srv/oddlots.sqlite3"
    value = url(env, "DATABASE_URL", default, DATABASE_SCHEMES, example)
    try:
        config: dict[str, object] = dict(environ.Env.db_url_config(value))
    except Exception as error:  # whatever the parser raises, the person needs the sentence
        raise SettingError("DATABASE_URL", value, f"Write an address such as {example}.") from error
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;"
            ),
        }
        # Tests use a file too: in memory, connections of several threads do not wait for each other.
        config["TEST"] = {"NAME": str(data / f"test-{os.getpid()}.sqlite3")}
        if config["NAME"] not in ("", ":memory:"):
            Path(str(config["NAME"])).parent.mkdir(parents=True, exist_ok=True)
    else:
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
        config["OPTIONS"] = {**dict(config.get("OPTIONS") or {}), "connect_timeout": 5}  # type: ignore[call-overload]
    config["ATOMIC_REQUESTS"] = False
    return config


def cache(env: environ.Env) -> dict[str, object]:
    """Return Django's settings of the cache; the default is each process's own memory."""
    example = "redis://127.0.0.1:6379/1"
    value = url(env, "CACHE_URL", "locmemcache://oddlots", CACHE_SCHEMES, example)
    config: dict[str, object] = dict(environ.Env.cache_url_config(value))
    if str(config["BACKEND"]).startswith("django_redis"):
        config = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": value}
    return config


def email(env: environ.Env) -> dict[str, object]:
    """Return Django's ``EMAIL_*`` settings; the default writes letters to the console."""
    example = "smtp://user:password@127.0.0.1:25"
    value = url(env, "EMAIL_URL", "consolemail://", EMAIL_SCHEMES, example)
    return dict(environ.Env.email_url_config(value))


def mail_from(env: environ.Env, host: str) -> str:
    """Return the address that letters come from; the default is one at the site's host."""
    value = text(env, "MAIL_FROM", f"oddlots@{host}")
    if not re.fullmatch(r"[^\r\n]*[^\s@<>]+@[^\s@<>]+>?", value):
        raise SettingError("MAIL_FROM", value, "Write an address such as desk@transcripts.example.")
    return value


def site_url(env: environ.Env) -> str:
    """Return the address readers use, without a slash at its end."""
    value = text(env, "SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
        raise SettingError(
            "SITE_URL",
            value,
            "Write the site's address without a path: https://transcripts.example.",
        )
    return value


def time_zone(env: environ.Env) -> str:
    """Return a time zone of the IANA database."""
    value = text(env, "TIME_ZONE", "Asia/Shanghai")
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise SettingError("TIME_ZONE", value, "Write a name such as Asia/Shanghai.") from error
    return value


def queue(env: environ.Env) -> str:
    """Return the name of the queue that this desk's workers listen to.

    Desks that share a broker each need their own, or a worker hears another desk's bell.
    """
    value = text(env, "CELERY_QUEUE", "oddlots")
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", value):
        raise SettingError("CELERY_QUEUE", value, "Write up to 100 letters, digits, - _ or dots.")
    return value


def bell_options(broker: str, data: Path) -> dict[str, object]:
    """Return Celery's transport options for a broker address.

    On ``filesystem://`` the queue's folders are made under ``data``.
    """
    if broker.startswith("filesystem"):
        inbox, done, control = (data / "queue" / name for name in ("in", "done", "control"))
        for folder in (inbox, done, control):
            folder.mkdir(parents=True, exist_ok=True)
        return {
            "data_folder_in": str(inbox),
            "data_folder_out": str(inbox),
            "processed_folder": str(done),
            "control_folder": str(control),
            "store_processed": False,
            "polling_interval": 0.2,
        }
    at_once = {"max_retries": 0}  # a bell that cannot be rung must not keep a page waiting
    if broker.startswith("redis"):
        timeouts = {"visibility_timeout": 3600, "socket_connect_timeout": 3}
        return {**timeouts, "polling_interval": 0.2, **at_once}
    return {**at_once}


def secret_key(env: environ.Env, data: Path) -> str:
    """Return ``SECRET_KEY``, or one made once and kept in ``data/secret_key`` (mode 600)."""
    given = text(env, "SECRET_KEY")
    if given:
        if len(given) < 32:
            raise SettingError("SECRET_KEY", "…", "Write at least 32 random characters.")
        return given
    path = data / "secret_key"
    if not path.exists():
        draft = data / f".secret_key.{os.getpid()}"
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        draft.chmod(0o600)
        try:
            os.link(draft, path)  # fails if another process was first: then theirs counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
