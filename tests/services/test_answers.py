"""Answers: graded, logged once, and folded into memory; whatever happens, replay agrees."""

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizapp.core.question import BadResponse
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Card, LoggedResponse, Question, Review, Shelf, User, UserDay
from quizapp.services.content import catalog, regrouping
from quizapp.services.operations import jobs
from quizapp.services.people import sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import answers, cards, queue, replay, replay_check, waiting
from tests.factories import create_bank, create_person

RIGHT, WRONG = {"option": "o1"}, {"option": "o2"}


def ask(person: Person, now: datetime) -> Any:
    """Return the question that a learner of the only bank is asked."""
    return queue.next_question(person, now, bank_id=1)


def answer(person: Person, asked: Any, raw: Any, now: datetime, **more: Any) -> answers.Answered:
    return answers.answer(
        person, more.pop("client_id", str(uuid4())), asked.uid, asked.version, raw, now=now, **more
    )


def question_of(kind: str = "multiple_choice", position: int = 0) -> Any:
    catalog.forget()
    facts = list(catalog.of_bank(1).facts.values())
    forms = [form for fact in facts for form in fact.forms if form.type == kind]
    form = forms[position % len(forms)]
    return answers.asked(form.id, form.version)


def agrees() -> None:
    found = replay_check.check(regrouping.pending_facts())
    assert found.different == 0, found.examples


def test_a_right_answer_is_logged_and_makes_a_memory(app: Flask, now: datetime) -> None:
    create_bank()
    person = create_person()
    done = answer(person, question_of(), RIGHT, now, took_ms=4200)
    assert done.grade.score == 1
    assert done.card is not None
    assert done.card.due_at > now
    assert db.session.scalar(sa.select(LoggedResponse.took_ms)) == 4200
    review = db.session.scalars(sa.select(Review)).one()
    assert (review.rating, review.kind, review.response_seq) == (3, "answer", done.seq)
    assert review.p_knew == pytest.approx(0.5 / (0.5 + 0.5 / 3))
    day = db.session.scalars(sa.select(UserDay)).one()
    assert (day.answers, day.right, day.ms, day.new_facts) == (1, 1, 4200, 1)
    assert db.session.scalars(sa.select(Shelf.bank_id)).all() == [1]
    agrees()


def test_the_same_answer_sent_twice_is_one_row(app: Flask, now: datetime) -> None:
    create_bank()
    person, asked, client_id = create_person(), question_of(), str(uuid4())
    first = answer(person, asked, RIGHT, now, client_id=client_id)
    later = now + timedelta(seconds=2)
    second = answer(person, asked, RIGHT, later, client_id=client_id)
    assert (second.seq, second.grade) == (first.seq, first.grade)
    assert second.card == first.card
    assert len(db.session.scalars(sa.select(LoggedResponse)).all()) == 1
    agrees()


def test_another_answer_under_the_same_id_is_refused(app: Flask, now: datetime) -> None:
    create_bank()
    person, asked, client_id = create_person(), question_of(), str(uuid4())
    answer(person, asked, RIGHT, now, client_id=client_id)
    with pytest.raises(answers.IdReused):
        answer(person, asked, WRONG, now, client_id=client_id)
    assert len(db.session.scalars(sa.select(LoggedResponse)).all()) == 1


def test_two_people_may_use_the_same_id(app: Flask, now: datetime) -> None:
    create_bank()
    client_id = str(uuid4())
    for _ in range(2):
        answer(create_person(), question_of(), RIGHT, now, client_id=client_id)
    assert len(db.session.scalars(sa.select(LoggedResponse)).all()) == 2


def test_an_unreadable_answer_changes_nothing(app: Flask, now: datetime) -> None:
    create_bank()
    person = create_person()
    for raw in ({"option": "o9"}, {"option": 3}, {}, None, [], {"text": "x"}):
        with pytest.raises(BadResponse):
            answer(person, question_of(), raw, now)
    assert db.session.scalars(sa.select(LoggedResponse)).all() == []
    assert db.session.get_one(User, person.id).seq == 0


def test_a_private_bank_is_absent_for_others(app: Flask, now: datetime) -> None:
    owner = create_person(role="instructor")
    create_bank(visibility="private", owner_id=owner.id)
    asked = question_of()
    with pytest.raises(answers.Absent):
        answer(create_person(), asked, RIGHT, now)
    assert answer(owner, asked, RIGHT, now).grade.score == 1


