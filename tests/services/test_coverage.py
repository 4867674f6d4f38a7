"""How far a class is with an article: each sentence in one state, as the database says."""

import sqlite3
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp import database
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS
from quizapp.core.statistics.recall import recall_level
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    ArticleVersion,
    Bank,
    BankMember,
    Card,
    Evidence,
    Fact,
    Parameters,
    Question,
    QuestionPart,
    User,
)
from quizapp.services.content.questions import Absent
from quizapp.services.courses import access, course_articles, coverage, fact_recall
from quizapp.services.courses.access import ASSISTANT, CourseView
from quizapp.services.courses.coverage import STATES, Coverage
from quizapp.services.people import sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import memories
from tests.factories import create_bank, create_person
from tests.services.course_makers import archived, assigned_goal, assigned_quiz, course_of, enrolled
from tests.services.learner_makers import facts_of, put_article, put_card, put_evidence
from tests.services.quiz_makers import CHOICE, create_questions, create_quiz

TEXT = (
    "White cells fight. Red cells <carry>. Platelets clot. Plasma flows. Marrow makes them.\n\n"
    "## More\n\nNobody asks this."
)
SENTENCES = 6
Class = tuple[CourseView, list[Person], str, list[int]]


@pytest.fixture
def class_of_four(app: Flask, teacher: Person, now: datetime) -> Class:
    """A course of four learners on an article of six sentences with five facts."""
    bank = create_bank(owner_id=teacher.id, visibility="private", facts=5)
    uid, facts = put_article(bank, TEXT), facts_of(bank)
    for fact_id, quote in zip(
        facts,
        ("White cells fight.", "Red cells <carry>.", "Platelets clot.", "Plasma flows.", "Marrow"),
        strict=True,
    ):
        put_evidence(uid, fact_id, quote)
    course = course_of(teacher, now=now)
    learners = [create_person() for _ in range(4)]
    for one in learners:
        enrolled(course, one, now=now)
    assigned_goal(course, bank.id, now=now)
    return course, learners, uid, facts


def known(person: Person, fact_id: int, now: datetime, recall_days: float) -> None:
    """Give somebody a memory that was refreshed so many of its stabilities ago."""
    put_card(person, fact_id, now, stability=10.0, days_ago=10.0 * recall_days)


def states(page: Coverage) -> list[str]:
    return [one.state for one in page.sentences.values()]


def retire(*fact_ids: int) -> None:
    with writing() as session:
        session.execute(
            sa.update(Question).where(Question.fact_id.in_(fact_ids)).values(status="retired")
        )


def test_each_sentence_is_in_the_state_that_the_class_puts_it_in(
    class_of_four: Class, teacher: Person, now: datetime
) -> None:
    course, learners, uid, facts = class_of_four
    for one in learners:
        known(one, facts[0], now, 0.5)
    for one in learners[:2]:  # half of the class is enough
        known(one, facts[1], now, 100)
    known(learners[0], facts[2], now, 0.5)  # one of four is not
    retire(facts[3])
    page = coverage.of_article(course, teacher, uid, now)
    assert states(page) == ["known", "weak", "few", "unasked", "few", "unasked"]
    assert page.counts == {
        "known": 1, "likely": 0, "fading": 0, "weak": 1, "few": 2, "unasked": 2,
    }  # fmt: skip
    assert [one.answered for one in page.sentences.values()] == [4, 2, 1, 0, 0, 0]
    assert [one.index for one in page.of("not_yet")] == [1]
    assert [one.index for one in page.of("unasked")] == [3, 5]
    assert len(page.of("")) == len(page.of("no such group")) == SENTENCES
    assert (page.title, page.learners, page.article.bank_slug) == ("On blood", 4, "blood")


def test_every_word_of_the_article_is_shown_once_and_every_sentence_counted(
    class_of_four: Class, teacher: Person, now: datetime
) -> None:
    course, _learners, uid, _facts = class_of_four
    page = coverage.of_article(course, teacher, uid, now)
    pieces = ["".join(piece.text for piece in block.pieces) for block in page.blocks]
    assert pieces == TEXT.replace("## ", "").split("\n\n")
    spans = db.session.scalars(sa.select(ArticleVersion.sentences)).one()
    assert [one.text for one in page.sentences.values()] == [TEXT[a:b] for a, b in spans]
    assert sum(page.counts.values()) == len(spans) == SENTENCES


