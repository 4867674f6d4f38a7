"""A guest's answers come into an account as if they had been given there."""

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    Attempt,
    AttemptItem,
    AttemptSave,
    Card,
    CardMark,
    Course,
    Enrolment,
    LoggedResponse,
    Parameters,
    Plan,
    Review,
    Session,
    Shelf,
    User,
    UserDay,
)
from quizapp.models.memory import Regrade
from quizapp.services.content import catalog
from quizapp.services.identifiers import new_secret
from quizapp.services.people import merging, sessions
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import handing_in
from quizapp.services.study import answers, replay, replay_check
from quizapp.services.study.responses import take_seq
from tests.factories import create_bank, create_person
from tests.services.quiz_makers import CHOICE, TYPED, begin, create_questions, create_quiz

RIGHT, WRONG = {"option": "o1"}, {"option": "o2"}


@pytest.fixture
def guest(app: Flask, now: datetime) -> Person:
    return sessions.guest_of(new_secret(), now, "Europe/Oslo")[0]


def answer(
    person: Person, position: int, raw: Any, at: datetime, client_id: str | None = None
) -> int:
    catalog.forget()
    facts = list(catalog.of_bank(1).facts.values())
    form = next(
        form for form in facts[position].forms if ("rating" in raw) == (form.type == "flashcard")
    )
    asked = answers.asked(form.id, form.version)
    done = answers.answer(
        person, client_id or str(uuid4()), asked.uid, asked.version, raw, now=at, took_ms=1000
    )
    return done.seq


def rows(table: Any, user_id: int) -> list[Any]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(table).where(table.user_id == user_id)))


def agrees() -> None:
    found = replay_check.check()
    assert found.different == 0, found.examples


def test_answers_reviews_cards_and_days_come_along(guest: Person, now: datetime) -> None:
    create_bank()
    account = create_person(tz="Europe/Oslo")
    answer(account, 0, RIGHT, now - timedelta(days=3))
    for minute, (position, raw) in enumerate([(0, RIGHT), (1, WRONG), (2, RIGHT)]):
        answer(guest, position, raw, now + timedelta(minutes=minute))
    assert merging.baggage(guest.id) == merging.Baggage(answers=3, anything=True)
    assert merging.merge(guest.id, account.id, now) == 3
    responses = rows(LoggedResponse, account.id)
    assert [row.seq for row in responses] == [1, 3, 5, 7]
    assert [row.answered_at for row in responses] == sorted(row.answered_at for row in responses)
    assert [(row.seq, row.response_seq) for row in rows(Review, account.id)] == [
        (2, 1),
        (4, 3),
        (6, 5),
        (8, 7),
    ]
    assert db.session.get_one(User, account.id).seq == 8
    assert {row.fact_id: row.reps for row in rows(Card, account.id)} == {1: 2, 2: 1, 3: 1}
    day = rows(UserDay, account.id)[-1]
    assert (day.answers, day.right, day.ms, day.new_facts) == (3, 2, 3000, 2)
    agrees()


def test_the_guest_is_dead_and_empty_afterwards(app: Flask, now: datetime) -> None:
    create_bank()
    account = create_person()
    guest, token = sessions.guest_of(new_secret(), now, "UTC")
    answer(guest, 0, RIGHT, now)
    merging.merge(guest.id, account.id, now)
    assert sessions.find(token, now) is None
    assert db.session.get_one(User, guest.id).merged_into_id == account.id
    for table in (*merging.LEFT_BEHIND, Session):
        assert rows(table, guest.id) == [], table
    assert merging.baggage(guest.id) == merging.Baggage(0, False)
    assert merging.merge(guest.id, account.id, now) == 0
    assert len(rows(LoggedResponse, account.id)) == 1


def test_only_a_guest_is_merged_and_only_into_an_account(guest: Person, now: datetime) -> None:
    create_bank()
    account, other = create_person(), create_person()
    second, _ = sessions.guest_of(new_secret(), now, "UTC")
    answer(other, 0, RIGHT, now)
    assert merging.merge(other.id, account.id, now) == 0
    assert merging.merge(guest.id, second.id, now) == 0
    assert merging.merge(guest.id, guest.id, now) == 0
    assert len(rows(LoggedResponse, other.id)) == 1