def test_a_wrong_answer_comes_back_within_minutes(app: Flask, now: datetime) -> None:
    create_bank()
    person = create_person()
    done = answer(person, question_of(), WRONG, now)
    assert done.card is not None
    assert done.card.due_at == now + timedelta(minutes=1)


def test_an_answer_cannot_be_given_in_the_future(app: Flask, now: datetime) -> None:
    create_bank()
    person = create_person()
    answer(person, question_of(), RIGHT, now, answered_at=now + timedelta(days=3))
    assert db.session.scalar(sa.select(LoggedResponse.answered_at)) == now


def test_a_late_answer_is_folded_in_where_it_belongs(app: Flask, now: datetime) -> None:
    create_bank()
    person, asked = create_person(), question_of()
    answer(person, asked, WRONG, now)
    answer(person, asked, RIGHT, now + timedelta(days=2))
    done = answer(
        person, asked, RIGHT, now + timedelta(days=3), answered_at=now + timedelta(days=1)
    )
    assert done.card is not None
    assert done.card.reps == 3
    assert done.card.last_at == now + timedelta(days=2)
    agrees()


def test_undo_takes_the_last_answer_back(app: Flask, now: datetime) -> None:
    create_bank()
    person, asked = create_person(), question_of()
    answer(person, asked, RIGHT, now)
    before = replay.card_of(db.session.connection(), person.id, 1)
    answer(person, asked, WRONG, now + timedelta(minutes=15))
    cards.undo(person, now + timedelta(minutes=16))
    after = replay.card_of(db.session.connection(), person.id, 1)
    assert before
    assert after
    assert (after.stability, after.due_at, after.reps) == (
        before.stability,
        before.due_at,
        before.reps,
    )
    assert db.session.scalars(sa.select(UserDay.answers)).one() == 1
    agrees()
    cards.undo(person, now + timedelta(minutes=17))
    assert db.session.scalars(sa.select(Card)).all() == []
    agrees()
    with pytest.raises(cards.NothingToUndo):
        cards.undo(person, now + timedelta(minutes=18))


def test_undo_leaves_the_log_as_it_was(app: Flask, now: datetime) -> None:
    create_bank()
    person = create_person()
    answer(person, question_of(), RIGHT, now)
    cards.undo(person, now)
    assert len(db.session.scalars(sa.select(LoggedResponse)).all()) == 1
    assert [r.kind for r in db.session.scalars(sa.select(Review).order_by(Review.seq))] == [
        "answer",
        "undo",
    ]


def test_practice_is_noted_but_not_scheduled(app: Flask, now: datetime) -> None:
    create_bank()
    person = create_person()
    answer(person, question_of(), RIGHT, now, source="practice")
    assert len(db.session.scalars(sa.select(LoggedResponse)).all()) == 1
    assert db.session.scalars(sa.select(Card)).all() == []


def test_the_queue_asks_new_facts_until_the_daily_limit(app: Flask, now: datetime) -> None:
    create_bank(facts=8)
    person = create_person(new_per_day=3)
    asked_facts = set()
    for n in range(6):
        at = now + timedelta(seconds=10 * n)
        asked = ask(person, at)
        if asked is None:
            break
        done = answer(
            person, asked, RIGHT if asked.question.type != "flashcard" else {"rating": 4}, at
        )
        asked_facts.add(done.fact_id)
    assert len(asked_facts) == 3


def test_a_guest_has_no_limits_on_the_first_day(app: Flask, now: datetime) -> None:
    create_bank(facts=30)
    guest = create_person(kind="guest", created_at=now)
    assert waiting.counts(guest, now, bank_id=1).new == 30
    assert waiting.counts(guest, now + timedelta(days=1), bank_id=1).new == 20


def test_a_fact_is_not_asked_twice_in_the_same_form(app: Flask, now: datetime) -> None:
    create_bank(facts=1)
    person = create_person()
    first = ask(person, now)
    answer(person, first, RIGHT, now)
    second = ask(person, now + timedelta(minutes=11))
    assert second is not None
    assert second.question.type != first.question.type