@pytest.mark.parametrize(
    ("ages", "state"),
    [
        ((1.0, 1.0), "known"),
        ((1.0, 1.1), "likely"),
        ((9.0, 9.0), "likely"),
        ((30.0, 90.0), "fading"),
    ],
)
def test_the_levels_are_those_of_the_learners_own_page(
    ages: tuple[float, float], state: str, class_of_four: Class, teacher: Person, now: datetime
) -> None:
    course, learners, uid, facts = class_of_four
    for one, age in zip(learners, ages, strict=False):
        known(one, facts[0], now, age)
    sentence = coverage.of_article(course, teacher, uid, now).sentences[0]
    assert sentence.state == state
    own = [memories.of_person(one, now, [facts[0]])[0].recall for one in learners[:2]]
    assert sentence.recall == pytest.approx(sum(own) / 2, abs=1e-9)
    assert recall_level(sentence.recall) == {"known": 4, "likely": 3, "fading": 2}[state]


def test_a_sentence_is_as_known_as_the_least_known_of_its_facts(
    class_of_four: Class, teacher: Person, now: datetime
) -> None:
    course, learners, uid, facts = class_of_four
    put_evidence(uid, facts[1], "White cells")
    put_evidence(uid, facts[2], "cells fight")
    for one in learners:
        known(one, facts[0], now, 0.5)
        known(one, facts[1], now, 100)
    sentence = coverage.of_article(course, teacher, uid, now).sentences[0]
    assert (sentence.state, sentence.answered) == ("weak", 4)
    assert sentence.fact
    assert sentence.fact.id == facts[1]
    assert [one.id for one in sentence.facts] == facts[:3]
    assert sentence.questions == 6


def test_only_learners_of_the_course_count(
    class_of_four: Class, teacher: Person, now: datetime
) -> None:
    course, learners, uid, facts = class_of_four
    helper, stranger = create_person(), create_person()
    enrolled(course, helper, ASSISTANT, now=now)
    for one in (helper, stranger, teacher):
        known(one, facts[0], now, 100)
    for one in learners[:3]:
        known(one, facts[0], now, 0.5)
    page = coverage.of_article(course, teacher, uid, now)
    assert page.learners == 4
    assert (page.sentences[0].state, page.sentences[0].answered) == ("known", 3)


def test_broken_evidence_retired_facts_and_other_versions_do_not_count(
    class_of_four: Class, teacher: Person, now: datetime
) -> None:
    course, _learners, uid, facts = class_of_four
    with writing() as session:
        rows = {row.fact_id: row for row in session.scalars(sa.select(Evidence))}
        rows[facts[0]].state = "broken"
        rows[facts[1]].article_version = 7
        session.get_one(Fact, facts[2]).status = "retired"
    assert states(coverage.of_article(course, teacher, uid, now)) == [
        "unasked", "unasked", "unasked", "few", "few", "unasked",
    ]  # fmt: skip


def test_a_question_asks_the_facts_of_its_parts_and_a_draft_asks_none(
    class_of_four: Class, teacher: Person, now: datetime
) -> None:
    course, _learners, uid, facts = class_of_four
    retire(facts[0], facts[1])
    with writing() as session:
        asking = session.scalars(sa.select(Question).where(Question.fact_id == facts[2])).first()
        assert asking
        session.add(QuestionPart(question_id=asking.id, part="1", fact_id=facts[0]))
        session.execute(
            sa.update(Question).where(Question.fact_id == facts[1]).values(status="draft")
        )
    first, second, *_ = coverage.of_article(course, teacher, uid, now).sentences.values()
    assert (first.state, first.questions, first.drafts) == ("few", 1, 0)
    assert (second.state, second.questions, second.drafts) == ("unasked", 0, 2)


