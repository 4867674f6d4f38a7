"""A bank's questions listed, searched by words, filtered, counted and paged through."""

import pytest
from flask import Flask

from quizapp.database import writing
from quizapp.models import QuestionReport
from quizapp.services.content import fact_lists, question_lists
from quizapp.services.content.question_lists import Filter, Listing
from tests.factories import START
from tests.services.bank_makers import fact_of, put_bank, put_question, question

IRON = "A 50% share_of **iron**"


def names(listing: Listing) -> list[str]:
    return [row.name for row in listing.rows]


def found(bank_id: int, text: str) -> list[str]:
    return names(question_lists.listing(bank_id, Filter(text=text)))


@pytest.fixture
def bank_id(app: Flask) -> int:
    """A bank of a few questions, beside another one that must not show through."""
    bank_id, other = put_bank("Blood"), put_bank("Bones")
    put_question(bank_id, "Où naît le Rhône?", "Glacier du Rhône", tags=("Géo", "hard"))
    body = {"answers": [{"id": "a1", "text": "Ferritin"}]}
    put_question(bank_id, IRON, kind="short_answer", position=1, category="Metals", body=body)
    put_question(bank_id, "Draft about iron", "x\\y", position=2, status="draft", tags=("hard",))
    put_question(bank_id, "Old one", position=0, status="retired", name="Zebra")
    put_question(bank_id, "Half imported iron", status="staged")
    put_question(other, "Iron in bones", tags=("hard", "bones"))
    return bank_id


def test_every_word_must_occur_whatever_its_case_and_accents(bank_id: int) -> None:
    assert found(bank_id, "RHONE glacier") == ["Où naît le Rhône?"]
    assert found(bank_id, "nait  rhône") == ["Où naît le Rhône?"]
    assert found(bank_id, "rhone iron") == []
    assert found(bank_id, "iron") == [IRON, "Draft about iron"]
    assert len(found(bank_id, "")) == 4


def test_names_and_tags_are_searched_too(bank_id: int) -> None:
    assert found(bank_id, "geo") == ["Où naît le Rhône?"]
    assert found(bank_id, "geo rhone") == ["Où naît le Rhône?"]
    assert found(bank_id, "zebra old") == ["Zebra"]


def test_signs_of_patterns_stand_for_themselves(bank_id: int) -> None:
    for text in ("50%", "%", "_", "share_of", "\\"):
        assert len(found(bank_id, text)) == 1, text
    for text in ("shareXof", "/", "'", "%_"):
        assert found(bank_id, text) == [], text


def test_active_ones_come_first_each_kind_in_the_banks_order(bank_id: int) -> None:
    listing = question_lists.listing(bank_id, Filter())
    assert [row.status for row in listing.rows] == ["active", "active", "draft", "retired"]
    assert names(listing)[:2] == ["Où naît le Rhône?", IRON]


def test_filters_narrow_and_each_counts_what_its_values_would_leave(bank_id: int) -> None:
    listing = question_lists.listing(bank_id, Filter(tag="hard"))
    assert listing.total == 2
    assert listing.counts["status"] == {"active": 1, "draft": 1}
    listing = question_lists.listing(bank_id, Filter(tag="hard", status="draft"))
    assert names(listing) == ["Draft about iron"]
    assert listing.counts["status"] == {"active": 1, "draft": 1}  # what another state would leave
    assert listing.counts["type"] == {"flashcard": 1}
    assert listing.counts["tag"] == {"hard": 1}
    listing = question_lists.listing(bank_id, Filter(type="short_answer"))
    assert listing.counts["type"] == {"flashcard": 3, "short_answer": 1}
    assert listing.counts["category"] == {"Metals": 1}
    assert listing.counts["tag"] == {}
    assert names(question_lists.listing(bank_id, Filter(category="Metals", text="iron"))) == [IRON]


def test_a_fact_filters_by_its_uid(bank_id: int) -> None:
    first = question_lists.listing(bank_id, Filter(text="rhone")).rows[0]
    assert first.fact_uid
    assert names(question_lists.listing(bank_id, Filter(fact=first.fact_uid))) == [first.name]
    assert names(question_lists.listing(bank_id, Filter(fact="nowhere"))) == []


def test_a_row_tells_type_tags_fact_and_open_reports(bank_id: int) -> None:
    row = question_lists.listing(bank_id, Filter(text="rhone")).rows[0]
    with writing() as session:
        for state in ("open", "open", "closed"):
            session.add(
                QuestionReport(question_id=row.id, version=1, text="x", state=state, at=START)
            )
    row = question_lists.listing(bank_id, Filter(text="rhone")).rows[0]
    assert (row.label, row.tags, row.version, row.reports) == ("Flashcard", ["Géo", "hard"], 1, 2)
    assert row.statement == "Où naît le Rhône? Glacier du Rhône"
    assert question_lists.open_reports(bank_id) == 2


def test_pages_hold_fifty_and_the_nearest_is_given(app: Flask) -> None:
    bank_id = put_bank()
    for n in range(question_lists.PAGE + 2):
        put_question(bank_id, f"Question {n}", position=n)
    first = question_lists.listing(bank_id, Filter(), -4)
    last = question_lists.listing(bank_id, Filter(), 99)
    assert (first.page, first.pages, len(first.rows)) == (1, 2, 50)
    assert (last.page, names(last)) == (2, ["Question 50", "Question 51"])


def test_a_large_bank_is_paged_through_in_full_but_counted_in_part(
    bank_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question_lists, "COUNTED", 2)
    monkeypatch.setattr(question_lists, "PAGE", 1)
    listings = [question_lists.listing(bank_id, Filter(), n) for n in (1, 2, 3, 4)]
    assert [names(one)[0] for one in listings] == [
        "Où naît le Rhône?", IRON, "Draft about iron", "Zebra",
    ]  # fmt: skip
    assert all(one.total == 4 and one.is_all and not one.is_counted for one in listings)
    assert listings[0].counts["status"] == {"active": 2, "draft": 1, "retired": 1}
    retired = question_lists.listing(bank_id, Filter(status="retired"))
    assert (retired.total, names(retired)) == (1, ["Zebra"])


def test_of_a_search_that_finds_too_many_the_first_are_listed(
    bank_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question_lists, "COUNTED", 1)
    listing = question_lists.listing(bank_id, Filter(text="iron"), 9)
    assert (listing.total, listing.is_all, listing.pages) == (1, False, 1)
    assert len(listing.rows) == 1
    listing = question_lists.listing(bank_id, Filter(text="iron", status="draft"))
    assert (listing.total, listing.is_all) == (1, True)
    assert names(listing) == ["Draft about iron"]


def test_facts_are_listed_with_the_questions_that_ask_them(bank_id: int) -> None:
    rows = fact_lists.listing(bank_id).rows
    assert len(rows) == fact_lists.listing(bank_id, 7).total == 5
    by_statement = {row.statement: row.questions for row in rows}
    assert by_statement["Draft about iron x\\y"] == 1
    assert by_statement["Old one Answer"] == 0


def test_facts_are_offered_by_the_words_of_their_questions(bank_id: int) -> None:
    (row,) = question_lists.listing(bank_id, Filter(text="zebra")).rows
    fact = fact_of(row.id)
    assert [one.uid for one in fact_lists.offered(bank_id, "ZEBRA old")] == [fact.uid]
    assert fact_lists.offered(bank_id, "bones") == []
    assert question(row.id).status == "retired"