def test_suspended_and_buried_facts_are_left_out(app: Flask, now: datetime) -> None:
    create_bank(facts=2)
    person = create_person()
    cards.suspend(person, 1, now)
    cards.bury(person, 2, now)
    assert ask(person, now) is None
    assert ask(person, now + timedelta(days=1)) is not None
    cards.suspend(person, 1, now, on=False)
    assert ask(person, now) is not None


def test_an_answer_to_a_cloze_gap_reviews_the_facts_of_its_gaps(app: Flask, now: datetime) -> None:
    create_bank(facts=2)
    from quizapp.models import QuestionPart, QuestionVersion

    with writing() as session:
        question = Question(
            uid="cloze-1",
            bank_id=1,
            fact_id=1,
            type="cloze",
            name="gaps",
            search_text="",
            position=9,
        )
        session.add(question)
        session.flush()
        body = {
            "gaps": {
                "1": {"kind": "typed", "answers": [{"id": "a1", "text": "active"}]},
                "2": {"kind": "typed", "answers": [{"id": "a1", "text": "passive"}]},
            }
        }
        session.add(
            QuestionVersion(
                question_id=question.id,
                number=1,
                stem="[[1]] and [[2]]",
                body=body,
                sha256="0",
                edited_at=now,
            )
        )
        session.add(QuestionPart(question_id=question.id, part="2", fact_id=2))
        question_id = question.id
    person = create_person()
    asked = answers.asked(question_id, 1)
    answer(person, asked, {"gaps": {"1": "active", "2": "wrong"}}, now)
    ratings = {r.fact_id: (r.part, r.rating) for r in db.session.scalars(sa.select(Review)).all()}
    assert ratings == {1: (None, 1), 2: ("2", 1)}
    agrees()


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["right", "wrong", "card", "late", "undo", "quiz", "zone", "regroup"]),
        st.integers(0, 2),
        st.integers(0, 60 * 24 * 4),
    ),
    min_size=1,
    max_size=14,
)


@pytest.mark.only("sqlite")
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(actions=ACTIONS)
def test_replay_agrees_after_whatever_happens(
    app: Flask, actions: list[tuple[str, int, int]]
) -> None:
    """Undo, late rows, quiz answers, DST days and regrouped facts, in any order."""
    if not db.session.scalar(sa.select(sa.func.count()).select_from(Question)):
        create_bank()
    person = create_person(tz="Europe/Berlin")
    now = datetime.fromisoformat("2026-03-27T20:00:00+00:00")  # two days before clocks change
    for what, position, minutes in actions:
        now += timedelta(minutes=minutes)
        act(person, what, position, now)
        person = sessions.person(person.id)  # type: ignore[assignment]
    agrees()


def act(person: Person, what: str, position: int, now: datetime) -> None:
    rng = random.Random(f"{what}{position}{now}")
    if what in {"right", "wrong"}:
        answer(person, question_of(position=position), RIGHT if what == "right" else WRONG, now)
    elif what == "card":
        rating = {"rating": rng.randint(1, 4)}
        answer(person, question_of("flashcard", position), rating, now)
    elif what == "late":
        given_at = now - timedelta(minutes=rng.randint(1, 6000))
        answer(person, question_of(position=position), RIGHT, now, answered_at=given_at)
    elif what == "quiz":
        answer(person, question_of(position=position), WRONG, now, source="quiz")
    elif what == "undo":
        try:
            cards.undo(person, now)
        except cards.NothingToUndo:
            return
    elif what == "zone":
        zone = rng.choice(["Europe/Berlin", "Asia/Tokyo", "America/New_York"])
        with writing() as session:
            session.execute(sa.update(User).where(User.id == person.id).values(tz=zone))
            moved = sessions.person(person.id)
            assert moved
            replay.rezone(session.connection(), moved)
    else:
        regroup(position, now)


def regroup(position: int, now: datetime) -> None:
    """Move a flashcard to another fact; the job folds the touched cards anew."""
    regrouping.move(position * 2 + 2, (position + 1) % 3 + 1, now)
    agrees()  # what the job has yet to do is left out
    held = jobs.lease("test", now)
    assert held
    regrouping.refold(held.payload, Bystander())
    jobs.finish(held, None, now)


class Bystander:
    """A job's context that nobody watches."""

    def progress(self, share: float) -> None:
        assert 0 <= share <= 1
