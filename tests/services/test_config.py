"""Settings: safe by default, and unsafe ones are refused with words that help."""

from pathlib import Path

import pytest

from quizapp import create_app
from quizapp.config import UnsafeSettings, database_url, flask_settings, from_environment

KEY = {"SECRET_KEY": "long enough to be safe"}


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"SECRET_KEY": "dev"}, "SECRET_KEY"),
        ({**KEY, "QUIZAPP_URL": "quiz.example.org"}, "QUIZAPP_URL"),
        ({**KEY, "QUIZAPP_URL": "ftp://quiz.example.org"}, "QUIZAPP_URL"),
        ({**KEY, "QUIZAPP_PROXIES": "all"}, "QUIZAPP_PROXIES"),
        ({**KEY, "QUIZAPP_PROXIES": "-1"}, "QUIZAPP_PROXIES"),
        ({**KEY, "QUIZAPP_PROXIES": "10"}, "QUIZAPP_PROXIES"),
        ({**KEY, "QUIZAPP_UPLOAD_MIB": "0"}, "QUIZAPP_UPLOAD_MIB"),
        ({**KEY, "QUIZAPP_UPLOAD_MIB": "plenty"}, "QUIZAPP_UPLOAD_MIB"),
        ({**KEY, "FLASK_DEBUG": "1", "QUIZAPP_URL": "https://quiz.example.org"}, "FLASK_DEBUG"),
    ],
)
def test_unsafe_settings_are_refused(
    environment: dict[str, str], words: str, tmp_path: Path
) -> None:
    with pytest.raises(UnsafeSettings, match=words):
        from_environment(environment, tmp_path)


def test_the_secret_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    first = from_environment({}, instance).secret_key
    assert len(first) >= 48
    assert (instance / "secret_key").stat().st_mode & 0o777 == 0o600
    assert from_environment({}, instance).secret_key == first
    assert from_environment({}, tmp_path / "other").secret_key != first


def test_how_large_an_upload_may_be_is_a_setting(tmp_path: Path) -> None:
    usual = flask_settings(from_environment(KEY, tmp_path))
    assert usual["UPLOAD_LIMITS"].file == 64 * 1024 * 1024
    assert usual["SHELL_LIMITS"].file == 1024 * 1024 * 1024
    small = flask_settings(from_environment({**KEY, "QUIZAPP_UPLOAD_MIB": "2"}, tmp_path))
    assert small["UPLOAD_LIMITS"].file == 2 * 1024 * 1024


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgres://me:pw@db/quiz", "postgresql+psycopg://me:pw@db/quiz"),
        ("postgresql://me:pw@db/quiz?a=1", "postgresql+psycopg://me:pw@db/quiz?a=1"),
        ("postgresql+psycopg://db/quiz", "postgresql+psycopg://db/quiz"),
        ("sqlite:////var/quiz.db", "sqlite:////var/quiz.db"),
        ("", "sqlite:////srv/instance/quizapp.db"),
    ],
)
def test_database_addresses(given: str, read: str) -> None:
    assert database_url(given, Path("/srv/instance")) == read


def test_https_makes_cookies_secure(tmp_path: Path) -> None:
    plain = flask_settings(from_environment(KEY, tmp_path))
    assert (plain["SESSION_COOKIE_NAME"], plain["SESSION_COOKIE_SECURE"]) == ("quizapp", False)
    https = flask_settings(
        from_environment({**KEY, "QUIZAPP_URL": "https://quiz.example.org/"}, tmp_path)
    )
    assert https["SESSION_COOKIE_NAME"] == "__Host-quizapp"
    assert https["SESSION_COOKIE_SECURE"]
    assert https["SESSION_COOKIE_PATH"] == "/"
    assert https["QUIZAPP_URL"] == "https://quiz.example.org"


def test_debug_is_off_unless_asked_for(tmp_path: Path) -> None:
    assert not create_app({"INSTANCE_PATH": tmp_path}).debug
