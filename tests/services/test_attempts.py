"""Starting, going on with, and practising an attempt."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from quizapp.core.question import BadResponse
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Attempt, LoggedResponse, Question, Quiz, Review
from quizapp.services.content.questions import Absent
from quizapp.services.quizzes import attempt_views, attempts, handing_in, quizzes
from quizapp.services.quizzes.attempt_views import Refused
from quizapp.services.study import replay_check
from quizapp.services.study.responses import IdReused
from tests.factories import create_person
from tests.services.quiz_makers import (
    CHOICE,
    ESSAY,
    TYPED,
    begin,
    client_id,
    create_questions,
    create_quiz,
    tag,
)


def test_an_attempt_copies_what_it_asks(app: Flask, now: datetime) -> None:
    person = create_person()
    ids = create_questions(("multiple_choice", CHOICE), ("short_answer", TYPED))
    quiz = create_quiz(ids, weights=[2.0, 1.0], time_limit_s=600)
    attempt = begin(person, quiz, now)
    with writing() as session:
        session.get_one(Quiz, quiz.id).settings = {"feedback": "immediate"}
    attempt = attempt_views.load(person, attempt.uid)
    assert attempt.is_exam
    assert attempt.deadline_at == now + timedelta(minutes=10)
    assert [(item.slot, item.asked.id, item.weight) for item in attempt.items] == [
        (1, ids[0], 2.0),
        (2, ids[1], 1.0),
    ]


def test_the_time_factor_is_counted_in(app: Flask, now: datetime) -> None:
    person = create_person(time_factor_pct=150)
    quiz = create_quiz(create_questions(("multiple_choice", CHOICE)), time_limit_s=600)
    assert begin(person, quiz, now).deadline_at == now + timedelta(minutes=15)


def test_starting_again_goes_on_with_the_open_attempt(app: Flask, now: datetime) -> None:
    person = create_person()
    quiz = create_quiz(create_questions(("multiple_choice", CHOICE)), tries=1)
    first = begin(person, quiz, now)
    assert begin(person, quiz, now + timedelta(hours=1), seed=9).uid == first.uid
    assert attempt_views.open_attempts(person)["exam"].uid == first.uid


def test_tries_run_out_also_for_an_attempt_that_expired(app: Flask, now: datetime) -> None:
    person = create_person()
    ids = create_questions(("multiple_choice", CHOICE))
    quiz = create_quiz(ids, tries=2, time_limit_s=60)
    first = begin(person, quiz, now)
    second = begin(person, quiz, now + timedelta(hours=1))
    assert second.number == first.number + 1
    with pytest.raises(Refused) as refused:
        begin(person, quiz, now + timedelta(hours=2))
    assert refused.value.code == "no-tries"
    # Handing the last one in was rolled back with the refusal; the page does it on its own.
    states = [attempt.state for attempt in attempt_views.of_quiz(person, quiz.id)]
    assert states == ["open", "expired"]


def test_a_pool_draws_by_the_seed_and_repeats_nothing(app: Flask, now: datetime) -> None:
    person = create_person()
    ids = create_questions(*[("multiple_choice", CHOICE)] * 6)
    for question in ids[:4]:
        tag(question, "basics")
    quiz = create_quiz([ids[0], {"tags": ["basics"], "n": 2}, {"tags": ["basics"], "n": 3}])
    drawn = [each.question_id for each in quizzes.draw(quiz, 5)]
    assert drawn[0] == ids[0]
    assert sorted(drawn) == ids[:4]
    assert drawn == [each.question_id for each in quizzes.draw(quiz, 5)]
    orders = {tuple(each.question_id for each in quizzes.draw(quiz, n)) for n in range(20)}
    assert len(orders) > 1
    assert quiz.questions == 6
    assert [item.asked.id for item in begin(person, quiz, now, seed=5).items] == drawn


def test_a_pool_by_facts_and_shuffled_order(app: Flask) -> None:
    ids = create_questions(*[("multiple_choice", CHOICE)] * 5)
    quiz = create_quiz([{"facts": ["f2", "f4"], "n": 9}])
    assert sorted(each.question_id for each in quizzes.draw(quiz, 1)) == [ids[1], ids[3]]
    mixed = create_quiz(ids, slug="mixed", shuffle=True)
    assert len({tuple(each.question_id for each in quizzes.draw(mixed, n)) for n in range(9)}) > 1


def test_only_what_can_be_asked_is_asked(app: Flask, now: datetime) -> None:
    person = create_person()
    ids = create_questions(
        ("multiple_choice", CHOICE),
        ("flashcard", {"back": "b"}),
        ("description", {}),
        ("essay", {}),
    )
    with writing() as session:
        session.get_one(Question, ids[0]).status = "retired"
    quiz = create_quiz(ids)
    assert [item.asked.id for item in begin(person, quiz, now).items] == [ids[3]]
    empty = create_quiz(ids[:3], slug="empty")
    with pytest.raises(Refused) as refused:
        begin(person, empty, now)
    assert refused.value.code == "empty"


def test_who_sees_a_quiz(app: Flask, now: datetime) -> None:
    owner, other = create_person(role="instructor"), create_person()
    ids = create_questions(("multiple_choice", CHOICE))
    create_quiz(ids, slug="open")
    hidden = create_quiz(ids, slug="hidden", visibility="private")
    create_quiz(ids, slug="by-link", visibility="link")
    with writing() as session:
        session.get_one(Quiz, hidden.id).owner_id = owner.id
    slugs = [[quiz.slug for quiz in quizzes.visible_quizzes(who)] for who in (None, other, owner)]
    assert slugs == [["open"], ["open"], ["open", "hidden"]]
    assert quizzes.find("by-link", None).slug == "by-link"
    assert quizzes.find("hidden", owner).slug == "hidden"
    for who in (None, other):
        with pytest.raises(Absent):
            quizzes.find("hidden", who)
    attempt = begin(owner, hidden, now)
    with pytest.raises(Absent):
        attempt_views.load(other, attempt.uid)


def practise(person, attempt, slot, raw, now, number=1):  # type: ignore[no-untyped-def]
    return attempts.answer_practice(person, attempt.uid, slot, client_id(number), raw, now=now)


def test_practice_ends_when_everything_is_answered(app: Flask, now: datetime) -> None:
    person = create_person()
    ids = create_questions(("multiple_choice", CHOICE), ("essay", ESSAY), ("short_answer", TYPED))
    quiz = create_quiz(ids, feedback="immediate", floor_zero=True)
    attempt = begin(person, quiz, now)
    assert attempts.next_practice(person, attempt.uid).slot == 1
    assert attempt_views.load(person, attempt.uid).item(1).tries == 0
    practise(person, attempt, 1, {"option": "o2"}, now, 1)
    assert attempt_views.load(person, attempt.uid).item(1).tries == 1
    practise(person, attempt, 2, {"text": "My words."}, now, 2)
    assert attempts.next_practice(person, attempt.uid).slot == 3
    practise(person, attempt, 3, {"text": TYPED["answers"][0]["text"]}, now, 3)
    done = attempt_views.load(person, attempt.uid)
    assert (done.state, done.points, done.max_points) == ("handed_in", 1.0, 2.0)
    assert attempts.next_practice(person, attempt.uid) is None
    with pytest.raises(Refused) as refused:
        practise(person, attempt, 1, {"option": "o1"}, now, 4)
    assert refused.value.code == "closed"
    assert practise(
        person, attempt, 3, {"text": TYPED["answers"][0]["text"]}, now, 3
    ).logged.repeated
    assert replay_check.check().different == 0


def test_only_the_first_try_makes_a_review(app: Flask, now: datetime) -> None:
    person = create_person()
    ids = create_questions(("multiple_choice", CHOICE), ("multiple_choice", CHOICE))
    attempt = begin(person, create_quiz(ids, feedback="immediate"), now)
    first = practise(person, attempt, 1, {"option": "o2"}, now, 1)
    second = practise(person, attempt, 1, {"option": "o1"}, now + timedelta(seconds=9), 2)
    assert (first.try_no, second.try_no) == (1, 2)
    assert db.session.query(Review).count() == 1
    tries = [row.try_no for row in db.session.query(LoggedResponse).order_by("seq")]
    assert tries == [1, 2]
    card = first.logged.card
    assert card.due_day > card.last_day  # no step within the day


def test_practice_refuses_what_does_not_belong(app: Flask, now: datetime) -> None:
    person, other = create_person(), create_person()
    ids = create_questions(("multiple_choice", CHOICE))
    attempt = begin(person, create_quiz(ids, feedback="immediate"), now)
    exam = begin(person, create_quiz(ids, slug="real"), now)
    with pytest.raises(Absent):
        practise(other, attempt, 1, {"option": "o1"}, now)
    with pytest.raises(Absent):
        practise(person, attempt, 7, {"option": "o1"}, now)
    with pytest.raises(BadResponse):
        practise(person, attempt, 1, {"option": "o9"}, now)
    with pytest.raises(Refused, match="exam"):
        practise(person, exam, 1, {"option": "o1"}, now)
    with pytest.raises(Refused, match="another question"):
        attempts.answer_practice(
            person, attempt.uid, 1, client_id(1), {"option": "o1"}, now=now, question_uid="x"
        )
    assert db.session.query(LoggedResponse).count() == 0
    with pytest.raises(Refused, match="open exam"):
        practise(person, attempt, 1, {"option": "o1"}, now)
    handing_in.hand_in(person, exam.uid, now)
    practise(person, attempt, 1, {"option": "o1"}, now)
    with pytest.raises(IdReused):
        practise(person, attempt, 1, {"option": "o2"}, now)


def test_a_claimed_time_stays_within_the_attempt(app: Flask, now: datetime) -> None:
    person = create_person()
    ids = create_questions(("multiple_choice", CHOICE))
    attempt = begin(person, create_quiz(ids, feedback="immediate"), now)
    later = now + timedelta(minutes=1)
    attempts.answer_practice(
        person, attempt.uid, 1, client_id(1), {"option": "o1"},
        now=later, took_ms=10**9, answered_at=now - timedelta(days=9),
    )  # fmt: skip
    row = db.session.query(LoggedResponse).one()
    assert (row.answered_at, row.took_ms) == (now, 60_000)
    assert db.session.query(Attempt).one().handed_in_at == later
