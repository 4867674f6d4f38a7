"""Handing in: once, by the learner or by the clock, with each answer at the time it was given."""

from datetime import datetime, timedelta
from threading import Thread

import pytest
from flask import Flask

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Attempt, Card, LoggedResponse, Question, Review
from quizapp.models.memory import Regrade
from quizapp.services.content.questions import Absent, asked
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempt_views, handing_in, results, saving
from quizapp.services.study import replay_check, responses
from quizapp.services.study.given import Given
from tests.factories import create_person
from tests.services.quiz_makers import (
    CHOICE,
    ESSAY,
    ORDER,
    TYPED,
    begin,
    client_id,
    create_questions,
    create_quiz,
)

KEY = {"text": TYPED["answers"][0]["text"]}


def put(person: Person, uid: str, slot: int, response: object, at: datetime) -> None:
    saving.save(
        person, uid, slot, client_id=client_id(slot * 1000 + at.second), base_seq=0,
        response=response, flagged=False, now=at,
    )  # fmt: skip


def study(person: Person, question_id: int, response: dict[str, object], at: datetime) -> None:
    """Answer in a study session."""
    version = asked(question_id, 1)
    with writing() as session:
        grade = version.kind.grade(version.question, response)
        given = Given(client_id(at.second + 7), version, response, grade, "study", at, at)
        facts = handing_in.facts_of(session, question_id)
        responses.log(session.connection(), person, given, facts)


def test_points_times_and_outcomes(app: Flask, now: datetime) -> None:
    person = create_person()
    ids = create_questions(
        ("multiple_choice", CHOICE), ("multiple_choice", CHOICE), ("short_answer", TYPED),
        ("essay", ESSAY), ("ordering", ORDER),
    )  # fmt: skip
    quiz = create_quiz(ids, weights=[2, 1, 1, 5, 1], pass_percent=60)
    uid = begin(person, quiz, now).uid
    put(person, uid, 3, KEY, now + timedelta(seconds=10))
    put(person, uid, 1, {"option": "o1"}, now + timedelta(seconds=20))
    put(person, uid, 2, {"option": "o2"}, now + timedelta(seconds=30))
    put(person, uid, 4, {"text": "My view."}, now + timedelta(seconds=40))
    done = handing_in.hand_in(person, uid, now + timedelta(minutes=9))
    assert (done.state, done.handed_in_at) == ("handed_in", now + timedelta(minutes=9))
    assert (done.points, done.max_points) == (2 - 0.5 + 1, 5.0)  # the essay counts in neither
    found = results.of_attempt(person, done)
    assert [each.outcome for each in found] == ["right", "wrong", "right", "waiting", "none"]
    assert [each.points for each in found] == [2.0, -0.5, 1.0, None, 0.0]
    rows = db.session.query(LoggedResponse).order_by(LoggedResponse.seq).all()
    assert [row.slot for row in rows] == [3, 1, 2, 4]
    assert [(row.answered_at - now).seconds for row in rows] == [10, 20, 30, 40]
    assert {row.received_at for row in rows} == {now + timedelta(minutes=9)}
    assert {(row.source, row.try_no) for row in rows} == {("quiz", 1)}
    assert db.session.query(Review).count() == 3
    for card in db.session.query(Card):
        assert card.due_day > card.last_day  # no steps within the day
    assert replay_check.check().different == 0


def test_points_below_zero_count_as_zero_where_the_quiz_says_so(app: Flask, now: datetime) -> None:
    person = create_person()
    ids = create_questions(("multiple_choice", CHOICE), ("multiple_choice", CHOICE))
    uid = begin(person, create_quiz(ids, floor_zero=True), now).uid
    put(person, uid, 1, {"option": "o2"}, now)
    put(person, uid, 2, {"option": "o1"}, now)
    assert handing_in.hand_in(person, uid, now).points == 1.0


def test_handing_in_twice_writes_once(app: Flask, now: datetime) -> None:
    person, other = create_person(), create_person()
    uid = begin(person, create_quiz(create_questions(("multiple_choice", CHOICE))), now).uid
    put(person, uid, 1, {"option": "o1"}, now)
    with pytest.raises(Absent):
        handing_in.hand_in(other, uid, now)
    first = handing_in.hand_in(person, uid, now)
    assert handing_in.hand_in(person, uid, now + timedelta(hours=1)) == first
    assert db.session.query(LoggedResponse).count() == 1


