"""The test ground: each test that asks for `app` or `client` runs on SQLite and on PostgreSQL."""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextvars import Context
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from quizapp import create_app, database
from quizapp.extensions import db
from quizapp.services.content import catalog
from quizapp.web import assets
from tests.postgres import Server, postgres, quick_folder

DATABASES = ("sqlite", "postgresql")
# What a developer has set must not change what the tests see.
OURS = (
    "DATABASE_URL",
    "SECRET_KEY",
    "QUIZAPP_URL",
    "QUIZAPP_PROXIES",
    "QUIZAPP_SMTP_URL",
    "QUIZAPP_INSTANCE",
    "QUIZAPP_UPLOAD_MIB",
    "QUIZAPP_LLM_URL",
    "QUIZAPP_LLM_MODEL",
    "QUIZAPP_LLM_KEY",
    "FLASK_DEBUG",
    "HOST",
    "PORT",
)
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", quick_folder())  # where tmp_path is
CHEAP = {"ARGON2_TIME_COST": 1, "ARGON2_MEMORY_KIB": 64}  # hashes that take no time
_numbers = itertools.count()
_STATEMENTS: dict[str, Any] = {}  # by dialect: the dialect and what it has compiled


class BrowserLikeClient(FlaskClient):
    """A client whose requests know nothing of the test's own app context.

    In it they would share `g`, hence who is signed in, and would read from its old transaction.
    """

    def __enter__(self) -> "BrowserLikeClient":
        return self  # Flask's own keeps the request's context open, which is in another Context

    def open(self, *arguments: Any, **keywords: Any) -> Any:
        if has_app_context():  # a redirect that is followed comes without one
            db.session.rollback()
        return Context().run(super().open, *arguments, **keywords)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("only")
        names = only.args if only else DATABASES
        metafunc.parametrize("database", names, indirect=True)


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> None:
    for name in OURS:
        os.environ.pop(name, None)


@pytest.fixture(scope="session", autouse=True)
def _apps_share_what_is_equal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compile addresses and pack static files once, not for each of thousands of apps."""
    compiled: dict[Any, Any] = {}
    compile_builder, pack = Rule._compile_builder, assets._packed
    packed = tmp_path_factory.mktemp("static")

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        defaults = tuple((rule.defaults or {}).items())
        key = (rule.rule, rule.subdomain, rule.host, defaults, append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
        patch.setattr(assets, "_packed", lambda files, root: pack(files, packed / root.name))
        yield


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates as one app has compiled them, for the next one."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file; tests copy it, as migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "quizapp.db"
    migrate(f"sqlite:///{path}", path.parent)
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One server per worker of pytest-xdist."""
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(
    postgres_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a migrated database; tests copy it."""
    with postgres_server.database("migrated") as url:
        migrate(url, tmp_path_factory.mktemp("template"))
        yield "migrated"


def migrate(url: str, instance: Path) -> None:
    """Bring a database up to date, in an app of its own that is closed again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        app = create_app({"INSTANCE_PATH": instance})
    with app.app_context():
        flask_migrate.upgrade()
    close(app)


def close(app: Flask) -> None:
    """Close what an app holds open: connections, and the files of its write lock."""
    with app.app_context():
        path = db.engine.url.database or ""
        db.engine.dispose()
    lock = database._LOCKS.pop(path, None)
    if lock and lock._pid == os.getpid():
        os.close(lock._gate)
        os.close(lock._hold)


@pytest.fixture(name="database")
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """DATABASE_URL of a migrated, empty database; `@pytest.mark.only("sqlite")` runs on one."""
    if request.param == "sqlite":
        path = tmp_path / "quizapp.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        server: Server = request.getfixturevalue("postgres_server")
        template = request.getfixturevalue("postgres_template")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PG_BINDIR", str(server.bindir))
            with server.database(f"test{next(_numbers)}", template) as url:
                yield url


@pytest.fixture
def app(
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    compiled_templates: FileSystemBytecodeCache,
) -> Iterator[Flask]:
    """An app with an empty database, inside its context; CSRF is off, see `guarded`."""
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("SECRET_KEY", "only-for-the-tests")
    app = create_app(
        {"INSTANCE_PATH": tmp_path, "TESTING": True, "WTF_CSRF_ENABLED": False, **CHEAP}
    )
    app.test_client_class = BrowserLikeClient
    app.jinja_env.bytecode_cache = compiled_templates
    catalog.forget()  # what the process keeps of another test's banks
    with app.app_context():
        engine: Any = db.engine
        kept = _STATEMENTS.setdefault(engine.name, (engine.dialect, engine._compiled_cache))
        engine.dialect, engine._compiled_cache = kept
        yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a session."""
    return app.test_client()


@pytest.fixture
def guarded(app: Flask) -> FlaskClient:
    """A browser whose forms need their CSRF token, as outside the tests."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app.test_client()


@pytest.fixture
def now() -> datetime:
    """A Monday morning."""
    return datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The team's folder of real files; without it these tests skip, visibly."""
    path = Path(__file__).resolve().parents[2] / "shared"
    if not path.is_dir():
        pytest.skip("../shared is absent")
    return path
