"""Two at once: tabs, devices and workers that do the same thing at the same moment."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.database import Busy
from quizapp.extensions import db
from quizapp.models import CardMark, Fact, LoggedResponse, Question, User
from quizapp.services.identifiers import new_secret
from quizapp.services.people import erasure, merging, sessions
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import saving
from quizapp.services.quizzes.attempt_views import Refused
from quizapp.services.study import answers, cards, replay_check, shelf
from tests.factories import create_bank, create_person
from tests.services.quiz_makers import CHOICE, begin, create_questions, create_quiz

RIGHT, WRONG = {"option": "o1"}, {"option": "o2"}
Job = Callable[[], Any]


def together(app: Flask, *jobs: Job) -> list[Any]:
    """Run the jobs in threads that start at the same moment; an exception is a result."""
    barrier, found = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place: int, job: Job) -> None:
        with app.app_context():
            barrier.wait()
            try:
                found[place] = job()
            except Exception as error:
                found[place] = error  # type: ignore[call-overload]
            finally:
                db.session.remove()

    db.session.rollback()
    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def defects(found: list[Any], *fine: type[Exception]) -> list[Exception]:
    """Return the exceptions that no user should meet."""
    return [one for one in found if isinstance(one, Exception) and not isinstance(one, fine)]


def asked(place: int) -> str:
    """Return the uid of the place-th multiple-choice question."""
    select = sa.select(Question.uid).where(Question.type == "multiple_choice").order_by(Question.id)
    return db.session.scalars(select).all()[place]


def answer(person: Person, uid: str, raw: Any, now: datetime, client_id: str = "") -> int:
    return answers.answer(person, client_id or str(uuid4()), uid, 1, raw, now=now).seq


def agrees() -> None:
    found = replay_check.check()
    assert found.different == 0, found.examples


def test_an_answer_sent_eight_times_at_once_is_one_row(app: Flask, now: datetime) -> None:
    create_bank()
    person, uid, client_id = create_person(), asked(0), str(uuid4())
    found = together(app, *[lambda: answer(person, uid, RIGHT, now, client_id)] * 8)
    assert not defects(found, Busy)
    assert db.session.query(LoggedResponse).count() == 1
    agrees()


def test_a_strangers_tabs_that_answer_at_once_are_one_guest(app: Flask) -> None:
    create_bank()
    uid, client_id = asked(0), str(uuid4())
    first = app.test_client()
    first.get("/")
    cookie = first.get_cookie("quizapp")
    assert cookie
    body = {"client_id": client_id, "question": uid, "version": 1, "response": RIGHT}

    def send() -> int:
        tab = app.test_client()
        tab.set_cookie("quizapp", cookie.value)
        return tab.post("/api/v1/answers", json=body).status_code

    assert set(together(app, *[send] * 6)) <= {200, 503}
    assert db.session.query(User).count() == 1
    assert db.session.query(LoggedResponse).count() == 1


def test_undo_pressed_in_two_tabs_undoes_two_answers_or_one(app: Flask, now: datetime) -> None:
    create_bank()
    person = create_person()
    for place in range(3):
        answer(person, asked(place), RIGHT, now)
    found = together(app, *[lambda: cards.undo(person, now)] * 4)
    assert not defects(found, Busy, cards.NothingToUndo)
    agrees()


def test_undo_while_the_other_tab_answers_the_same_card(app: Flask, now: datetime) -> None:
    create_bank()
    person = create_person()
    uid = asked(0)
    for _ in range(3):
        answer(person, uid, RIGHT, now)
        undo: list[Job] = [lambda: cards.undo(person, now)] * 2
        more: list[Job] = [lambda: answer(person, uid, WRONG, now)] * 2
        assert not defects(together(app, *undo, *more), Busy, cards.NothingToUndo)
        agrees()


def test_a_card_is_marked_from_several_tabs_at_once(app: Flask, now: datetime) -> None:
    create_bank()
    person = create_person()
    for fact in db.session.scalars(sa.select(Fact.id)).all():
        flag, suspend = (
            partial(cards.flag, person, fact, 1),
            partial(cards.suspend, person, fact, now),
        )
        found = together(app, flag, flag, flag, suspend)
        assert not defects(found, Busy)
    assert db.session.query(CardMark).count() == 3


def test_a_bank_is_put_on_the_shelf_twice_at_once(app: Flask, now: datetime) -> None:
    bank_id = create_bank().id
    person = create_person()
    found = together(app, *[lambda: shelf.put(person, bank_id, now)] * 5)
    assert not defects(found, Busy)
    assert shelf.holds(person, bank_id)


def test_one_id_in_two_exams_at_once_is_refused_in_one(app: Flask, now: datetime) -> None:
    person, ids = create_person(), create_questions(("multiple_choice", CHOICE))
    uids = [begin(person, create_quiz([*ids], slug=slug), now).uid for slug in ("one", "two")]
    for _ in range(4):
        sent: dict[str, Any] = {"response": RIGHT, "flagged": False, "now": now}
        sent |= {"client_id": str(uuid4()), "base_seq": 9}
        found = together(app, *[partial(saving.save, person, uid, 1, **sent) for uid in uids])
        assert not defects(found, Busy, Refused)


@pytest.mark.parametrize("end", ["merge", "erase"])
def test_an_answer_that_comes_after_its_guest_has_gone_is_not_acknowledged(
    app: Flask, now: datetime, end: str
) -> None:
    create_bank()
    guest, _token = sessions.guest_of(new_secret(), now, "UTC")
    answer(guest, asked(0), RIGHT, now)
    if end == "merge":
        merging.merge(guest.id, create_person().id, now)
    else:
        erasure.erase(guest.id, now)
    with pytest.raises(Busy):  # 503: the page sends it again, as whoever it is by then
        answer(guest, asked(1), RIGHT, now)
    assert db.session.query(LoggedResponse).filter_by(user_id=guest.id).count() == 0
