"""What will be known on a day: of facts, of what is ahead, of a quiz, and the switch."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.scheduling.forecast import Level, forecast
from quizapp.core.scheduling.fsrs import retrievability
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Question, QuestionPart, Quiz, Snapshot
from quizapp.services.content.questions import Absent
from quizapp.services.people import sessions
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import quizzes
from quizapp.services.study import (
    cards,
    exam_forecasts,
    forecast_listing,
    forecast_practice,
    forecasts,
    memories,
    plan_ahead,
    plan_changes,
    quiz_forecasts,
    waiting,
)
from tests.factories import create_bank, create_person
from tests.services.course_makers import assigned_goal, assigned_quiz, course_of, enrolled
from tests.services.learner_makers import day_of, facts_of, put_card, put_on_shelf, rate
from tests.services.quiz_makers import CHOICE, create_questions, create_quiz

DAY = timedelta(days=1)


@pytest.fixture
def bank(app: Flask) -> Bank:
    waiting.forget()
    return create_bank(facts=6)


@pytest.fixture
def learner(bank: Bank, now: datetime) -> Person:
    """Somebody who has met four of six facts: one is firm, two are weak, one is nearly gone."""
    person = create_person(created_at=now - 60 * DAY)
    put_on_shelf(person, bank)
    for fact, stability in zip(facts_of(bank), (400.0, 4.0, 4.0, 0.1), strict=False):
        put_card(person, fact, now, stability=stability, days_ago=10)
    return person


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that are sent to the database."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(db.engine, "before_cursor_execute", note)


def put_level(person: Person, **numbers: Any) -> None:
    with writing() as session:
        data = {"shift": 0.0, "spread": 0.3, "answers": 99, **numbers}
        session.merge(
            Snapshot(kind="level", subject=person.uid, data=data, as_of=person.created_at)
        )


def test_facts_are_foretold_for_the_day_by_memory_and_level(
    learner: Person, bank: Bank, now: datetime
) -> None:
    facts, today = facts_of(bank), day_of(learner, now)
    found = forecasts.of_facts(learner, facts, today + 20, now)
    recalls = [retrievability(one, 30) for one in (400.0, 4.0, 4.0, 0.1)]
    expected = forecast(recalls, Level(), 20, [30.0] * 4)
    assert (found.mean, found.low, found.high) == pytest.approx(
        (expected.mean, expected.low, expected.high)
    )
    assert (found.facts, found.met) == (6, 4)
    put_level(learner, shift=-2.0)
    assert forecasts.of_facts(learner, facts, today + 20, now).mean < found.mean


def test_the_facts_most_at_risk_come_first_and_those_never_met_after_them(
    learner: Person, bank: Bank, now: datetime
) -> None:
    facts = facts_of(bank)
    found = forecasts.of_facts(learner, facts, day_of(learner, now) + 20, now)
    assert [fact for fact, _ in found.at_risk][:1] == [facts[3]]
    assert [fact for fact, _ in found.at_risk][-2:] == [facts[4], facts[5]]
    assert facts[0] not in [fact for fact, _ in found.at_risk]
    assert [chance for _, chance in found.at_risk[-2:]] == [0.0, 0.0]
    assert found.minutes_to_repair > 0
    only = forecasts.of_facts(learner, facts[:1], day_of(learner, now) + 20, now)
    assert (only.at_risk, only.minutes_to_repair) == ([], 0)


def test_nobody_reads_the_memories_of_another(bank: Bank, learner: Person, now: datetime) -> None:
    other = create_person()
    found = forecasts.of_facts(other, facts_of(bank), day_of(other, now) + 5, now)
    assert (found.mean, found.high, found.met) == (0, 0, 0)
    assert forecasts.of_facts(other, [], day_of(other, now), now).facts == 0


def test_without_a_date_the_shelf_is_foretold_in_thirty_days(
    learner: Person, bank: Bank, now: datetime
) -> None:
    (one,) = exam_forecasts.of_person(learner, now)
    assert (one.ahead.key, one.ahead.day) == ("shelf", day_of(learner, now) + 30)
    assert one.found.facts == 6
    assert [day for day, _ in one.course] == sorted({day for day, _ in one.course})
    assert one.course[0][0] == day_of(learner, now)
    assert one.course[-1][1].mean == pytest.approx(one.found.mean)
    assert one.course[0][1].mean > one.course[-1][1].mean
    assert exam_forecasts.of_person(create_person(), now) == []


def test_what_is_planned_and_what_a_course_has_dated_is_foretold(
    learner: Person, bank: Bank, now: datetime
) -> None:
    today = day_of(learner, now)
    number = plan_changes.make_exam(learner, "Final", today + 14, 15, {"bank": bank.uid}, now)
    course = course_of(create_person("instructor"))
    enrolled(course, learner)
    assigned_goal(course, bank.id, facts_of(bank)[:2], title="Chapter", due_at=now + 5 * DAY)
    person = sessions.person(learner.id)
    assert person
    chapter, final = exam_forecasts.of_person(person, now)
    assert (chapter.ahead.title, chapter.found.facts, chapter.planned) == ("Chapter", 2, None)
    assert chapter.ahead.course_title == "Biology 1B"
    assert (final.ahead.plan_id, final.ahead.title, final.found.facts) == (number, "Final", 6)
    assert final.planned
    assert final.planned.mean > final.found.mean
    assert final.planned.low <= final.planned.mean <= final.planned.high


def test_the_rows_behind_it_sum_up_to_about_the_figure(
    learner: Person, bank: Bank, now: datetime
) -> None:
    put_level(learner, spread=0.05, unsure=[0.0] * 5, taught=9.0)
    (one,) = exam_forecasts.of_person(learner, now)
    listed = forecast_listing.of_key(learner, "shelf", None, now)
    assert listed.day == one.ahead.day
    assert sum(fact.chance for fact in listed.facts) == pytest.approx(one.found.mean, abs=0.02)
    assert [fact.chance for fact in listed.facts] == sorted(fact.chance for fact in listed.facts)
    assert [fact.now is None for fact in listed.facts] == [True, True, False, False, False, False]
    nearer = forecast_listing.of_key(learner, "shelf", day_of(learner, now), now)
    assert sum(one.chance for one in nearer.facts) > sum(one.chance for one in listed.facts)
    with pytest.raises(Absent):
        forecast_listing.of_key(learner, "plan-99", None, now)


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("numbers", [{}, {"shift": 0.4, "tilt": -0.3, "fade": -0.2, "taught": 1.5}])
def test_what_is_foretold_of_today_is_the_recall_of_today(
    learner: Person, bank: Bank, now: datetime, numbers: dict[str, Any]
) -> None:
    if numbers:
        put_level(learner, **numbers)
    facts = facts_of(bank)[:4]
    known = forecasts.known_of(learner, facts)
    today = known.chances(facts, known.on(day_of(learner, now)))
    recalls = {one.fact_id: one.recall for one in memories.of_person(learner, now)}
    assert dict(today) == pytest.approx(recalls)


@pytest.mark.only("sqlite")
def test_without_studying_plan_and_forecast_foretell_the_same(
    learner: Person, bank: Bank, now: datetime
) -> None:
    put_level(learner, shift=-0.5, tilt=0.3, fade=-0.4, taught=1.5)
    target = {"bank": bank.uid}
    plan_changes.make_exam(learner, "Final", day_of(learner, now) + 40, 15, target, now)
    person = sessions.person(learner.id)
    assert person
    (one,) = exam_forecasts.of_person(person, now)
    ahead = plan_ahead.current(person, now)
    assert ahead
    (course,) = ahead.exams.values()
    assert course.idle == pytest.approx(one.found.mean, abs=0.02)
    assert course.idle < course.expected


def test_what_is_at_risk_is_studied_one_after_another_and_its_forecast_rises(
    learner: Person, bank: Bank, now: datetime
) -> None:
    facts, text = facts_of(bank), "risk:shelf"
    before = exam_forecasts.of_person(learner, now)[0].found
    number, asked = forecast_practice.left(learner, text, now), []
    assert number == len(before.at_risk)
    cards.suspend(learner, facts[5], now)
    while question := forecast_practice.next_question(learner, text, now):
        row = db.session.get_one(Question, question.id)
        assert row.fact_id
        asked.append(row.fact_id)
        assert len(asked) < 20
        rate(learner, row.fact_id, 4, now, len(asked))
    assert asked == [fact for fact, _ in before.at_risk if fact != facts[5]]
    assert exam_forecasts.of_person(learner, now)[0].found.mean > before.mean
    assert forecast_practice.left(learner, text, now) == 0
    assert forecast_practice.left(learner, "risk:plan-7", now) == 0
    with pytest.raises(Absent):
        forecast_practice.next_question(learner, "risk:plan-7", now)


def test_forecasts_can_be_switched_off_and_on(learner: Person) -> None:
    assert forecasts.wanted(learner)
    for on in (False, True):
        forecasts.switch(learner, on=on)
        person = sessions.person(learner.id)
        assert person
        assert forecasts.wanted(person) is on


def quiz_of(bank: Bank, **settings: Any) -> quizzes.QuizView:
    """Make a quiz of the bank's first two questions that are no flashcards, one worth three."""
    rows = (
        db.session.query(Question)
        .filter_by(bank_id=bank.id, type="multiple_choice")
        .order_by(Question.position, Question.id)
    )
    first, second = [row.id for row in rows][:2]
    settings = {"feedback": "immediate", **settings}
    return create_quiz([first, second], "small", weights=[1.0, 3.0], bank=bank.slug, **settings)


