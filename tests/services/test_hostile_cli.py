"""Commands that are given rubbish: one JSON object, a code of 1 or 2, nothing stored."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.extensions import db
from quizapp.models import User

ONE = 'format: quizapp-bank/1\ntitle: T\nquestions:\n- {key: a, type: essay, stem: "hi"}\n'
NOT_UTF8 = "caf\udce9"  # how Python reads the byte E9 of an argument


def run(app: Flask, *arguments: str, **keywords: Any) -> tuple[int, dict[str, Any]]:
    db.session.rollback()
    done = app.test_cli_runner().invoke(args=[*arguments, "--json"], **keywords)
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, json.loads(done.stdout)


def rows() -> dict[str, list[str]]:
    """Return all that is stored, as text."""
    db.session.rollback()
    tables = User.metadata.sorted_tables
    return {
        table.name: sorted(map(repr, db.session.execute(sa.select(table)).all()))
        for table in tables
    }


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    "arguments",
    [
        ("bank", "nosuch"),
        ("bank",),
        ("ops", "nosuch"),
        ("study", "nosuch"),
        ("user",),
        ("user", "add", NOT_UTF8, "--role", "learner"),
        ("user", "add", "a@example.org", "--role", "learner", "--name", NOT_UTF8),
        ("bank", "import", "questions/immunotherapy", "--bank", NOT_UTF8),
        ("bank", "export", NOT_UTF8, "--format", "bank_yaml", "--output", "x"),
    ],
)
def test_wrong_usage_is_told_in_json(app: Flask, arguments: tuple[str, ...]) -> None:
    code, answer = run(app, *arguments)
    assert code == 2
    assert answer["error"]


@pytest.mark.only("sqlite")
def test_json_is_utf8_whatever_a_file_is_called(app: Flask) -> None:
    code, answer = run(app, "ops", "restore", f"/nothing/{NOT_UTF8}")
    assert code == 1
    assert json.dumps(answer).encode()


def test_a_name_that_no_column_holds_is_refused(app: Flask) -> None:
    add = ("user", "add", "a@example.org", "--role", "learner")
    assert run(app, *add, "--name", "n" * 201)[0] == 1
    assert run(app, *add, "--password-stdin", input=b"\xff\xfe a long password\n")[0] == 1
    assert run(app, *add, "--name", "n" * 200)[0] == 0


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("title: T", "title: T\ntitle: U", 3, "'title' is there twice"),
        ("title: T", "title: &a T", 2, "Anchors"),
        ("title: T", "title: *a", 2, "Anchors"),
        ("title: T", "title: !!python/name:os.system T", 2, "Tags"),
        ("title: T", "title: " + "[" * 100 + "]" * 100, 2, "nested"),
    ],
)
def test_a_file_with_what_yaml_can_do_is_refused_with_its_line(
    app: Flask, tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    path = tmp_path / "bank.yaml"
    path.write_text(ONE.replace(old, new))
    code, answer = run(app, "bank", "import", str(path))
    assert (code, answer["line"]) == (1, line)
    assert words in answer["error"]


def test_a_dry_run_says_the_same_and_stores_nothing(app: Flask) -> None:
    command = ("bank", "import", "questions/immunotherapy", "--public")
    before = rows()
    foreseen = run(app, *command, "--dry-run")
    assert rows() == before
    assert run(app, *command) == foreseen
    before = rows()
    code, again = run(app, *command, "--dry-run")
    assert rows() == before
    assert (code, again["unchanged"], again["created"]) == (0, again["read"], 0)


@pytest.mark.only("sqlite")
def test_every_hostile_file_is_refused_in_words(app: Flask, shared: Path) -> None:
    files = [*(shared / "hostile/yaml").iterdir(), *(shared / "hostile/zip").iterdir()]
    assert len(files) > 25
    for path in files:
        code, answer = run(app, "bank", "import", str(path), "--format", "bank_yaml")
        assert code == 1, path
        assert answer["error"], path
    assert db.session.query(User).count() == 0
