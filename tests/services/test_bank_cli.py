"""`flask bank` as programs call it: one JSON object, and exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from quizapp.cli import bank as bank_cli
from quizapp.services.content import banks
from tests.factories import create_person

BLOOD = Path(__file__).resolve().parents[1] / "banks" / "blood"
FAULTY = """format: quizapp-bank/1
title: Faulty
questions:
  - {key: a, type: essay, stem: Why?}
  - {key: b, type: essay}
"""


@pytest.fixture(name="app")
def app_with_group(app: Flask) -> Flask:
    if "bank" not in app.cli.commands:
        app.cli.add_command(bank_cli.group)
    return app


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["bank", *map(str, arguments)])


def answered(app: Flask, *arguments: object) -> tuple[int, dict[str, Any]]:
    result = run(app, *arguments, "--json")
    assert result.stdout.count("\n") == 1
    return result.exit_code, json.loads(result.stdout)


def test_import_answers_with_exactly_the_agreed_names(app: Flask) -> None:
    code, told = answered(app, "import", BLOOD, "--public")
    assert code == 0
    assert list(told) == [
        "format", "bank", "read", "accepted", "created", "updated", "unchanged",
        "by_type", "warnings", "refused", "media",
    ]  # fmt: skip
    assert (told["bank"], told["accepted"], told["media"]) == ("blood", 12, 1)
    (warning,) = told["warnings"]
    assert list(warning) == ["question", "name", "line", "path", "message"]
    assert warning["question"] == 12
    code, told = answered(app, "import", BLOOD)
    assert (code, told["unchanged"], told["created"]) == (0, 12, 0)


def test_a_part_that_is_refused_still_counts_as_success(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text(FAULTY)
    code, told = answered(app, "import", path)
    assert (code, told["read"], told["accepted"]) == (0, 2, 1)
    (refused,) = told["refused"]
    assert list(refused) == ["question", "name", "line", "path", "message"]
    assert (refused["question"], refused["name"], refused["line"]) == (2, "b", 5)


def test_nothing_accepted_or_nothing_readable_is_exit_1_with_an_error(
    app: Flask, tmp_path: Path
) -> None:
    path = tmp_path / "none.yaml"
    path.write_text(FAULTY.replace("type: essay, stem: Why?", "type: quiz"))
    code, told = answered(app, "import", path)
    assert (code, told["accepted"], len(told["refused"])) == (1, 0, 2)
    assert told["error"]
    assert banks.find_named("Faulty") is None
    path.write_text("a: &x b")
    for bad in (path, tmp_path / "absent"):
        code, told = answered(app, "import", bad, "--format", "bank_yaml")
        assert code == 1
        assert str(bad) in told["error"]


def test_wrong_usage_is_exit_2_and_json_all_the_same(app: Flask) -> None:
    for arguments in (("import",), ("import", "x", "--format", "odd"), ("export", "x")):
        code, told = answered(app, *arguments)
        assert code == 2
        assert told["error"]


def test_a_dry_run_stores_nothing(app: Flask) -> None:
    code, told = answered(app, "import", BLOOD, "--dry-run")
    assert (code, told["created"]) == (0, 12)
    assert banks.find_named("Blood") is None


def test_the_owner_is_found_by_any_spelling_of_the_address(app: Flask) -> None:
    owner = create_person("instructor", email="ada@example.org")
    code, told = answered(app, "import", BLOOD, "--owner", "ADA@Example.org", "--bank", "Ada's")
    assert (code, told["bank"]) == (0, "ada-s")
    bank = banks.find("ada-s")
    assert bank
    assert (bank.owner_id, bank.title, bank.visibility) == (owner.id, "Ada's", "private")
    code, told = answered(app, "import", BLOOD, "--owner", "nobody@example.org")
    assert code == 1
    assert "nobody@example.org" in told["error"]


def test_export_writes_by_slug_or_by_a_title_that_only_one_bank_has(
    app: Flask, tmp_path: Path
) -> None:
    run(app, "import", BLOOD)
    output = tmp_path / "out"
    code, told = answered(app, "export", "Blood", "--format", "bank_yaml", "--output", output)
    assert (code, told) == (0, {"format": "bank_yaml", "written": 12, "losses": []})
    again = ("export", "blood", "--format", "bank_yaml", "--output", output)
    assert answered(app, *again)[0] == 1
    assert answered(app, *again, "--force")[0] == 0
    lone = ("export", "blood", "--format", "bank_yaml", "--output", tmp_path / "b.yaml")
    code, told = answered(app, *lone)
    assert list(told["losses"][0]) == ["question", "name", "message"]
    owner = create_person("instructor", email="o@example.org")
    run(app, "import", BLOOD, "--owner", owner.email)
    code, told = answered(app, "export", "Blood", "--format", "bank_yaml", "--output", output)
    assert code == 1
    assert "Blood" in told["error"]


def test_formats_are_listed(app: Flask) -> None:
    code, told = answered(app, "formats")
    assert code == 0
    assert told["formats"][0] == {
        "name": "bank_yaml",
        "label": "quizapp bank",
        "suffixes": ["/", ".zip", ".yaml", ".yml"],
        "reads": True,
        "writes": True,
    }
    assert "bank_yaml" in run(app, "formats").output


def test_without_json_people_get_lines(app: Flask) -> None:
    result = run(app, "import", BLOOD)
    assert "accepted: 12" in result.stdout
    assert "warning: odd" in result.stderr