def test_counts_agree_with_the_database(
    class_of_four: Class, teacher: Person, now: datetime
) -> None:
    course, learners, uid, facts = class_of_four
    for place, one in enumerate(learners):
        for fact_id in facts[place:]:
            known(one, fact_id, now, 0.2 + place)
    retire(facts[4])
    page = coverage.of_article(course, teacher, uid, now)
    asked = set(db.session.scalars(sa.select(Question.fact_id).where(Question.status == "active")))
    answered: dict[int, int] = {}
    for fact_id in db.session.scalars(
        sa.select(Card.fact_id).where(Card.user_id.in_([one.id for one in learners]))
    ):
        answered[fact_id] = answered.get(fact_id, 0) + 1
    expected = dict.fromkeys(STATES, 0)
    for start, end in db.session.scalars(sa.select(ArticleVersion.sentences)).one():
        here = [
            row.fact_id
            for row in db.session.scalars(sa.select(Evidence))
            if row.start < end and row.end > start and row.fact_id in asked
        ]
        if not here:
            expected["unasked"] += 1
        elif answered[here[0]] < 2:
            expected["few"] += 1
        else:
            recalls = [
                one.recall for each in learners for one in memories.of_person(each, now, here)
            ]
            level = recall_level(sum(recalls) / len(recalls))
            expected[["", "weak", "fading", "likely", "known"][level]] += 1
    assert page.counts == expected


def test_recall_of_a_class_is_the_mean_of_what_each_learner_is_told(
    app: Flask, teacher: Person, now: datetime
) -> None:
    bank, course = create_bank(facts=2), course_of(teacher, now=now)
    first, second = facts_of(bank)
    learners = [create_person() for _ in range(3)]
    for one in learners:
        enrolled(course, one, now=now)
    own = (*DEFAULT_WEIGHTS[:20], 0.5)
    with writing() as session:
        session.add(
            Parameters(
                user_id=learners[2].id, version=1, engine="x", weights=list(own), rows=1,
                state="used", at=now,
            )
        )  # fmt: skip
        session.get_one(User, learners[2].id).params_version = 1
    put_card(learners[0], first, now, stability=3.0, days_ago=0.25)
    put_card(learners[1], first, now, stability=3.0, days_ago=3.0)
    put_card(learners[2], first, now, stability=3.0, days_ago=40)
    put_card(learners[1], second, now, stability=0.01, days_ago=0)
    with writing() as session:  # just missed: still being learnt
        session.get_one(Card, (learners[1].id, second)).state = 1
        session.get_one(Card, (learners[0].id, first)).last_at = now + timedelta(days=1)
    found = fact_recall.of_class(course.id, sa.select(Fact.id), now)
    people = [sessions.person(one.id) for one in learners]
    told = [one for who in people if who for one in memories.of_person(who, now)]
    for fact_id in (first, second):
        recalls = [one.recall for one in told if one.fact_id == fact_id]
        assert found[fact_id].answered == len(recalls)
        assert found[fact_id].known == sum(recall_level(one) == 4 for one in recalls)
        assert found[fact_id].recall == pytest.approx(sum(recalls) / len(recalls), abs=1e-9)
    assert found[first].known == 2
    assert fact_recall.of_class(course.id + 1, sa.select(Fact.id), now) == {}


def test_the_articles_are_those_of_assigned_goals_and_quizzes(
    app: Flask, teacher: Person, now: datetime
) -> None:
    course = course_of(teacher, now=now)
    goal, quizzed, other = (create_bank(title) for title in ("Goal", "Quizzed", "Other"))
    uids = [put_article(bank, "One. Two.") for bank in (goal, quizzed, other)]
    assert course_articles.page(course, teacher).total == 0
    question = db.session.scalars(
        sa.select(Question.id).where(
            Question.bank_id == quizzed.id, Question.type == "multiple_choice"
        )
    ).first()
    assert question
    quiz = create_quiz([question], bank="quizzed", slug="exam")
    given = assigned_goal(course, goal.id, now=now)
    assigned_quiz(course, quiz.id, now=now)
    found = course_articles.page(course, teacher)
    assert ([one.uid for one in found.articles], found.total) == (uids[:2], 2)
    with pytest.raises(Absent):
        course_articles.find(course, teacher, uids[2])
    with writing() as session:
        session.merge(given).deleted_at = now
        session.get_one(Bank, quizzed.id).deleted_at = now
    assert course_articles.page(course, teacher).articles == []