def test_points_count_what_is_known_and_what_may_be_guessed(
    learner: Person, bank: Bank, now: datetime
) -> None:
    quiz = quiz_of(bank)
    found = quiz_forecasts.of_quiz(learner, quiz, day_of(learner, now), now)
    assert found
    assert (found.most, found.facts, found.met) == (4.0, 2, 2)
    assert 0 <= found.low <= found.mean <= found.high <= 4
    known = forecasts.known_of(learner, facts_of(bank))
    chances = dict(known.chances(facts_of(bank)[:2], known.on(day_of(learner, now))))
    recalled = chances[facts_of(bank)[0]] + 3 * chances[facts_of(bank)[1]]
    guessed = recalled + (4 - recalled) / 3  # of three options
    assert found.mean == pytest.approx(guessed, abs=0.15)


def test_of_a_pool_the_mean_of_what_it_may_draw_is_counted(
    learner: Person, bank: Bank, now: datetime
) -> None:
    quiz = create_quiz([{"n": 2}], "pool", weights=[2.0], bank=bank.slug, feedback="immediate")
    found = quiz_forecasts.of_quiz(learner, quiz, day_of(learner, now), now)
    assert found
    assert (found.most, found.facts, found.met) == (4.0, 6, 4)
    assert 0 < found.mean < 4


