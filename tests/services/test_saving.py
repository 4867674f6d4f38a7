"""Autosave: every save is kept, two tabs lose nothing, and the server's clock decides."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from quizapp.core.question import BadResponse
from quizapp.extensions import db
from quizapp.models import AttemptItem, AttemptSave, LoggedResponse
from quizapp.services.content.questions import Absent
from quizapp.services.quizzes import attempt_views, handing_in, saving
from quizapp.services.quizzes.attempt_views import Refused
from quizapp.services.quizzes.saving import Conflict
from tests.factories import create_person
from tests.services.quiz_makers import (
    CHOICE,
    CLOZE,
    begin,
    client_id,
    create_questions,
    create_quiz,
)

RED, WHITE = {"option": "o2"}, {"option": "o1"}


class Exam:
    """A person in an exam."""

    def __init__(self, now: datetime, **settings: object) -> None:
        self.person, self.now, self.saves = create_person(), now, 0
        ids = create_questions(("multiple_choice", CHOICE), ("cloze", CLOZE))
        self.uid = begin(self.person, create_quiz(ids, **settings), now).uid

    def save(self, response, base, flagged=False, slot=1, number=None, after=0, who=None):  # type: ignore[no-untyped-def]
        self.saves += 1
        return saving.save(
            who or self.person,
            self.uid,
            slot,
            client_id=client_id(number or self.saves),
            base_seq=base,
            response=response,
            flagged=flagged,
            now=self.now + timedelta(seconds=after),
        )

    def item(self, slot: int = 1) -> attempt_views.Item:
        return attempt_views.load(self.person, self.uid).item(slot)


def test_saves_follow_each_other_and_can_be_cleared(app: Flask, now: datetime) -> None:
    exam = Exam(now)
    assert exam.save(RED, 0, after=10).seq == 1
    assert exam.save(WHITE, 1, after=20).seq == 2
    assert (exam.item().draft, exam.item().draft_at) == (WHITE, now + timedelta(seconds=20))
    assert exam.save(WHITE, 2, flagged=True, after=30).seq == 3
    assert exam.item().flagged
    assert exam.item().draft_at == now + timedelta(seconds=20)  # the flag is no answer
    assert exam.save(None, 3).seq == 4
    assert exam.item().draft is None
    assert exam.save({"option": ""}, 4).seq == 5
    assert db.session.query(AttemptSave).count() == 5
    assert db.session.query(LoggedResponse).count() == 0


def test_a_resumed_page_sees_what_was_saved(app: Flask, now: datetime) -> None:
    exam = Exam(now)
    exam.save({"gaps": {"1": "half"}}, 0, slot=2, flagged=True)
    db.session.remove()  # another process
    item = exam.item(2)
    assert item.draft["gaps"]["1"] == "half"
    assert (item.flagged, item.draft_seq, item.answered) == (True, 1, True)


def test_two_tabs_lose_nothing(app: Flask, now: datetime) -> None:
    exam = Exam(now)
    exam.save(RED, 0, after=1)
    with pytest.raises(Conflict) as conflict:
        exam.save(WHITE, 0, after=2)
    assert (conflict.value.code, conflict.value.seq) == ("save-conflict", 1)
    assert conflict.value.response == RED
    assert conflict.value.saved_at == now + timedelta(seconds=1)
    assert exam.item().draft == RED
    kept = [row.payload["response"] for row in db.session.query(AttemptSave).order_by("draft_seq")]
    assert kept == [RED, WHITE]
    # The learner chooses: the answer here, now based on what stands.
    assert exam.save(WHITE, 1, after=3).seq == 3
    assert exam.item().draft == WHITE


def test_the_same_answer_in_two_tabs_is_no_conflict(app: Flask, now: datetime) -> None:
    exam = Exam(now)
    exam.save(RED, 0)
    assert exam.save(RED, 0).seq == 2


def test_a_flag_of_one_tab_survives_the_other(app: Flask, now: datetime) -> None:
    exam = Exam(now)
    exam.save(RED, 0, flagged=False)
    exam.save(RED, 1, flagged=True)  # flagged in one tab
    exam.save(RED, 1, flagged=False)  # the other tab knows nothing of it
    assert exam.item().flagged
    exam.save(RED, 2, flagged=False)
    exam.save(RED, 3, flagged=False)
    assert not exam.item().flagged


def test_the_same_save_twice_is_one(app: Flask, now: datetime) -> None:
    exam = Exam(now, time_limit_s=60)
    first = exam.save(RED, 0, number=1)
    assert exam.save(RED, 0, number=1, after=5) == first
    with pytest.raises(Refused) as refused:
        exam.save(WHITE, 0, number=1)
    assert refused.value.code == "id-reused"
    with pytest.raises(Refused):
        exam.save(RED, 0, number=1, slot=2)
    with pytest.raises(Conflict):
        exam.save(WHITE, 0, number=2)
    with pytest.raises(Conflict):
        exam.save(WHITE, 0, number=2)
    assert db.session.query(AttemptSave).count() == 2
    assert exam.save(RED, 0, number=1, after=999) == first  # its first answer was lost on the way


def test_the_servers_clock_closes_with_grace(app: Flask, now: datetime) -> None:
    exam = Exam(now, time_limit_s=60)
    assert exam.save(RED, 0, after=65).seq == 1
    with pytest.raises(Refused) as refused:
        exam.save(WHITE, 1, after=65.001)
    assert refused.value.code == "closed"
    assert exam.item().draft == RED


def test_a_handed_in_exam_takes_no_saves(app: Flask, now: datetime) -> None:
    exam = Exam(now)
    exam.save(RED, 0)
    handing_in.hand_in(exam.person, exam.uid, now)
    with pytest.raises(Refused) as refused:
        exam.save(WHITE, 1)
    assert refused.value.code == "closed"


def test_a_save_that_cannot_be_read_is_refused(app: Flask, now: datetime) -> None:
    exam = Exam(now)
    for raw in ({"option": "o9"}, {"option": ["o1"]}, "o1", 7):
        with pytest.raises(BadResponse):
            exam.save(raw, 0)
    with pytest.raises(BadResponse):
        exam.save({"gaps": {"1": "a\x00b"}}, 0, slot=2)
    with pytest.raises(Absent):
        exam.save(RED, 0, slot=3)
    with pytest.raises(Absent):
        exam.save(RED, 0, who=create_person())
    assert db.session.query(AttemptSave).count() == 0
    assert db.session.query(AttemptItem).filter_by(draft_seq=0).count() == 2


def test_practice_is_not_saved(app: Flask, now: datetime) -> None:
    exam = Exam(now, feedback="immediate")
    with pytest.raises(Refused) as refused:
        exam.save(RED, 0)
    assert refused.value.code == "practice"
