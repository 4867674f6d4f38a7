"""Several tries at a question of a practice quiz: what they earn, when they end, what they show."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from quizapp.extensions import db
from quizapp.models import LoggedResponse, Review
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempt_views, attempts, handing_in, results
from quizapp.services.quizzes.attempt_views import Attempt, Refused
from quizapp.services.quizzes.quiz_settings import Settings
from quizapp.services.quizzes.tries import counted
from quizapp.services.study import answers, log_views, replay_check
from tests.factories import create_person
from tests.services.quiz_makers import (
    CHOICE,
    ESSAY,
    TYPED,
    begin,
    client_id,
    create_questions,
    create_quiz,
)

HALF: dict[str, Any] = {
    "options": [
        {"id": "o1", "text": "white", "fraction": "1"},
        {"id": "o2", "text": "pink", "fraction": "0.5"},
        {"id": "o3", "text": "red", "fraction": "-0.5"},
    ]
}


def settings(**stored: Any) -> Settings:
    return Settings.of({"question_tries": 3, "penalty_percent": 33, **stored})


# Moodle's interactive behaviour with several tries: fraction - penalty x tries before, at least 0.
@pytest.mark.parametrize(
    ("fractions", "penalty", "earned"),
    [
        ([1.0], 33, 1.0),
        ([0.0, 1.0], 33, 0.67),
        ([0.0, 0.0, 1.0], 33, 0.34),
        ([0.0, 0.0, 0.0], 33, 0.0),
        ([0.5, 1.0], 33, 0.67),
        ([0.5, 1.0], 60, 0.5),  # trying on never costs what was earned before
        ([-0.5, 1.0], 25, 0.75),
        ([-0.5], 25, 0.0),
        ([0.0, 1.0], 0, 1.0),
        ([0.0, 1.0], 100, 0.0),
    ],
)
def test_what_tries_earn(fractions: list[float], penalty: int, earned: float) -> None:
    by_try = dict(enumerate(fractions, 1))
    found = counted(by_try, settings(penalty_percent=penalty))
    assert found == pytest.approx(earned)


def test_without_tries_or_in_an_exam_the_first_answer_counts_as_it_is() -> None:
    for plain in (settings(question_tries=None), settings(question_tries=1)):
        assert counted({1: -0.5, 2: 1.0}, plain) == -0.5
    assert counted({1: -0.5, 2: 1.0}, settings(feedback="deferred")) == -0.5
    assert counted({1: None}, settings()) is None


class Practice:
    """A learner in a practice attempt."""

    def __init__(self, now: datetime, *kinds: Any, **stored: Any) -> None:
        self.person: Person = create_person()
        self.now, self.sent = now, 0
        quiz = create_quiz(create_questions(*kinds), feedback="immediate", **stored)
        self.uid = begin(self.person, quiz, now).uid

    def answer(self, slot: int, **response: Any) -> attempts.Practised:
        self.sent += 1
        number = client_id(self.sent)
        return attempts.answer_practice(self.person, self.uid, slot, number, response, now=self.now)

    @property
    def attempt(self) -> Attempt:
        db.session.rollback()
        return attempt_views.load(self.person, self.uid)


def test_a_missed_question_is_open_until_it_is_found_or_tries_run_out(
    app: Flask, now: datetime
) -> None:
    sat = Practice(
        now, ("multiple_choice", CHOICE), ("short_answer", TYPED), ("multiple_choice", HALF),
        question_tries=3, penalty_percent=33,
    )  # fmt: skip
    assert sat.answer(1, option="o2").settled is False
    assert sat.attempt.next_open().slot == 1  # type: ignore[union-attr]
    assert sat.answer(1, option="o1").settled is True
    assert sat.attempt.next_open().slot == 2  # type: ignore[union-attr]
    assert [sat.answer(2, text="no").settled for _ in range(3)] == [False, False, True]
    assert sat.answer(3, option="o2").settled is False
    assert sat.attempt.is_open
    assert sat.answer(3, option="o1").settled is True
    done = sat.attempt
    assert (done.state, done.max_points) == ("handed_in", 3.0)
    assert done.points == pytest.approx(0.67 + 0 + 0.67)
    found = results.of_attempt(sat.person, done)
    assert [each.points for each in found] == pytest.approx([0.67, 0, 0.67])
    assert [each.outcome for each in found] == ["right", "wrong", "right"]
    assert [each.try_no for each in found] == [2, 3, 2]
    assert replay_check.check().different == 0


def test_only_the_first_of_several_tries_makes_a_review(app: Flask, now: datetime) -> None:
    sat = Practice(now, ("multiple_choice", CHOICE), question_tries=2)
    sat.answer(1, option="o2")
    sat.answer(1, option="o1")
    assert db.session.query(Review).count() == 1
    assert db.session.query(Review).one().rating == 1
    assert sat.attempt.points == 1.0  # without a penalty


def test_a_question_that_is_settled_takes_no_more_answers(app: Flask, now: datetime) -> None:
    sat = Practice(now, *[("multiple_choice", CHOICE)] * 2, question_tries=2)
    sat.answer(1, option="o1")
    with pytest.raises(Refused) as refused:
        sat.answer(1, option="o2")
    assert refused.value.code == "question-done"
    once = create_quiz([sat.attempt.items[0].asked.id] * 1, slug="once", feedback="immediate",
                       question_tries=1)  # fmt: skip
    sat.uid = begin(sat.person, once, now).uid
    sat.answer(1, option="o2")
    assert sat.attempt.state == "handed_in"
    assert db.session.query(LoggedResponse).count() == 2


def test_what_a_person_reads_is_given_once(app: Flask, now: datetime) -> None:
    sat = Practice(now, ("essay", ESSAY), ("multiple_choice", CHOICE), question_tries=3)
    assert sat.answer(1, text="Mine.").settled is True
    sat.answer(2, option="o1")
    assert (sat.attempt.points, sat.attempt.max_points) == (1.0, 1.0)


def test_ending_early_counts_the_best_try_so_far(app: Flask, now: datetime) -> None:
    sat = Practice(now, ("multiple_choice", HALF), ("multiple_choice", CHOICE), question_tries=3)
    sat.answer(1, option="o2")
    sat.answer(1, option="o3")
    done = handing_in.hand_in(sat.person, sat.uid, now)
    assert (done.points, done.max_points) == (0.5, 2.0)
    assert [each.response for each in results.of_attempt(sat.person, done)] == [
        {"option": "o2"}, None
    ]  # fmt: skip


def test_the_log_does_not_show_the_key_while_a_try_is_left(app: Flask, now: datetime) -> None:
    sat = Practice(now, *[("multiple_choice", CHOICE)] * 2, question_tries=2)
    seq = sat.answer(1, option="o2").logged.seq
    assert log_views.response(sat.person, seq, now) is None
    sat.answer(1, option="o3")
    assert log_views.response(sat.person, seq, now) is not None


def test_the_same_answer_sent_twice_is_one_try(app: Flask, now: datetime) -> None:
    sat = Practice(now, ("multiple_choice", CHOICE), question_tries=2)
    item = sat.attempt.item(1)
    for _ in range(2):
        done = answers.answer_in_attempt(
            sat.person, client_id(1), item.asked.uid, 1, {"option": "o2"},
            attempt=sat.uid, slot=1, now=now,
        )  # fmt: skip
        assert (done.settled, done.next_slot) == (False, 1)
    assert db.session.query(LoggedResponse).count() == 1


def test_a_hint_is_noted_where_the_quiz_offers_hints(app: Flask, now: datetime) -> None:
    hinted = {**CHOICE, "hints": ["Think."]}
    for slug, hints, marks in (("with", True, {"hint": True}), ("without", False, {})):
        person = create_person()
        ids = create_questions(("multiple_choice", hinted), slug=f"bank-{slug}")
        quiz = create_quiz(ids, slug=slug, bank=f"bank-{slug}", feedback="immediate", hints=hints)
        attempt = begin(person, quiz, now)
        assert bool(attempt.item(1).asked.question.body["hints"]) is hints
        attempts.answer_practice(
            person, attempt.uid, 1, client_id(1), {"option": "o1"}, now=now, hinted=True
        )
        row = db.session.query(LoggedResponse).filter_by(user_id=person.id).one()
        assert row.marks == marks


@pytest.mark.parametrize(("said", "orders"), [(True, 2), (False, 1), (None, 1)])
@pytest.mark.only("sqlite")
def test_the_quiz_says_whether_options_are_shuffled(
    app: Flask, now: datetime, said: bool | None, orders: int
) -> None:
    fixed = {**CHOICE, "shuffle": False}
    quiz = create_quiz(create_questions(("multiple_choice", fixed)), shuffle_options=said)
    seen = set()
    for seed in range(6):
        item = begin(create_person(), quiz, now, seed=seed).item(1)
        seen.add(tuple(item.asked.shown(item.option_seed)["options"]))
    assert (len(seen) > 1) is (orders > 1)