def test_a_gap_that_asks_another_fact_brings_its_own_share(
    learner: Person, bank: Bank, now: datetime
) -> None:
    facts = facts_of(bank)
    quiz = quiz_of(bank)
    before = quiz_forecasts.of_quiz(learner, quiz, day_of(learner, now), now)
    with writing() as session:
        row = session.query(Question).filter_by(bank_id=bank.id, type="multiple_choice").first()
        assert row
        session.add(QuestionPart(question_id=row.id, part="1", fact_id=facts[3]))
    after = quiz_forecasts.of_quiz(learner, quiz, day_of(learner, now), now)
    assert before
    assert after
    assert after.facts == 3
    assert after.mean < before.mean


def test_of_a_quiz_whose_facts_were_never_met_nothing_is_foretold(
    learner: Person, now: datetime
) -> None:
    quiz = create_quiz(create_questions(("multiple_choice", CHOICE)))
    assert quiz_forecasts.of_quiz(learner, quiz, day_of(learner, now), now) is None


def test_a_quiz_shows_no_forecast_to_who_wants_none_nor_while_its_results_are_held(
    learner: Person, bank: Bank, now: datetime
) -> None:
    quiz = quiz_of(bank)
    assert quiz_forecasts.panel(learner, quiz, now)
    course = course_of(create_person("instructor"))
    forecasts.switch(learner, on=False)
    person = sessions.person(learner.id)
    assert person
    assert quiz_forecasts.panel(person, quiz, now) is None
    assigned_quiz(course, quiz.id, held=True)
    assert quiz_forecasts.panel(learner, quiz, now) is None


def test_the_rows_of_an_exam_do_not_say_which_facts_it_asks(
    learner: Person, bank: Bank, now: datetime
) -> None:
    quiz = quiz_of(bank)
    assert len(forecast_listing.of_key(learner, "quiz-small", None, now).facts) == 2
    with writing() as session:
        row = session.get_one(Quiz, quiz.id)
        row.settings = {**row.settings, "feedback": "deferred"}
    assert len(forecast_listing.of_key(learner, "quiz-small", None, now).facts) == 6
    with pytest.raises(Absent):
        forecast_listing.of_key(learner, "quiz-nowhere", None, now)


@pytest.mark.only("sqlite")
def test_many_facts_take_no_more_queries_than_few(app: Flask, now: datetime) -> None:
    few, many, counts = create_bank("Few"), create_bank("Many", facts=60), []
    person = create_person()
    for bank in (few, many):
        for fact in facts_of(bank):
            put_card(person, fact, now)
        with counted() as statements:
            forecasts.of_facts(person, facts_of(bank), day_of(person, now) + 9, now)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 6