def test_two_hand_ins_and_a_save_at_the_same_time(app: Flask, now: datetime) -> None:
    person = create_person()
    uid = begin(person, create_quiz(create_questions(("multiple_choice", CHOICE))), now).uid
    put(person, uid, 1, {"option": "o1"}, now)
    failures = []

    def run(number: int) -> None:
        with app.app_context():
            try:
                if number % 2:
                    handing_in.hand_in(person, uid, now)
                else:
                    saving.save(
                        person, uid, 1, client_id=client_id(number), base_seq=9,
                        response={"option": "o3"}, flagged=False, now=now,
                    )  # fmt: skip
            except Exception as error:
                if getattr(error, "code", "") != "closed":
                    failures.append(error)

    threads = [Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    row = db.session.query(LoggedResponse).one()
    draft = attempt_views.load(person, uid).item(1).draft
    assert row.payload == draft  # what was acknowledged is what was judged
    assert replay_check.check().different == 0


def test_a_late_hand_in_replays_the_card(app: Flask, now: datetime) -> None:
    """The exam's answer came first; a study answer on the same fact came before the hand-in."""
    person = create_person()
    ids = create_questions(("multiple_choice", CHOICE), ("short_answer", TYPED))
    uid = begin(person, create_quiz(ids), now).uid
    put(person, uid, 1, {"option": "o2"}, now + timedelta(minutes=1))
    study(person, ids[0], {"option": "o1"}, now + timedelta(days=2))
    study(person, ids[0], {"option": "o1"}, now + timedelta(days=5, seconds=1))
    before = db.session.query(Card).one().log_seq
    handing_in.hand_in(person, uid, now + timedelta(days=6))
    card = db.session.query(Card).populate_existing().one()
    assert card.last_at == now + timedelta(days=5, seconds=1)
    assert (card.reps, card.log_seq >= before) == (3, True)
    found = replay_check.check()
    # The two study answers met a memory that did not know of the first: taken back, decided anew.
    assert (found.cards, found.reviews, found.different) == (1, 3 + 2 + 2, 0)


def test_an_exam_that_is_never_handed_in_is_handed_in_from_its_saves(
    app: Flask, now: datetime
) -> None:
    person = create_person()
    quiz = create_quiz(create_questions(("multiple_choice", CHOICE)), time_limit_s=60)
    uid = begin(person, quiz, now).uid
    put(person, uid, 1, {"option": "o1"}, now + timedelta(seconds=30))
    assert handing_in.hand_in_expired(now + timedelta(seconds=65)) == 0
    assert handing_in.current(person, uid, now + timedelta(seconds=65)).is_open
    assert handing_in.hand_in_expired(now + timedelta(seconds=66)) == 1
    assert handing_in.hand_in_expired(now + timedelta(seconds=67)) == 0
    done = attempt_views.load(person, uid)
    assert (done.state, done.handed_in_at, done.points) == ("expired", done.deadline_at, 1.0)
    row = db.session.query(LoggedResponse).one()
    assert row.answered_at == now + timedelta(seconds=30)


def test_opening_the_page_hands_in_what_is_over(app: Flask, now: datetime) -> None:
    person = create_person()
    quiz = create_quiz(create_questions(("multiple_choice", CHOICE)), time_limit_s=60)
    uid = begin(person, quiz, now).uid
    assert handing_in.current(person, uid, now + timedelta(hours=9)).state == "expired"


def test_without_a_limit_it_waits_a_week_from_the_last_save(app: Flask, now: datetime) -> None:
    person = create_person()
    ids = create_questions(("multiple_choice", CHOICE))
    exam = begin(person, create_quiz(ids), now)
    practice = begin(person, create_quiz(ids, slug="practice", feedback="immediate"), now)
    put(person, exam.uid, 1, {"option": "o1"}, now + timedelta(days=3))
    assert handing_in.hand_in_expired(now + timedelta(days=6, hours=23)) == 0
    assert handing_in.hand_in_expired(now + timedelta(days=7)) == 1
    assert attempt_views.load(person, practice.uid).state == "expired"
    assert handing_in.hand_in_expired(now + timedelta(days=9)) == 0
    assert handing_in.hand_in_expired(now + timedelta(days=10)) == 1
    assert attempt_views.load(person, exam.uid).points == 1.0


def test_a_person_grades_the_essay_later(app: Flask, now: datetime) -> None:
    person = create_person()
    uid = begin(person, create_quiz(create_questions(("essay", ESSAY)), weights=[4]), now).uid
    put(person, uid, 1, {"text": "My view."}, now)
    done = handing_in.hand_in(person, uid, now)
    assert (done.points, done.max_points, done.percent) == (0.0, 0.0, None)
    row = db.session.query(LoggedResponse).one()
    with writing() as session:
        session.add(
            Regrade(
                user_id=person.id, seq=row.seq, n=1, score=0.5, fraction=0.5, why="person",
                detail={}, at=now,
            )
        )  # fmt: skip
        session.flush()
        handing_in.recount(session, session.get_one(Attempt, (person.id, done.n)))
    done = attempt_views.load(person, uid)
    assert (done.points, done.max_points) == (2.0, 4.0)
    assert results.of_attempt(person, done)[0].outcome == "partial"


def test_a_question_retired_meanwhile_still_counts(app: Flask, now: datetime) -> None:
    person = create_person()
    ids = create_questions(("multiple_choice", CHOICE))
    uid = begin(person, create_quiz(ids), now).uid
    with writing() as session:
        session.get_one(Question, ids[0]).status = "retired"
    put(person, uid, 1, {"option": "o1"}, now)
    assert handing_in.hand_in(person, uid, now).points == 1.0
