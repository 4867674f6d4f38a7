"""Settings, read from the environment; unsafe ones are refused before anything starts."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import urlsplit

from quizapp.core.formats.shared.source import Limits

MIB = 1024 * 1024
GIB = 1024 * MIB
KEY_LENGTH = 16  # characters; shorter secrets can be guessed


class UnsafeSettings(RuntimeError):
    """A setting that would make the app unsafe; the message says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """What the environment says: where data lives, how the app is reached, whom it trusts."""

    database_url: str
    secret_key: str
    url: str  # how people reach the app; https turns Secure cookies and HSTS on
    proxies: int  # how many reverse proxies stand in front
    smtp_url: str = ""  # where mail is handed in; without it nothing is sent
    upload_mib: int = 64  # how large a file may be that is brought to a page

    @property
    def https(self) -> bool:
        """Whether people reach the app over https."""
        return urlsplit(self.url).scheme == "https"


def from_environment(environ: Mapping[str, str], instance: Path) -> Settings:
    """Read and check the settings; makes the secret key in `instance` where none is set."""
    url = environ.get("QUIZAPP_URL", "").rstrip("/")
    if url and urlsplit(url).scheme not in {"http", "https"}:
        raise UnsafeSettings("QUIZAPP_URL must begin with http:// or https://")
    smtp_url = environ.get("QUIZAPP_SMTP_URL", "")
    if smtp_url and urlsplit(smtp_url).scheme not in {"smtp", "smtps"}:
        raise UnsafeSettings("QUIZAPP_SMTP_URL must begin with smtp:// or smtps://")
    proxies = environ.get("QUIZAPP_PROXIES", "0")
    if not proxies.isdecimal() or int(proxies) > 9:
        raise UnsafeSettings("QUIZAPP_PROXIES must be the number of proxies in front, 0 to 9")
    upload_mib = environ.get("QUIZAPP_UPLOAD_MIB", "64")
    if not upload_mib.isdecimal() or not 1 <= int(upload_mib) <= 1024:
        raise UnsafeSettings("QUIZAPP_UPLOAD_MIB must be a number of MiB, 1 to 1024")
    llm_settings(environ)  # refuses now what would fail at the first article
    if environ.get("FLASK_DEBUG", "0") not in {"", "0"} and url.startswith("https"):
        raise UnsafeSettings("FLASK_DEBUG must be off where QUIZAPP_URL is https")
    return Settings(
        database_url=database_url(environ.get("DATABASE_URL", ""), instance),
        secret_key=secret_key(environ.get("SECRET_KEY", ""), instance),
        url=url,
        proxies=int(proxies),
        smtp_url=smtp_url,
        upload_mib=int(upload_mib),
    )


def llm_settings(environ: Mapping[str, str]) -> tuple[str, str, str]:
    """Return the address, the model and the key of the language model; no address: there is none.

    What is wrong is told without the key.
    """
    url = environ.get("QUIZAPP_LLM_URL", "").strip().rstrip("/")
    model = environ.get("QUIZAPP_LLM_MODEL", "").strip()
    key = environ.get("QUIZAPP_LLM_KEY", "").strip()
    if not url:
        return "", model, key
    if not _is_plain_address(url):
        raise UnsafeSettings("QUIZAPP_LLM_URL must be an http:// or https:// address without a key")
    if not model:
        raise UnsafeSettings("QUIZAPP_LLM_MODEL must name the model that QUIZAPP_LLM_URL offers")
    if not key.isascii() or not (key.isprintable() and " " not in key):
        raise UnsafeSettings("QUIZAPP_LLM_KEY must be one word of ASCII characters")
    return url, model, key


def _is_plain_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return named and parts.scheme in {"http", "https"} and "@" not in parts.netloc and url.isascii()


def database_url(given: str, instance: Path) -> str:
    """Return the SQLAlchemy address: psycopg 3 for PostgreSQL, a file in `instance` by default."""
    for scheme in ("postgres://", "postgresql://"):
        if given.startswith(scheme):
            return "postgresql+psycopg://" + given.removeprefix(scheme)
    if given and not given.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise UnsafeSettings("DATABASE_URL must begin with sqlite:/// or postgresql://")
    return given or f"sqlite:///{instance / 'quizapp.db'}"


def secret_key(given: str, instance: Path) -> str:
    """Return the key that signs cookies; made once, readable by its owner only."""
    if given:
        if len(given) < KEY_LENGTH:
            raise UnsafeSettings(f"SECRET_KEY must have at least {KEY_LENGTH} characters")
        return given
    path = instance / "secret_key"
    try:
        if not path.exists():
            instance.mkdir(parents=True, exist_ok=True)
            _make_key(path)
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise UnsafeSettings(f"{error.filename} is not ours to use: {error.strerror}") from error


def _make_key(path: Path) -> None:
    """Write a new key in one step, so that nobody reads half of it; the first one made stays."""
    with NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as file:  # mode 0600
        file.write(secrets.token_urlsafe(48))
        file.flush()
        with suppress(FileExistsError):
            os.link(file.name, path)


def flask_settings(settings: Settings) -> dict[str, Any]:
    """Return Flask's own configuration for these settings."""
    prefix = "__Host-" if settings.https else ""
    engine: dict[str, Any] = {"pool_pre_ping": settings.database_url.startswith("postgresql")}
    if settings.database_url.startswith("sqlite"):
        engine["connect_args"] = {"timeout": 0.5, "check_same_thread": False}
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine,
        "SESSION_COOKIE_NAME": f"{prefix}quizapp",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/" if settings.https else None,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=400),  # the row in `sessions` decides
        "WTF_CSRF_TIME_LIMIT": None,  # a token lasts as long as its session
        "WTF_CSRF_HEADERS": ["X-CSRFToken"],
        "MAX_CONTENT_LENGTH": MIB,
        "MAX_PICTURE_LENGTH": 8 * MIB,
        "UPLOAD_LIMITS": Limits(
            file=settings.upload_mib * MIB, total=max(4 * settings.upload_mib, 256) * MIB
        ),
        "SHELL_LIMITS": Limits(file=GIB, member=GIB, total=GIB),  # for whoever has a shell
        "MAX_FORM_PARTS": 2000,
        "BABEL_DEFAULT_LOCALE": "en",
        # Argon2id above OWASP's 19 MiB; much more would let a few sign-ins fill the memory.
        "ARGON2_TIME_COST": 2,
        "ARGON2_MEMORY_KIB": 32 * 1024,
        "ARGON2_PARALLELISM": 1,
        "QUIZAPP_HTTPS": settings.https,
        "QUIZAPP_URL": settings.url,
        "QUIZAPP_PROXIES": settings.proxies,
        "QUIZAPP_SMTP_URL": settings.smtp_url,
    }
