"""The report of a bank's flaws: which questions, which order, how many of each kind."""

import pytest
from flask import Flask

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank
from quizapp.services.content import flaw_report
from tests.services.bank_makers import put_bank, put_question

pytestmark = pytest.mark.only("sqlite")
OPTIONS = ("White cells", "Red cells", "Platelets", "Plasma")


def put_choice(bank_id: int, stem: str, *options: str, **columns: object) -> int:
    shuffle = bool(columns.pop("shuffle", True))
    entries = [
        {"id": f"o{n}", "text": text, "fraction": "0" if n > 1 else "1"}
        for n, text in enumerate(options or OPTIONS, start=1)
    ]
    body = {"options": entries, "shuffle": shuffle}
    return put_question(bank_id, stem, kind="multiple_choice", body=body, **columns)  # type: ignore[arg-type]


@pytest.fixture
def bank_id(app: Flask) -> int:
    return put_bank("Blood")


def report(bank_id: int, rule: str = "", page: int = 1) -> flaw_report.Report:
    db.session.rollback()
    return flaw_report.of_bank(db.session.get_one(Bank, bank_id), rule, page)


def test_the_worst_come_first_and_sound_ones_not_at_all(bank_id: int) -> None:
    put_choice(bank_id, "Which cells fight germs?", position=1)
    put_choice(bank_id, "Which is not a cell?", "Plasma", "Red cells", position=2)
    put_choice(bank_id, "Which is never a cell?", "Plasma", "Red", "All of these", position=3)
    put_choice(bank_id, "Which is red?", "Red cells", "White cells", "All of these", position=4)
    found = report(bank_id)
    assert [row.name for row in found.rows] == [
        "Which is never a cell?",
        "Which is not a cell?",
        "Which is red?",
    ]
    assert [len(row.flaws) for row in found.rows] == [2, 1, 1]
    assert (found.total, found.flawed, found.looked_at, found.is_all) == (3, 3, 4, True)
    assert found.counts == {"all_of_the_above": 2, "negative_stem": 2}


def test_a_rule_leaves_its_own_and_the_counts_stay(bank_id: int) -> None:
    put_choice(bank_id, "Which is not a cell?", "Plasma", "Red cells")
    put_choice(bank_id, "Which is red?", "Red cells", "White cells", "All of these")
    found = report(bank_id, "all_of_the_above")
    assert [row.name for row in found.rows] == ["Which is red?"]
    assert (found.total, found.flawed) == (1, 2)
    assert found.counts == {"all_of_the_above": 1, "negative_stem": 1}
    assert report(bank_id, "nonsense").rows == []


def test_drafts_are_looked_at_and_retired_ones_are_not(bank_id: int) -> None:
    for status in ("draft", "retired", "staged"):
        put_choice(bank_id, "Which is not a cell?", "Plasma", "Red", name=status, status=status)
    put_choice(put_bank("Other"), "Which is not a cell?", "Plasma", "Red")
    assert [(row.name, row.status) for row in report(bank_id).rows] == [("draft", "draft")]


def test_rules_follow_the_language_of_the_bank(bank_id: int) -> None:
    put_choice(bank_id, "Which is not a cell?", "Plasma", "Red cells")
    with writing() as session:
        session.get_one(Bank, bank_id).language = "de"
    assert report(bank_id).rows == []


def test_a_bank_is_looked_at_up_to_a_bound_and_listed_by_pages(
    bank_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flaw_report, "LOOKED_AT", 3)
    monkeypatch.setattr(flaw_report, "PAGE", 2)
    for n in range(5):
        put_choice(bank_id, f"Which is not a cell ({n})?", "Plasma", "Red", position=n)
    found = report(bank_id, page=2)
    assert (found.looked_at, found.is_all, found.total, found.pages) == (3, False, 3, 2)
    assert [row.name for row in found.rows] == ["Which is not a cell (2)?"]
    assert report(bank_id, page=99).page == 2
    assert report(bank_id, page=-1).page == 1


def test_a_place_that_is_right_too_often_is_told(bank_id: int) -> None:
    for n in range(13):
        put_choice(bank_id, f"Which cells fight germs ({n})?", shuffle=False, position=n)
    (pattern,) = report(bank_id).patterns
    assert (pattern.options, pattern.position, pattern.times) == (4, 1, 13)
