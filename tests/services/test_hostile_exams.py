"""Learners who play against the rules of an exam, by what they send."""

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, LoggedResponse, Question
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempt_views, attempts, handing_in, saving
from quizapp.services.quizzes.attempt_views import Attempt, Refused
from quizapp.services.study import answers, replay_check
from tests.factories import create_bank, create_person
from tests.services.quiz_makers import CHOICE, TYPED, begin, create_questions, create_quiz

LATER = timedelta(hours=1)


def sit(now: datetime, slug: str = "exam", **settings: Any) -> tuple[Person, Attempt]:
    ids = create_questions(("multiple_choice", CHOICE), ("short_answer", TYPED), slug=slug)
    person = create_person()
    return person, begin(person, create_quiz([*ids], slug, bank=slug, **settings), now)


def save(person: Person, attempt: Attempt, now: datetime) -> None:
    saving.save(
        person,
        attempt.uid,
        1,
        client_id=str(uuid4()),
        base_seq=0,
        response={"option": "o1"},
        flagged=False,
        now=now,
    )


def test_no_id_that_a_learner_sends_keeps_an_exam_open(app: Flask, now: datetime) -> None:
    person, attempt = sit(now, time_limit_s=60)
    save(person, attempt, now)
    guessed = str(uuid5(NAMESPACE_URL, f"quizapp:{attempt.uid}/1"))
    create_bank("Other")  # an open exam's own questions take no study answers
    other = db.session.scalars(
        sa.select(Question.uid).join(Bank).where(Bank.slug == "other").order_by(Question.id)
    ).first()
    answers.answer(person, guessed, str(other), 1, {"option": "o1"}, now=now)
    assert handing_in.hand_in_expired(now + LATER) == 1
    assert replay_check.check().different == 0


def test_an_exam_that_cannot_be_judged_does_not_keep_others_open(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = sit(now, "broken", time_limit_s=30)
    sound = sit(now, "sound", time_limit_s=60)
    for person, attempt in (broken, sound):
        save(person, attempt, now)
    log = handing_in.responses.log

    def fails(connection: Any, person: Person, *rest: Any) -> Any:
        if person.id == broken[0].id:
            raise ZeroDivisionError
        return log(connection, person, *rest)

    monkeypatch.setattr(handing_in.responses, "log", fails)
    assert handing_in.hand_in_expired(now + LATER) == 1
    assert attempt_views.load(broken[0], broken[1].uid).is_open
    assert not attempt_views.load(sound[0], sound[1].uid).is_open


def test_practice_with_a_time_limit_takes_nothing_after_it(app: Flask, now: datetime) -> None:
    person, attempt = sit(now, feedback="immediate", time_limit_s=60)

    def send(seconds: int, client_id: str) -> None:
        at = now + timedelta(seconds=seconds)
        attempts.answer_practice(person, attempt.uid, 1, client_id, {"option": "o1"}, now=at)

    client_id = str(uuid4())
    send(64, client_id)  # within the grace
    with pytest.raises(Refused, match="ended"):
        send(66, str(uuid4()))
    send(66, client_id)  # the same once more is no new answer
    assert db.session.query(LoggedResponse).count() == 1


def test_a_question_retired_meanwhile_can_still_be_practised(app: Flask, now: datetime) -> None:
    person, attempt = sit(now, feedback="immediate")
    with writing() as session:
        session.execute(sa.update(Question).values(status="retired"))
    done = attempts.answer_practice(person, attempt.uid, 1, str(uuid4()), {"option": "o1"}, now=now)
    assert done.grade.score == 1
    assert replay_check.check().different == 0