def test_an_article_of_a_bank_that_no_teacher_may_read_stays_closed(
    app: Flask, teacher: Person, now: datetime
) -> None:
    owner, helper = create_person("instructor"), create_person()
    bank = create_bank(visibility="private", owner_id=owner.id)
    uid = put_article(bank, TEXT)
    course = course_of(teacher, now=now)
    as_helper = enrolled(course, helper, ASSISTANT, now=now)
    questions = create_questions(("multiple_choice", CHOICE))
    quiz = create_quiz(questions, slug="exam")
    with writing() as session:
        for one in session.scalars(sa.select(Question)):
            one.bank_id = bank.id
    assigned_quiz(course, quiz.id, now=now)
    assert course_articles.page(course, teacher).total == 0
    with writing() as session:
        session.add(BankMember(bank_id=bank.id, user_id=teacher.id, access="view"))
    assert not course_articles.find(course, teacher, uid).may_write
    # Who assists reads what the teacher may read.
    assert not course_articles.find(as_helper, helper, uid).may_write


def test_questions_are_written_by_whoever_edits_the_bank_while_the_course_goes_on(
    class_of_four: Class, teacher: Person, now: datetime
) -> None:
    course, _learners, uid, _facts = class_of_four
    other = create_person("instructor")
    as_other = enrolled(course, other, "instructor", now=now)
    assert course_articles.find(course, teacher, uid).may_write
    assert not course_articles.find(as_other, other, uid).may_write
    archived(course, now)
    over = access.find(course.uid, teacher)
    assert not course_articles.find(over, teacher, uid).may_write


@pytest.mark.only("sqlite")
def test_a_big_class_takes_no_more_queries_than_a_small_one(
    class_of_four: Class, teacher: Person, now: datetime
) -> None:
    course, learners, uid, facts = class_of_four

    def queries(work: Callable[[], object]) -> int:
        count = [0]

        def note(*_arguments: object) -> None:
            count[0] += 1

        sa.event.listen(db.engine, "before_cursor_execute", note)
        work()
        sa.event.remove(db.engine, "before_cursor_execute", note)
        return count[0]

    few = queries(lambda: coverage.of_article(course, teacher, uid, now))
    for one in [*learners, *(create_person() for _ in range(8))]:
        enrolled(course, one, now=now)
        for fact_id in facts:
            known(one, fact_id, now, 1)
    assert queries(lambda: coverage.of_article(course, teacher, uid, now)) <= few


@pytest.mark.only("sqlite")
def test_what_a_big_class_knows_is_kept_for_a_moment(
    class_of_four: Class, teacher: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    course, learners, uid, facts = class_of_four

    def answered() -> int:
        return coverage.of_article(course, teacher, uid, now).sentences[0].answered

    known(learners[0], facts[0], now, 1)
    assert answered() == 1
    known(learners[1], facts[0], now, 1)
    assert answered() == 2  # a small class is always looked at anew
    monkeypatch.setattr(coverage, "MANY", 1)
    assert answered() == 2
    known(learners[2], facts[0], now, 1)
    assert answered() == 2
    later = time.monotonic() + coverage.KEPT_S + 1
    monkeypatch.setattr(coverage.time, "monotonic", lambda: later)
    assert answered() == 3


def test_power_is_there_where_sqlite_was_built_without_mathematics() -> None:
    class Bare:
        """A connection to such an SQLite."""

        made: tuple[object, ...] = ()

        def execute(self, _words: str) -> None:
            raise sqlite3.OperationalError("no such function: power")

        def create_function(self, name: str, n: int, work: Callable[..., float], **_: bool) -> None:
            self.made = (name, n, work(2, 0.5))

    bare = Bare()
    database._add_power(bare)
    assert bare.made == ("power", 2, 2**0.5)
    real = sqlite3.connect(":memory:")
    database._add_power(real)
    assert real.execute("SELECT power(2, 0.5)").fetchone() == (2**0.5,)
    real.close()
