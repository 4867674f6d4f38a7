"""Questions grouped under facts, split from them, and suggested to be grouped."""

from datetime import datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Card, Fact, Job, Question
from quizapp.services.content import grouping, regrouping
from quizapp.services.content.questions import Absent
from quizapp.services.study import answers
from tests.factories import create_person
from tests.services.bank_makers import fact_of, put_bank, put_question, question

IL2 = (
    ("With which substance are immune cells treated?", "Interleukin-2"),
    ("Immune cells are treated with the substance", "interleukin-2"),
)


class Quiet:
    """A job's context that nobody watches."""

    def progress(self, share: float) -> None:
        pass


@pytest.fixture
def bank_id(app: Flask) -> int:
    return put_bank("Blood", visibility="public")


@pytest.fixture
def ids(bank_id: int) -> list[int]:
    """Two questions that ask the same, and others."""
    alike = [put_question(bank_id, *texts, position=n) for n, texts in enumerate(IL2)]
    others = [
        put_question(bank_id, f"Topic{n} of number{n}?", f"Matter{n}", position=9)
        for n in range(12)
    ]
    return alike + others


def group(bank_id: int, ids: list[int], now: datetime, **under: str) -> int:
    return grouping.group(bank_id, ids, now, create_person().id, **under)


def question_fact(session: Session, question_id: int) -> int:
    return session.get_one(Question, question_id).fact_id or 0


def test_questions_join_the_fact_of_the_first_and_memories_follow(
    bank_id: int, ids: list[int], now: datetime
) -> None:
    learner = create_person()
    answers.answer(learner, str(uuid4()), question(ids[1]).uid, 1, {"rating": 3}, now=now)
    first, left = question(ids[0]).fact_id, question(ids[1]).fact_id
    assert group(bank_id, ids[:3], now) == 2
    assert {question(one).fact_id for one in ids[:3]} == {first}
    assert db.session.get_one(Fact, left).status == "retired"
    assert question(ids[1]).edited_here
    (job,) = db.session.scalars(sa.select(Job)).all()
    regrouping.refold(job.payload, Quiet())
    assert [card.fact_id for card in db.session.scalars(sa.select(Card))] == [first]


def test_questions_join_a_fact_by_its_uid_or_a_new_one(
    bank_id: int, ids: list[int], now: datetime
) -> None:
    group(bank_id, ids[:1], now, fact=fact_of(ids[4]).uid)
    assert question(ids[0]).fact_id == question(ids[4]).fact_id
    group(bank_id, ids[2:4], now, statement="A new thing.")
    assert question(ids[2]).fact_id == question(ids[3]).fact_id
    fact = fact_of(ids[2])
    assert (fact.statement, fact.detail, fact.bank_id) == ("A new thing.", {}, bank_id)
    assert group(bank_id, ids[2:4], now) == 0  # they are together already


def test_a_retired_fact_wakes_when_a_question_joins_it(
    bank_id: int, ids: list[int], now: datetime
) -> None:
    left = fact_of(ids[1])
    uid = left.uid
    group(bank_id, ids[:2], now)
    group(bank_id, ids[1:2], now, fact=uid)
    assert (fact_of(ids[1]).uid, fact_of(ids[1]).status) == (uid, "active")


def test_facts_and_questions_of_other_banks_are_absent(
    bank_id: int, ids: list[int], now: datetime
) -> None:
    stranger = put_question(put_bank("Other"), "Strange")
    with pytest.raises(Absent):
        group(bank_id, ids[:2], now, fact=fact_of(stranger).uid)
    with pytest.raises(Absent):
        group(bank_id, [stranger], now)
    group(bank_id, [ids[0], stranger], now, statement="Together?")
    assert fact_of(stranger).statement == "Strange Answer"


def test_a_question_split_out_gets_back_the_fact_made_for_it(
    bank_id: int, ids: list[int], now: datetime
) -> None:
    person, own = create_person(), question(ids[1]).fact_id
    group(bank_id, ids[:2], now)
    assert grouping.split(bank_id, [ids[1]], now, person.id) == 1
    assert (question(ids[1]).fact_id, fact_of(ids[1]).status) == (own, "active")
    assert grouping.split(bank_id, ids[:2], now, person.id) == 0


def test_a_fact_that_others_joined_is_left_to_them(
    bank_id: int, ids: list[int], now: datetime
) -> None:
    person, shared = create_person(), question(ids[0]).fact_id
    group(bank_id, ids[:2], now)
    assert grouping.split(bank_id, [ids[0]], now, person.id) == 1
    assert question(ids[1]).fact_id == shared
    assert question(ids[0]).fact_id != shared
    assert (
        fact_of(ids[0]).statement == "With which substance are immune cells treated? Interleukin-2"
    )
    assert len({question(one).fact_id for one in ids}) == len(ids)


def test_what_seems_to_be_one_fact_is_suggested_until_it_is_grouped(
    bank_id: int, ids: list[int], now: datetime
) -> None:
    (found,), total = grouping.suggestions(bank_id)
    assert total == 1
    assert [row.id for row in found.rows] == ids[:2]
    assert found.facts == [fact_of(ids[0]).uid, fact_of(ids[1]).uid]
    assert found.reason == "words"
    assert "interleukin" in found.words
    assert grouping.questions_of(bank_id, found.facts) == ids[:2]
    group(bank_id, ids[:2], now)
    assert grouping.suggestions(bank_id) == ([], 0)


def test_a_dismissed_suggestion_stays_away(bank_id: int, ids: list[int]) -> None:
    uids = [fact_of(one).uid for one in ids[:2]]
    grouping.dismiss(bank_id, [*uids, "nowhere"])
    assert grouping.suggestions(bank_id) == ([], 0)
    assert fact_of(ids[0]).detail == {"own": True, "apart": [uids[1]]}
    grouping.dismiss(bank_id, uids)
    assert fact_of(ids[0]).detail["apart"] == [uids[1]]


def test_cards_of_one_note_are_suggested(bank_id: int, ids: list[int]) -> None:
    with writing() as session:
        for one in ids[5:8]:
            fact = session.get_one(Fact, question_fact(session, one))
            fact.detail = {**fact.detail, "group": "note-1"}
    found, total = grouping.suggestions(bank_id)
    assert total == 2
    assert (found[0].reason, [row.id for row in found[0].rows]) == ("note", ids[5:8])


def test_retired_questions_and_descriptions_are_not_compared(app: Flask) -> None:
    bank_id = put_bank()
    put_question(bank_id, *IL2[0], status="retired")
    put_question(bank_id, *IL2[1])
    put_question(bank_id, " ".join(IL2[0]), kind="description", body={})
    assert grouping.suggestions(bank_id) == ([], 0)


def test_a_fact_of_its_own_is_suggested_to_join_one_that_a_file_named(
    bank_id: int, ids: list[int]
) -> None:
    def name(question_id: int) -> None:
        with writing() as session:
            fact = session.get_one(Fact, question_fact(session, question_id))
            fact.detail, fact.statement = {}, "It says nothing of the sort."

    name(ids[0])
    found, _ = grouping.suggestions(bank_id)
    assert [row.id for row in found[0].rows] == ids[:2]
    name(ids[1])  # now both are named, so somebody has told them apart
    assert grouping.suggestions(bank_id) == ([], 0)
