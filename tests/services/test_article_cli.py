"""`flask article` as programs call it: one JSON object, and exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from quizapp.cli import article as article_cli
from quizapp.core.articles.model import ArticleError, Extracted
from quizapp.extensions import db
from quizapp.models import Article, Bank, Question
from quizapp.services.articles import child, llm_client
from quizapp.services.articles.decisions import Judged
from quizapp.services.articles.sandbox import Stopped
from tests.factories import create_person
from tests.services.article_makers import DRAFTED, FOUND, TEXT

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(name="app")
def app_with_group(app: Flask) -> Flask:
    if "article" not in app.cli.commands:
        app.cli.add_command(article_cli.group)
    return app


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "reefs.txt"
    path.write_text(f"Coral reefs\n\n{TEXT}")
    return path


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children take seconds: their answers stand here; the last test has real ones."""
    monkeypatch.setattr(child, "read", lambda *_given: FOUND)
    monkeypatch.setattr(child, "draft", lambda *_given: DRAFTED)


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["article", *map(str, arguments)])


def answered(app: Flask, *arguments: object) -> tuple[int, dict[str, Any]]:
    result = run(app, *arguments, "--json")
    assert result.stdout.count("\n") == 1
    return result.exit_code, json.loads(result.stdout)


def test_draft_answers_with_exactly_the_agreed_names(app: Flask, path: Path) -> None:
    code, told = answered(app, "draft", path)
    assert (code, list(told)) == (0, ["article", "drafts"])
    assert told["article"] == {
        "title": "Coral reefs",
        "authors": ["Ann Lee"],
        "published": "2024-05-17",
        "text": TEXT,
        "dropped": [{"text": "Sign up for our newsletter!", "reason": "newsletter"}],
    }
    assert len(told["drafts"]) == 5
    for one in told["drafts"]:
        assert list(one) == [
            "type", "stem", "options", "key", "fact", "evidence", "score", "way",
        ]  # fmt: skip
        span = one["evidence"]
        assert TEXT[span["start"] : span["end"]] == span["quote"]
    assert [one["score"] for one in told["drafts"]] == [0.9, 0.8, 0.7, 0.6, 0.5]
    assert db.session.query(Article).count() == 0


def test_draft_is_told_to_people_in_lines(app: Flask, path: Path) -> None:
    result = run(app, "draft", path)
    assert result.exit_code == 0
    assert "Coral reefs: 5 facts, 5 drafts" in result.stdout
    assert "0.90 multiple_choice (way_multiple_choice): What builds coral reefs?" in result.stdout
    assert "Something could not be done." in result.stderr


def test_add_stores_drafts_in_a_bank_of_the_article_or_of_the_title(app: Flask, path: Path) -> None:
    owner = create_person("instructor", email="ada@example.org")
    code, told = answered(app, "add", path, "--owner", "Ada@example.org")
    assert (code, list(told)) == (0, ["article", "bank", "facts", "drafts"])
    assert (told["bank"], told["facts"], told["drafts"]) == ("coral-reefs", 5, 5)
    code, again = answered(app, "add", path, "--owner", "ada@example.org", "--bank", "Sea")
    assert (code, again["bank"]) == (0, "sea")
    code, third = answered(app, "add", path, "--owner", "ada@example.org", "--bank", "Sea")
    assert (code, third["bank"]) == (0, "sea")
    db.session.rollback()
    assert {bank.owner_id for bank in db.session.query(Bank)} == {owner.id}
    assert db.session.query(Article).filter_by(uid=told["article"]).count() == 1
    assert {one.status for one in db.session.query(Question)} == {"draft"}


def test_add_without_an_owner_goes_to_nobodys_bank(app: Flask, path: Path) -> None:
    _code, told = answered(app, "add", path)
    bank = db.session.query(Bank).filter_by(slug=told["bank"]).one()
    assert (bank.owner_id, bank.visibility) == (None, "private")


def test_what_is_refused_stores_nothing_and_exits_with_1(
    app: Flask, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(error: Exception) -> Any:
        def read(*_given: object) -> Extracted:
            raise error

        return read

    code, told = answered(app, "add", path, "--owner", "nobody@example.org")
    assert (code, told) == (1, {"error": "Nobody has the address nobody@example.org."})
    code, told = answered(app, "draft", path.with_name("missing"))
    assert (code, "No such file" in told["error"]) == (1, True)
    for error in (ArticleError("There is no article."), Stopped("ended")):
        monkeypatch.setattr(child, "read", fails(error))
        for command in ("draft", "add"):
            assert answered(app, command, path) == (1, {"error": str(error)})
    assert db.session.query(Bank).count() == 0


@pytest.mark.parametrize("wrong", [
    ("draft",), ("draft", "x", "--limit", "0"), ("draft", "x", "--limit", "many"),
    ("draft", "x", "--generator", "magic"), ("add",), ("add", "x", "--limit", "3"), ("study",),
])  # fmt: skip
def test_wrong_usage_exits_with_2(app: Flask, wrong: tuple[str, ...]) -> None:
    code, told = answered(app, *wrong)
    assert (code, list(told)) == (2, ["error"])


def test_the_limit_and_the_generator_are_passed_on(
    app: Flask, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[int] = []

    def draft(*given: Any) -> Any:
        limits.append(given[3])
        return DRAFTED

    def generate(*_given: object) -> Any:
        raise llm_client.LlmFailed("No language model is set up.")

    monkeypatch.setattr(child, "draft", draft)
    monkeypatch.setattr(llm_client, "generate", generate)
    result = run(app, "draft", path, "--limit", 7, "--generator", "llm", "--json")
    assert (result.exit_code, limits) == (0, [7])
    assert len(json.loads(result.stdout)["drafts"]) == 5
    assert "No language model is set up." in result.stderr


def test_draft_needs_no_database_and_no_secret(path: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= {"QUIZAPP_INSTANCE": str(tmp_path / "new"), "PYTHONPATH": str(PROJECT)}
    environment |= {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere"}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "article", "draft", path, "--json"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert (told["article"]["title"], told["article"]["text"]) == ("Coral reefs", TEXT)
    assert told["drafts"]


def test_decisions_come_out_as_features_and_verdicts_without_texts(
    app: Flask, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        article_cli.reviewing,
        "judged",
        lambda: [Judged({"bias": 1.0}, "accept"), Judged({"bias": 1.0}, "edit")],
    )
    code, told = answered(app, "decisions")
    assert code == 0
    assert told == {
        "decisions": [
            {"features": {"bias": 1.0}, "accepted": 1},
            {"features": {"bias": 1.0}, "accepted": 0},
        ]
    }