def test_earlier_answers_count_where_they_belong(guest: Person, now: datetime) -> None:
    """The card is what it would be had one person given all answers in order.

    With flashcards, as what a choice says of memory also depends on what was known of it then.
    """
    create_bank()
    account, one = create_person(), create_person()
    again, good = {"rating": 1}, {"rating": 3}
    given = [(0, again, 0), (0, good, 1), (1, good, 2), (0, good, 5), (1, good, 9)]
    for n, (position, raw, day) in enumerate(given):
        at = now + timedelta(days=day)
        answer(one, position, raw, at)
        if n % 2 == 0:
            answer(guest, position, raw, at)
    for n, (position, raw, day) in enumerate(given):
        if n % 2:
            answer(account, position, raw, now + timedelta(days=day))
    merging.merge(guest.id, account.id, now + timedelta(days=10))
    memories = [
        {row.fact_id: (row.stability, row.difficulty, row.reps, row.lapses) for row in found}
        for found in (rows(Card, account.id), rows(Card, one.id))
    ]
    assert memories[0] == memories[1]
    agrees()


def test_an_answer_that_both_have_is_dropped_with_its_reviews(guest: Person, now: datetime) -> None:
    create_bank()
    account = create_person()
    both = str(uuid4())
    answer(account, 0, RIGHT, now, both)
    first = answer(guest, 0, RIGHT, now, both)
    answer(guest, 1, RIGHT, now + timedelta(minutes=1))
    with writing() as session:
        undo = undo_of(session, guest, first, now)
        session.add(undo)
    assert merging.merge(guest.id, account.id, now) == 1
    assert len(rows(LoggedResponse, account.id)) == 2
    assert [row.kind for row in rows(Review, account.id)] == ["answer", "answer"]
    assert rows(UserDay, account.id)[0].answers == 2
    agrees()


def undo_of(session: Any, person: Person, response_seq: int, at: datetime) -> Review:
    """The review that takes the one of a response back."""
    voided = session.scalars(
        sa.select(Review).where(Review.user_id == person.id, Review.response_seq == response_seq)
    ).one()
    return Review(
        user_id=person.id,
        seq=take_seq(session.connection(), person.id),
        kind="undo",
        question_id=voided.question_id,
        fact_id=voided.fact_id,
        at=at + timedelta(seconds=5),
        day=voided.day,
        delta_days=0,
        engine=voided.engine,
        voids_seq=voided.seq,
    )


def test_an_undone_answer_stays_undone(guest: Person, now: datetime) -> None:
    create_bank()
    account = create_person()
    answer(account, 0, RIGHT, now - timedelta(days=2))
    seq = answer(guest, 0, WRONG, now)
    with writing() as session:
        session.add(undo_of(session, guest, seq, now))
        session.flush()
        replay.rebuild_cards(session.connection(), guest.id)
    merging.merge(guest.id, account.id, now)
    undo = next(row for row in rows(Review, account.id) if row.kind == "undo")
    voided = next(row for row in rows(Review, account.id) if row.seq == undo.voids_seq)
    assert (voided.kind, voided.rating) == ("answer", 1)
    assert rows(Card, account.id)[0].lapses == 0
    agrees()


def test_attempts_come_with_their_items_and_numbers_go_on(guest: Person, now: datetime) -> None:
    ids = create_questions(("multiple_choice", CHOICE), ("short_answer", TYPED))
    quiz = create_quiz(ids)
    account = create_person()
    first = begin(account, quiz, now)
    handing_in.hand_in(account, first.uid, now + timedelta(minutes=5))
    mine = begin(guest, quiz, now + timedelta(hours=1))
    with writing() as session:
        item = session.get_one(AttemptItem, (guest.id, mine.n, 1))
        item.draft, item.draft_seq, item.draft_at = RIGHT, 1, now + timedelta(hours=1)
        session.add(
            AttemptSave(
                user_id=guest.id,
                n=mine.n,
                slot=1,
                draft_seq=1,
                client_id=str(uuid4()),
                payload=RIGHT,
                at=now + timedelta(hours=1),
            )
        )
    handing_in.hand_in(guest, mine.uid, now + timedelta(hours=2))
    second = begin(guest, quiz, now + timedelta(hours=3))
    with writing() as session:
        seq = session.scalars(
            sa.select(LoggedResponse.seq).where(LoggedResponse.user_id == guest.id)
        ).one()
        session.add(
            Regrade(user_id=guest.id, seq=seq, n=1, score=1.0, fraction=0.5, why="person", at=now)
        )
    merging.merge(guest.id, account.id, now)
    attempts = sorted(rows(Attempt, account.id), key=lambda row: row.number)
    assert [(row.number, row.uid) for row in attempts] == [
        (1, first.uid),
        (2, mine.uid),
        (3, second.uid),
    ]
    assert len({row.n for row in attempts}) == 3
    response = rows(LoggedResponse, account.id)[0]
    assert response.attempt_n == attempts[1].n
    assert [row.n for row in rows(AttemptSave, account.id)] == [attempts[1].n]
    assert [row.seq for row in rows(Regrade, account.id)] == [response.seq]
    assert handing_in.hand_in(account, second.uid, now + timedelta(hours=4)).number == 3
    agrees()


