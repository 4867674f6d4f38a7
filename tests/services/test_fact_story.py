"""The story of a fact, its sentences, hard facts and the work ahead, from a real log of answers."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.scheduling import fsrs
from quizapp.core.scheduling.fuzz import chance, fuzzed
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Card, Question, Review, Snapshot, User
from quizapp.services.content.questions import asked, fact_of
from quizapp.services.courses import course_tasks
from quizapp.services.people import preferences, sessions
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import assigned, handing_in, saving
from quizapp.services.study import (
    answers,
    cards,
    fact_story,
    leeches,
    log_views,
    plan_changes,
    replay,
    retention_rows,
    waiting,
    workload,
)
from quizapp.services.study.fact_story import Story
from quizapp.services.study.plans import Exam
from quizapp.web import fact_words, settings_ahead
from tests.factories import create_bank, create_person
from tests.services.course_makers import assigned_quiz, course_of, enrolled
from tests.services.learner_makers import day_of, facts_of, put_card, put_on_shelf, rate
from tests.services.quiz_makers import CHOICE, client_id, create_questions, create_quiz

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    waiting.forget()


@pytest.fixture
def bank(app: Flask) -> Bank:
    return create_bank(facts=4)


@pytest.fixture
def person(app: Flask) -> Person:
    return create_person()


def told(app: Flask, person: Person, fact: int, now: datetime) -> tuple[Story, str]:
    story = fact_story.of_fact(person, fact, now)
    with app.test_request_context():
        return story, " ".join(fact_words.why(story, person, now))


def choose(person: Person, fact: int, option: str, now: datetime, number: int) -> None:
    question = db.session.scalars(
        sa.select(Question).where(Question.fact_id == fact, Question.type == "multiple_choice")
    ).one()
    answers.answer(person, str(UUID(int=number)), question.uid, 1, {"option": option}, now=now)


def test_each_answer_is_told_with_what_it_met_and_left(
    app: Flask, person: Person, bank: Bank, now: datetime
) -> None:
    fact = facts_of(bank)[0]
    rate(person, fact, 4, now - 30 * DAY, 1)
    rate(person, fact, 3, now - 20 * DAY, 2)
    choose(person, fact, "o2", now - 2 * DAY, 3)
    story, _ = told(app, person, fact, now)
    assert [(one.form, one.rating) for one in story.answers] == [
        ("flashcard", 4),
        ("flashcard", 3),
        ("multiple_choice", 1),
    ]
    assert story.answers[0].recall is None
    assert story.answers[0].due_before is None
    rows = db.session.scalars(sa.select(Review).order_by(Review.seq)).all()
    for one, row in zip(story.answers, rows, strict=True):
        assert one.due_day == row.due_day
        assert one.recall == row.details.get("recall")
    assert story.card
    assert story.answers[-1].stability == story.card.stability


def test_what_was_undone_is_not_told(app: Flask, person: Person, bank: Bank, now: datetime) -> None:
    fact = facts_of(bank)[0]
    rate(person, fact, 4, now - 9 * DAY, 1)
    rate(person, fact, 1, now, 2)
    cards.undo(person, now)
    story, words = told(app, person, fact, now)
    assert [one.rating for one in story.answers] == [4]
    assert "forgotten" not in words


def test_the_sentences_hold_the_numbers_of_the_card(
    app: Flask, person: Person, bank: Bank, now: datetime
) -> None:
    """The interval is worked out here from the memory alone, as the scheduler would."""
    moved = set()
    for number, fact in enumerate(facts_of(bank)):
        rate(person, fact, 4, now - 40 * DAY, 10 * number + 1)
        rate(person, fact, 3, now - 25 * DAY, 10 * number + 2)
        card = replay.card_of(db.session.connection(), person.id, fact)
        assert card
        days = round(fsrs.interval_for(card.stability, 0.9))
        by = fuzzed(days, chance(person.id, fact, 1)) - days
        story, words = told(app, person, fact, now)
        assert story.wait
        assert (story.wait.model_days, story.wait.set_days) == (days, days + by)
        assert (
            f"You wanted to know 90% of the facts that come back: that makes {days} days." in words
        )
        assert "(25 days ago): Flashcard, recalled." in words
        if by:
            moved.add(by)
            later = "later" if by > 0 else "earlier"
            assert f"{abs(by)} day" in words
            assert f"{later}, so that facts learnt together" in words
        else:
            assert "moved" not in words
        ahead = card.due_day - day_of(person, now)
        if ahead > 1:
            assert f"in {ahead} days." in words
        elif ahead < -1:
            assert f"{-ahead} days." in words
    assert moved


def test_overdue_and_due_today_are_told_apart(
    app: Flask, person: Person, bank: Bank, now: datetime
) -> None:
    fact = facts_of(bank)[0]
    rate(person, fact, 4, now - 20 * DAY, 1)
    card = replay.card_of(db.session.connection(), person.id, fact)
    assert card
    due = now + (card.due_day - day_of(person, now)) * DAY
    assert "It is due today, " in told(app, person, fact, due)[1]
    assert ", 3 days." in told(app, person, fact, due + 3 * DAY)[1]
    assert ", tomorrow" not in told(app, person, fact, due - DAY)[1]
    assert "in 1 day." in told(app, person, fact, due - DAY)[1]


def test_a_learning_step_and_a_guess_are_named(
    app: Flask, person: Person, bank: Bank, now: datetime
) -> None:
    fact = facts_of(bank)[0]
    choose(person, fact, "o1", now, 1)
    _, words = told(app, person, fact, now + timedelta(minutes=2))
    assert "It comes back in 8 minutes." in words
    assert "may be a guess: the chance that you knew it was 75%" in words
    assert "still being learnt" in words
    assert "It is due now." in told(app, person, fact, now + timedelta(minutes=11))[1]
    other = facts_of(bank)[1]
    choose(person, other, "o2", now, 2)
    assert "It was not known, so it comes back within minutes" in told(app, person, other, now)[1]


def test_the_retention_that_was_wanted_then_is_named(
    app: Flask, person: Person, bank: Bank, now: datetime
) -> None:
    fact = facts_of(bank)[0]
    with writing() as session:
        session.get_one(User, person.id).desired_retention = 0.8
    low = sessions.person(person.id)
    assert low
    rate(low, fact, 4, now - 5 * DAY, 1)
    assert db.session.scalars(sa.select(Review)).one().details["retention"] == 0.8
    story, words = told(app, person, fact, now)  # who wants 90 percent now
    assert "You wanted to know 80%" in words
    assert story.wait
    assert story.wait.by is None


def test_a_move_off_an_easy_day_is_named_apart_from_the_spread(
    app: Flask, person: Person, bank: Bank, now: datetime
) -> None:
    start = now - 30 * DAY
    plan_changes.set_easy(person, dict.fromkeys(range(6), 0.0), {}, start)  # Sundays are left
    person = _with(person)
    for number, fact in enumerate(facts_of(bank)):
        rate(person, fact, 4, start, 10 * number + 1)
    moved = 0
    for fact in facts_of(bank):
        story, words = told(app, person, fact, now)
        wait = story.wait
        assert wait
        assert wait.even_days == fuzzed(wait.model_days, chance(person.id, fact, 0))
        if wait.set_days != wait.even_days:
            moved += 1
            assert story.card
            assert date.fromordinal(story.card.due_day).weekday() == 6
            assert wait.by == "easy"
        assert ("because of your easy days" in words) == (wait.set_days != wait.even_days)
    assert moved


def test_a_plan_that_has_chosen_the_fact_is_named(
    app: Flask, person: Person, bank: Bank, now: datetime
) -> None:
    fact = facts_of(bank)[0]
    rate(person, fact, 4, now - 20 * DAY, 1)
    exam = Exam(1, "Finals", day_of(person, now) + 9, frozenset([fact]), 20, None)
    story = replace(fact_story.of_fact(person, fact, now), exam=exam, listed=True)
    with app.test_request_context():
        words = " ".join(fact_words.why(story, person, now))
    assert 'It belongs to your plan for "Finals" on' in words
    assert "Your plan has chosen it for today." in words
    left = replace(story, listed=False, passed_over=True)
    with app.test_request_context():
        assert "Your plan has chosen others for today" in fact_words.why(left, person, now)[-1]


def test_an_answer_that_is_not_released_yet_is_neither_told_nor_drawn(
    app: Flask, person: Person, now: datetime
) -> None:
    question = create_questions(("multiple_choice", CHOICE))[0]
    teacher = create_person("instructor")
    course = course_of(teacher, now=now)
    seen = enrolled(course, person, now=now)
    homework = assigned_quiz(
        course, create_quiz([question]).id, now=now, held=True, released_at=now + DAY
    )
    attempt = course_tasks.start(seen, homework.uid, person, now, 1)
    saving.save(
        person, attempt.uid, 1, client_id=client_id(1), base_seq=0,
        response={"option": "o2"}, flagged=False, now=now,
    )  # fmt: skip
    handing_in.hand_in(person, attempt.uid, now + timedelta(hours=1))
    fact = fact_of(question)
    assert fact
    story, words = told(app, person, fact, now + timedelta(hours=2))
    assert story.withheld
    assert story.answers == ()
    assert story.wait is None
    assert fact_story.is_withheld(person, fact, now + timedelta(hours=2))
    assert " is due on" not in words.replace("on which it is due on", "")
    assert "not released yet" in words
    assert "orgotten" not in words
    after, _ = told(app, person, fact, now + DAY)
    assert [one.rating for one in after.answers] == [1]
    assert not after.withheld


def test_what_is_not_released_is_listed_without_its_outcome(
    app: Flask, person: Person, now: datetime
) -> None:
    question = create_questions(("multiple_choice", CHOICE))[0]
    first = asked(question, 1)
    answers.answer(
        person, client_id(7), first.uid, 1, {"option": "o1"}, now=now - 10 * DAY, source="quiz"
    )
    course = course_of(create_person("instructor"), now=now)
    seen = enrolled(course, person, now=now)
    homework = assigned_quiz(
        course, create_quiz([question]).id, now=now, held=True, released_at=now + DAY
    )
    attempt = course_tasks.start(seen, homework.uid, person, now, 1)
    saving.save(
        person, attempt.uid, 1, client_id=client_id(1), base_seq=0,
        response={"option": "o2"}, flagged=False, now=now,
    )  # fmt: skip
    handing_in.hand_in(person, attempt.uid, now + timedelta(hours=1))
    days = (1, day_of(person, now) + 2)
    for at, recalled in ((now + timedelta(hours=2), None), (now + DAY, False)):
        held = assigned.hidden(person.id, at)
        rows = retention_rows.rows(person, "true", *days, held=held).rows
        assert [row.recalled for row in rows] == [recalled]
        earlier = log_views.response(person, 1, at)
        assert earlier
        assert (earlier.card is None) == (recalled is None)


def test_wishes_are_told(app: Flask, person: Person, bank: Bank, now: datetime) -> None:
    first, second, third, fourth = facts_of(bank)
    for number, fact in enumerate((first, second, third)):
        rate(person, fact, 4, now - DAY, number + 1)
    cards.suspend(person, first, now)
    cards.bury(person, second, now)
    assert "It is suspended" in told(app, person, first, now)[1]
    assert "You left it until" in told(app, person, second, now)[1]
    assert "suspended" not in told(app, person, third, now)[1]
    cards.flag(person, fourth, 1)
    assert told(app, person, fourth, now)[1].startswith("You have not met this fact yet")


def test_a_fact_that_is_missed_again_and_again_is_hard(
    app: Flask, person: Person, bank: Bank, now: datetime
) -> None:
    hard, usual = facts_of(bank)[:2]
    number, at = 0, now - 60 * DAY
    for turn in range(7):
        number += 1
        rate(person, hard, 4 if not turn else 1, at, number)
        if turn:
            number += 1
            rate(person, hard, 3, at + timedelta(minutes=20), number)
        number += 1
        rate(person, usual, 3 if turn else 4, at, number)
        at += 4 * DAY
    choose(person, hard, "o1", at, number + 1)
    (found,) = leeches.of_person(person, now)
    assert found.statement == "Fact 1 of Blood."
    assert (found.figures.missed, found.figures.asked) == (6, 7)
    assert found.figures.usual < 2.5
    assert found.figures.forms[0].form == "flashcard"
    assert found.took_ms == 13 * 9000
    with writing() as session:  # who forgets less by the fourth day than the model says
        level = {"shift": 0.0, "spread": 0.3, "fade": -0.8, "taught": 3.0}
        session.add(Snapshot(kind="level", subject=person.uid, data=level, as_of=now))
    (other,) = leeches.of_person(person, now)
    assert other.figures.usual < found.figures.usual - 0.05
    assert not found.mine
    cards.suspend(person, hard, now)
    assert leeches.of_person(person, now) == []


def test_the_work_ahead_counts_what_is_due_and_leaves_out_what_sleeps(
    app: Flask, person: Person, bank: Bank, now: datetime
) -> None:
    put_on_shelf(person, bank)
    facts = facts_of(bank)
    for fact, due_in in zip(facts[:3], (0, 1, 0), strict=True):
        put_card(person, fact, now, due_in, stability=50.0, days_ago=0.5)
    cards.suspend(person, facts[2], now)
    person = _with(person, new_per_day=0)
    load = workload.ahead(person, now, days=30)
    assert load.reviews[:2] == pytest.approx((1, 1), abs=0.05)
    assert load.minutes[0] == pytest.approx(load.reviews[0] / 3)  # at 20 s while nobody knows
    assert load.facts == 3
    assert load.mean == pytest.approx(sum(load.minutes) / 30)
    more = workload.ahead(person, now, new_per_day=10)
    assert sum(more.reviews) > sum(load.reviews) + 1
    assert more.known > load.known


def test_a_change_of_retention_says_what_it_costs_and_leaves_cards_alone(
    app: Flask, person: Person, now: datetime
) -> None:
    bank = create_bank("Bones", facts=60)
    put_on_shelf(person, bank)
    for n, fact in enumerate(facts_of(bank)):
        put_card(person, fact, now, n % 5, stability=4.0, days_ago=3)
    before = db.session.execute(sa.select(Card.fact_id, Card.due_day, Card.due_at)).all()
    wanted = preferences.of_person(person)
    with app.test_request_context():
        assert settings_ahead.save(person, wanted, now) == []
        said = settings_ahead.save(person, _but(wanted, desired_retention=0.97), now)
    assert said[0] == "Nothing in the past changes."
    loads = workload.at_settings(person, now, [(0.9, None), (0.97, None)])
    low, high = (settings_ahead.minutes(load.mean) for load in loads)
    assert f"about {high} a day instead of {low}: an estimate" in said[1]
    assert loads[1].mean > loads[0].mean
    assert db.session.execute(sa.select(Card.fact_id, Card.due_day, Card.due_at)).all() == before


def test_a_change_of_zone_says_from_when_cards_fall_due_and_how_many_do_today(
    app: Flask, person: Person, bank: Bank, now: datetime
) -> None:
    """In the evening of UTC the next day has begun in Kiritimati (+14)."""
    fact, later = facts_of(bank)[:2]
    rate(person, fact, 4, now - 40 * DAY, 1)
    put_card(person, later, now, due_in=1)
    logs = db.session.execute(sa.select(Review.seq, Review.day, Review.due_day)).all()
    wanted = _but(preferences.of_person(person), tz="Pacific/Kiritimati", rollover_minutes=90)
    with app.test_request_context():
        said = settings_ahead.save(person, wanted, now.replace(hour=18))
    assert said[0] == "Nothing in the past changes."
    assert said[1] == "Cards fall due from 01:30 in Pacific/Kiritimati."
    assert said[2] == "2 cards are due today instead of 1."
    assert db.session.execute(sa.select(Review.seq, Review.day, Review.due_day)).all() == logs


def _with(person: Person, **changes: object) -> Person:
    with writing() as session:
        user = session.get_one(User, person.id)
        for name, value in changes.items():
            setattr(user, name, value)
    found = sessions.person(person.id)
    assert found
    return found


def _but(wanted: preferences.Preferences, **changes: object) -> preferences.Preferences:
    return replace(wanted, **changes)  # type: ignore[arg-type]
