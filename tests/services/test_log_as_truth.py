"""The log is the truth: what must hold of memories whatever is answered, taken back or changed."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise, product
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizapp.core.scheduling import fsrs
from quizapp.core.scheduling.fuzz import chance
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Card, LoggedResponse, Parameters, Question, Review, User, UserDay
from quizapp.services.content import catalog
from quizapp.services.people import preferences, sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import (
    aligning,
    answers,
    cards,
    judged,
    rejudging,
    replay,
    replay_check,
    responses,
    reviews,
    settling,
)
from quizapp.services.study.given import Facts
from tests.factories import create_bank, create_person

START = datetime(2026, 3, 27, 20, tzinfo=UTC)  # Berlin sets its clocks on the 29th
KINDS = ("multiple_choice", "flashcard")
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")
SETTINGS = ("zone", "rollover", "retention")
FEW = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "right",
                "wrong",
                "card",
                "quiz",
                "practice",
                "late",
                "late",
                "undo",
                "zone",
                "rollover",
                "retention",
                "regrade",
                "adopt",
            ]
        ),
        st.integers(0, 1),
        st.integers(0, 60 * 24 * 3),
    ),
    min_size=1,
    max_size=12,
)


def begin(**columns: Any) -> Person:
    """Return a learner who has not answered anything; all learners share one bank."""
    if not db.session.scalar(sa.select(sa.func.count()).select_from(Question)):
        create_bank(facts=2)
    catalog.forget()
    return create_person(**{"tz": "Europe/Berlin", **columns})


def ask(kind: str, position: int) -> Any:
    forms = [f for fact in catalog.of_bank(1).facts.values() for f in fact.forms if f.type == kind]
    return answers.asked(forms[position].id, forms[position].version)


def answer(person: Person, position: int, now: datetime, says: int, **more: Any) -> Any:
    """Answer a choice (0 wrong, 5 right) or a flashcard (1..4)."""
    kind = KINDS[1 <= says <= 4]
    raw = {"rating": says} if 1 <= says <= 4 else {"option": "o1" if says else "o2"}
    asked = ask(kind, position)
    client_id = more.pop("client_id", str(uuid4()))
    return answers.answer(person, client_id, asked.uid, asked.version, raw, now=now, **more)


def act(person: Person, what: str, position: int, now: datetime) -> Person:
    """Do something that may happen; returns the learner as they are then."""
    luck = random.Random(f"{what}{position}{now}")
    if what in {"right", "wrong"}:
        answer(person, position, now, 5 if what == "right" else 0, took_ms=luck.randrange(9000))
    elif what == "card":
        answer(person, position, now, luck.randint(1, 4))
    elif what in {"quiz", "practice"}:
        answer(person, position, now, luck.choice([0, 5]), source=what)
    elif what == "late":
        given_at = now - timedelta(minutes=luck.randint(1, 60 * 24 * 6))
        answer(person, position, now, luck.randint(0, 5), answered_at=given_at)
    elif what == "undo":
        try:
            cards.undo(person, now)
        except cards.NothingToUndo:
            return person
    elif what == "regrade":
        regrade(person, luck, now)
    elif what == "adopt":
        adopt(person, luck, now)
    else:
        change(person, what, luck)
    again = sessions.person(person.id)
    assert again
    return again


def change(person: Person, what: str, luck: random.Random) -> None:
    """Change a setting as the learner would."""
    changes: dict[str, dict[str, Any]] = {
        "zone": {"tz": luck.choice(ZONES)},
        "rollover": {"rollover_minutes": luck.choice([0, 150, 210])},
        "retention": {"desired_retention": luck.choice([0.8, 0.85, 0.95])},
    }
    new = changes[what]
    preferences.save(person.id, replace(preferences.of_person(person), **new))


def regrade(person: Person, luck: random.Random, now: datetime) -> None:
    """Judge some answer the other way round."""
    with writing() as session:
        connection = session.connection()
        responses.take_seq(connection, person.id, 0)
        rows = session.execute(
            sa.select(LoggedResponse, judged.SCORE)
            .outerjoin(judged.Regrade, judged.LATEST)
            .where(LoggedResponse.user_id == person.id, LoggedResponse.graded_by == "app")
            .order_by(LoggedResponse.seq)
        ).all()
        if not rows:
            return
        logged, score = luck.choice(rows)
        asked = answers.asked(logged.question_id, logged.question_version)
        response = {"option": "o2" if score else "o1"}
        judgement = rejudging.Judgement(
            asked, asked.kind.grade(asked.question, response), "override", None, now
        )
        fact_id = session.scalars(
            sa.select(Question.fact_id).where(Question.id == logged.question_id)
        ).one()
        facts = Facts(1, fact_id, {})
        rejudging.append(connection, person, logged, score, judgement, facts)


def adopt(person: Person, luck: random.Random, now: datetime) -> None:
    """Take other weights in use, as a fit does."""
    with writing() as session:
        connection = session.connection()
        responses.take_seq(connection, person.id, 0)
        weights = [0.1 + luck.random(), *fsrs.DEFAULT_WEIGHTS[1:]]
        version = person.params_version + 1
        values = {"version": version, "engine": fsrs.ENGINE, "weights": weights, "at": now}
        session.add(Parameters(user_id=person.id, rows=9, state="adopted", **values))
        session.get_one(User, person.id).params_version = version
        session.flush()
        facts = list(session.scalars(sa.select(Card.fact_id).where(Card.user_id == person.id)))
        aligning.within(connection, person.id, facts, now)


def agrees(person: Person) -> None:
    db.session.rollback()
    found = replay_check.check(users=[person.id])
    assert found.different == 0, found.examples


def memory_of(person: Person) -> dict[str, Any]:
    """Return cards and days as they stand; numbers of rows differ by the order of arrival."""
    db.session.rollback()
    connection = db.session.connection()
    facts = sa.select(Card.fact_id).where(Card.user_id == person.id).order_by(Card.fact_id)
    found = {n: replay.card_of(connection, person.id, n) for n in connection.scalars(facts)}
    sums = sa.select(UserDay.day, *(getattr(UserDay, name) for name in replay.SUMS))
    days = connection.execute(sums.where(UserDay.user_id == person.id).order_by(UserDay.day))
    return {
        "cards": {n: replace(card, log_seq=0) for n, card in found.items() if card},
        "days": {day: tuple(counts) for day, *counts in days if any(counts)},
    }


def log_of(person: Person) -> list[Any]:
    """Return both logs of a learner, every column."""
    db.session.rollback()
    found: list[Any] = []
    for model in (LoggedResponse, Review):
        table: Any = model.__table__
        rows = sa.select(table).where(table.c.user_id == person.id).order_by(table.c.seq)
        found += map(tuple, db.session.execute(rows))
    return found


@contextmanager
def same_luck() -> Iterator[None]:
    """Give all learners the same fuzz, so that they can be compared."""

    def alike(_user: int, fact: int, reps: int) -> float:
        return chance(0, fact, reps)

    with patch.object(reviews, "chance", alike), patch.object(settling, "chance", alike):
        yield


@FEW
@given(actions=ACTIONS)
def test_whatever_happens_the_log_makes_the_cards_and_the_days(
    app: Flask, actions: list[tuple[str, int, int]]
) -> None:
    person, now = begin(), START
    for what, position, minutes in actions:
        now += timedelta(minutes=minutes)
        person = act(person, what, position, now)
    agrees(person)


@FEW
@given(
    given_answers=st.lists(
        st.tuples(st.integers(0, 1), st.integers(0, 5), st.integers(1, 60 * 24 * 6)),
        min_size=2,
        max_size=6,
    ),
    luck=st.randoms(use_true_random=False),
)
def test_the_order_in_which_answers_arrive_makes_no_difference(
    app: Flask, given_answers: list[tuple[int, int, int]], luck: random.Random
) -> None:
    in_turn, scattered, at = begin(), begin(), START
    timed = []
    for position, says, minutes in given_answers:
        at += timedelta(minutes=minutes)
        timed.append((position, says, at))
    with same_luck():
        for position, says, given_at in timed:
            answer(in_turn, position, given_at, says)
        luck.shuffle(timed)
        for position, says, given_at in timed:
            answer(scattered, position, at, says, answered_at=given_at)
    assert memory_of(scattered) == memory_of(in_turn)
    agrees(scattered)


def test_a_late_answer_changes_what_was_decided_after_it(app: Flask) -> None:
    person = begin()
    answer(person, 0, START + timedelta(days=9), 5, source="quiz")
    unaware = db.session.scalars(sa.select(Review)).one()
    told = (unaware.p_knew, unaware.delta_days, unaware.due_day)
    answer(person, 0, START + timedelta(days=9, hours=1), 5, answered_at=START)
    rows = list(db.session.scalars(sa.select(Review).order_by(Review.seq)))
    assert [row.kind for row in rows] == ["answer", "answer", "undo", "answer"]
    first, late, undone, anew = rows
    assert (first.p_knew, first.delta_days, first.due_day) == told  # rows are never rewritten
    assert undone.voids_seq == first.seq
    assert (anew.response_seq, anew.at, anew.delta_days) == (first.response_seq, first.at, 9)
    assert anew.p_knew != first.p_knew
    assert anew.due_day != first.due_day
    assert late.at == START
    agrees(person)


@FEW
@given(actions=ACTIONS, says=st.integers(0, 5), minutes_late=st.integers(0, 600))
def test_undo_restores_what_was_before(
    app: Flask, actions: list[tuple[str, int, int]], says: int, minutes_late: int
) -> None:
    person, now = begin(), START
    for what, position, minutes in actions:
        now += timedelta(minutes=minutes)
        # After a regrade the decisions after it stand; an undo in their past decides them anew.
        if what not in {"regrade", "adopt"}:
            person = act(person, what, position, now)
    before = memory_of(person)
    now += timedelta(minutes=700)
    answer(person, 0, now, says, answered_at=now - timedelta(minutes=minutes_late))
    assert memory_of(person) != before
    cards.undo(person, now)
    assert memory_of(person) == before
    agrees(person)


@FEW
@given(actions=ACTIONS)
def test_a_learner_s_memory_never_depends_on_another_s_rows(
    app: Flask, actions: list[tuple[str, int, int]]
) -> None:
    other, person = begin(), begin()
    for n in range(3):
        answer(person, n % 2, START + timedelta(days=n), (5, 0, 3)[n])
    before = memory_of(person), log_of(person)
    now = START
    for what, position, minutes in actions:
        now += timedelta(minutes=minutes)
        other = act(other, what, position, now)
    assert (memory_of(person), log_of(person)) == before


@pytest.mark.parametrize("late", [False, True])
def test_the_same_id_twice_is_one_answer(app: Flask, late: bool) -> None:
    person = begin()
    answer(person, 0, START + timedelta(hours=5), 5)
    client_id = str(UUID(int=7))
    at, now = START + timedelta(hours=0 if late else 6), START + timedelta(hours=6)
    answer(person, 0, now, 0, client_id=client_id, answered_at=at)
    before = memory_of(person), log_of(person)
    answer(person, 0, now + timedelta(hours=1), 0, client_id=client_id, answered_at=at)
    assert (memory_of(person), log_of(person)) == before


@pytest.mark.parametrize("what", SETTINGS)
def test_a_change_of_settings_changes_nothing_in_the_past(app: Flask, what: str) -> None:
    person = begin()
    for n, says in enumerate((5, 5, 0, 3)):
        answer(person, n % 2, START + timedelta(days=3 * n), says)
    log, before = log_of(person), memory_of(person)
    change(person, what, random.Random(3))
    assert log_of(person) == log
    after = memory_of(person)
    assert after["days"] == before["days"]
    assert {
        n: replace(card, due_at=before["cards"][n].due_at) for n, card in after["cards"].items()
    } == before["cards"]
    assert (after == before) is (what == "retention")  # a day begins elsewhere and at another time
    agrees(person)


def test_new_weights_change_the_memory_and_no_due_day(app: Flask) -> None:
    person = begin()
    for n in range(4):
        answer(person, 0, START + timedelta(days=3 * n), 5)
    log, before = log_of(person), memory_of(person)
    adopt(person, random.Random(1), START + timedelta(days=12))
    after = memory_of(person)
    assert [row for row in log_of(person) if row in log] == log
    (old,), (new,) = before["cards"].values(), after["cards"].values()
    assert new.stability != old.stability
    assert (new.due_day, new.due_at) == (old.due_day, old.due_at)
    assert after["days"] == before["days"]
    agrees(person)


def test_a_row_keeps_all_that_it_was_decided_by(app: Flask) -> None:
    person = begin(desired_retention=0.85, rollover_minutes=150)
    answer(person, 0, START, 5, took_ms=1234)
    answer(person, 0, START + timedelta(days=4), 5, took_ms=4321)
    row = list(db.session.scalars(sa.select(Review).order_by(Review.seq)))[-1]
    policy = {"tz": "Europe/Berlin", "rollover": 150, "retention": 0.85}
    assert {name: row.details[name] for name in policy} == policy
    assert row.details["source"] == "study"
    assert row.details["guess"] == pytest.approx(1 / 3)
    assert 0 < row.details["recall"] < 1
    assert (row.engine, row.params_version, row.delta_days, row.took_ms) == (
        fsrs.ENGINE,
        0,
        4,
        4321,
    )
    response = db.session.get_one(LoggedResponse, (person.id, row.response_seq))
    assert (response.payload, response.question_version) == ({"option": "o1"}, 1)


def test_times_are_aware_utc_in_and_out(app: Flask) -> None:
    person = begin()
    far = timezone(timedelta(hours=9))
    done = answer(person, 0, START, 5, answered_at=(START - timedelta(hours=1)).astimezone(far))
    db.session.rollback()
    row = db.session.scalars(sa.select(Review)).one()
    card = replay.card_of(db.session.connection(), person.id, row.fact_id)
    assert card == done.card
    assert card
    for time in (row.at, row.due_at, card.last_at, card.due_at):
        assert time is not None
        assert time.tzinfo is UTC
    assert row.at == START - timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "begun"),
    [
        ("Europe/Berlin", datetime(2026, 3, 28, 20, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 24, 20, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 7, 20, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 10, 31, 20, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 6, tzinfo=UTC)),  # half an hour
        ("America/Sao_Paulo", datetime(2018, 11, 3, 20, tzinfo=UTC)),  # midnight is skipped
        ("Pacific/Apia", datetime(2011, 12, 29, 20, tzinfo=UTC)),  # a date is skipped
    ],
)
@pytest.mark.only("sqlite")
def test_days_on_which_the_clock_jumps_neither_repeat_nor_go_back(
    app: Flask, zone: str, begun: datetime
) -> None:
    for rollover in (0, 150, 240):
        person = begin(rollover_minutes=rollover, tz=zone)
        for n in range(9):
            answer(person, 0, begun + timedelta(hours=6 * n), 5 if n % 3 else 0)
        rows = db.session.scalars(
            sa.select(Review).where(Review.user_id == person.id).order_by(Review.seq)
        ).all()
        days = [row.day for row in rows]
        steps = [after - before for before, after in pairwise(days)]
        assert set(steps) <= ({0, 1, 2} if zone == "Pacific/Apia" else {0, 1})
        assert [row.delta_days for row in rows] == [0, *steps]
        for row in rows:
            assert row.due_at
            assert row.due_day
            assert row.due_at > row.at
            assert row.due_day >= row.day
        agrees(person)


def test_the_fuzz_is_the_learner_s_own_and_the_same_each_time() -> None:
    assert chance(1, 2, 3) == chance(1, 2, 3)
    assert len({chance(*of) for of in product(range(4), repeat=3)}) == 64