def test_sets_are_united_and_the_account_wins(guest: Person, now: datetime) -> None:
    for slug in ("one", "two"):
        create_bank(slug.title(), slug)
    account = create_person()
    with writing() as session:
        for course in (1, 2):
            session.add(Course(uid=f"c{course}", title=f"Course {course}", created_at=now))
        session.flush()
        for who, note in ((account, "mine"), (guest, "theirs")):
            session.add(Shelf(user_id=who.id, bank_id=1, added_at=now, new_per_day=who.id))
            session.add(CardMark(user_id=who.id, fact_id=1, note=note))
            session.add(
                Enrolment(
                    user_id=who.id, course_id=1, role="learner", shown_name=note, joined_at=now
                )
            )
        session.add(Shelf(user_id=guest.id, bank_id=2, added_at=now))
        session.add(CardMark(user_id=guest.id, fact_id=2, note="theirs"))
        session.add(Enrolment(user_id=guest.id, course_id=2, role="learner", joined_at=now))
        session.add(Plan(user_id=guest.id, id=1, goal={}, state="active"))
    merging.merge(guest.id, account.id, now)
    assert {row.bank_id: row.new_per_day for row in rows(Shelf, account.id)} == {
        1: account.id,
        2: None,
    }
    assert {row.fact_id: row.note for row in rows(CardMark, account.id)} == {
        1: "mine",
        2: "theirs",
    }
    assert sorted(row.course_id for row in rows(Enrolment, account.id)) == [1, 2]
    assert len(rows(Plan, account.id)) == 1


def test_reviews_keep_the_weights_that_they_were_made_with(guest: Person, now: datetime) -> None:
    create_bank()
    account = create_person()
    with writing() as session:
        for who, version in ((account, 1), (account, 2), (guest, 1)):
            weights = list(replay.DEFAULT_WEIGHTS)
            weights[0] += who.id / 100 + version / 1000
            session.add(
                Parameters(
                    user_id=who.id,
                    version=version,
                    engine="fsrs",
                    weights=weights,
                    rows=9,
                    state="used",
                    at=now,
                )
            )
        session.get_one(User, guest.id).params_version = 1
    guest = sessions.person(guest.id) or guest
    answer(guest, 0, WRONG, now)
    before = rows(Card, guest.id)[0].stability
    merging.merge(guest.id, account.id, now)
    assert [row.version for row in rows(Parameters, account.id)] == [1, 2, 3]
    answered, aligned = sorted(rows(Review, account.id), key=lambda row: row.seq)
    assert (answered.kind, answered.params_version) == ("answer", 3)
    assert (aligned.kind, aligned.params_version) == ("reparam", 0)  # in use stay the account's
    assert rows(Card, account.id)[0].params_version == 0
    assert rows(Card, account.id)[0].stability != before
    agrees()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_both_did_replay_agrees(guest: Person, now: datetime, seed: int) -> None:
    create_bank(facts=4)
    account, chance = create_person(), random.Random(seed)
    ids = [str(uuid4()) for _ in range(6)]
    used: set[tuple[int, str]] = set()
    for _ in range(25):
        who = chance.choice([guest, account])
        at = now + timedelta(minutes=chance.randrange(40_000))
        client_id = chance.choice([*ids, str(uuid4()), str(uuid4())])
        if (who.id, client_id) not in used:
            used.add((who.id, client_id))
            answer(who, chance.randrange(4), chance.choice([RIGHT, WRONG]), at, client_id)
    merging.merge(guest.id, account.id, now)
    agrees()
    shared_ids = [client_id for user_id, client_id in used if user_id == guest.id]
    both = sum((account.id, client_id) in used for client_id in shared_ids)
    assert len(rows(LoggedResponse, account.id)) == len(used) - both
