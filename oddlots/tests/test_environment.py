"""Settings from the environment: what they become, and what is refused with which sentence."""

from pathlib import Path

import pytest

from oddlots import environment
from oddlots.environment import SettingError


def env(**values: str) -> environment.environ.Env:
    return environment.read_environment(Path("/nowhere"), values)


def test_nothing_set_is_sqlite_under_the_data_folder(tmp_path: Path) -> None:
    config = environment.database(env(), tmp_path)
    assert config["ENGINE"] == "django.db.backends.sqlite3"
    assert config["NAME"] == str(tmp_path / "oddlots.sqlite3")
    options = config["OPTIONS"]
    assert isinstance(options, dict)
    assert options["transaction_mode"] == "IMMEDIATE"


def test_postgresql_is_taken_from_its_address(tmp_path: Path) -> None:
    config = environment.database(env(DATABASE_URL="postgres://a:b@db.example:5433/desk"), tmp_path)
    assert [config[key] for key in ("ENGINE", "NAME", "USER", "HOST", "PORT")] == [
        "django.db.backends.postgresql",
        "desk",
        "a",
        "db.example",
        5433,
    ]


def test_redis_as_the_cache_is_djangos_own() -> None:
    config = environment.cache(env(CACHE_URL="redis://127.0.0.1:6379/1"))
    assert config == {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:6379/1",
    }


@pytest.mark.parametrize(
    ("name", "value", "ask"),
    [
        ("DATABASE_URL", "mysql://x/y", lambda e, p: environment.database(e, p)),
        ("DATABASE_URL", "somewhere", lambda e, p: environment.database(e, p)),
        ("CACHE_URL", "memory", lambda e, _p: environment.cache(e)),
        ("EMAIL_URL", "mail", lambda e, _p: environment.email(e)),
        ("MAIL_FROM", "desk", lambda e, _p: environment.mail_from(e, "transcripts.example")),
        ("SITE_URL", "transcripts.example", lambda e, _p: environment.site_url(e)),
        ("SITE_URL", "https://example/path", lambda e, _p: environment.site_url(e)),
        ("CELERY_QUEUE", "two words", lambda e, _p: environment.queue(e)),
        ("TIME_ZONE", "Mars/Olympus", lambda e, _p: environment.time_zone(e)),
        ("TIME_ZONE", "../etc/passwd", lambda e, _p: environment.time_zone(e)),
        ("DEBUG", "perhaps", lambda e, _p: environment.boolean(e, "DEBUG", default=False)),
    ],
)
def test_a_wrong_value_stops_the_start_and_says_what_to_write(
    name: str, value: str, ask: object, tmp_path: Path
) -> None:
    with pytest.raises(SettingError) as stopped:
        ask(env(**{name: value}), tmp_path)  # type: ignore[operator]
    sentence = str(stopped.value)
    assert sentence.startswith(f"{name} is set to {value!r}, which cannot be used. Write ")


def test_a_short_secret_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingError) as stopped:
        environment.secret_key(env(SECRET_KEY="hunter2"), tmp_path)
    assert "hunter2" not in str(stopped.value)


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first = environment.secret_key(env(), tmp_path)
    assert environment.secret_key(env(), tmp_path) == first
    assert len(first) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
