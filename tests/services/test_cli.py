"""The commands `ops` and `user`: JSON on stdout and nothing else, exit 0, 1 or 2."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from quizapp.cli import serving
from quizapp.extensions import db
from quizapp.models import User
from quizapp.services.people import setup
from tests.factories import START, create_person


def run(app: Flask, *arguments: str, **keywords: Any) -> tuple[int, dict[str, Any]]:
    db.session.rollback()
    done = app.test_cli_runner().invoke(args=[*arguments, "--json"], **keywords)
    return done.exit_code, json.loads(done.stdout)


def test_check_backup_restore(app: Flask, tmp_path: Path) -> None:
    ok = dict.fromkeys(("integrity", "foreign_keys", "replay", "migrations"), "ok")
    assert run(app, "ops", "check") == (0, ok)
    copy = tmp_path / "copy"
    code, answer = run(app, "ops", "backup", str(copy))
    assert (code, answer["backup"]) == (0, str(copy))
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    code, answer = run(app, "ops", "restore", str(copy))
    assert code == 1
    assert "--force" in answer["error"]
    code, answer = run(app, "ops", "restore", str(copy), "--force")
    assert code == 0
    assert Path(answer["kept"]).exists()


def test_failures_are_json_too(app: Flask, tmp_path: Path) -> None:
    assert run(app, "ops", "restore", str(tmp_path / "absent"))[0] == 1
    code, answer = run(app, "ops", "backup")
    assert code == 2
    assert answer["error"]


def test_a_person_with_a_password(app: Flask) -> None:
    person = ("user", "add", "Ada@Example.org", "--role", "instructor", "--name", "Ada")
    code, answer = run(app, *person, "--password-stdin", input="a lovely day in Lyon\n")
    assert code == 0
    assert (answer["role"], answer["link"]) == ("instructor", None)
    db.session.rollback()
    user = db.session.query(User).one()
    assert (user.uid, user.name, user.role) == (answer["user"], "Ada", "instructor")
    code, answer = run(app, *person)
    assert code == 1
    assert "already" in answer["error"]


def test_a_person_without_a_password_gets_a_link(app: Flask) -> None:
    code, answer = run(app, "user", "add", "ada@example.org", "--role", "learner")
    assert code == 0
    assert answer["link"].startswith("http://127.0.0.1:5000/links/")


@pytest.mark.parametrize(
    "arguments", [("not an address", "--role", "learner"), ("a@example.org", "--role", "king")]
)
def test_what_makes_no_person(app: Flask, arguments: tuple[str, ...]) -> None:
    code, answer = run(app, "user", "add", *arguments)
    assert code in {1, 2}
    assert answer["error"]


@pytest.mark.usefixtures("app")
def test_one_set_up_link_while_there_is_no_admin() -> None:
    first = setup.make_link(START)
    second = setup.make_link(START)
    assert first
    assert second
    assert first != second
    create_person("admin")
    assert setup.make_link(START) is None


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:5000"),
        ("0.0.0.0", "http://127.0.0.1:5000"),
        ("::", "http://[::1]:5000"),
        ("quiz.local", "http://quiz.local:5000"),
    ],
)
def test_addresses(host: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", host)
    assert serving.address("") == shown
    assert serving.address("https://quiz.example.org") == "https://quiz.example.org"
