"""The log is the truth: what must hold of memories whatever is answered, taken back or changed."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise, product
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizapp.core.scheduling import fsrs
from quizapp.core.scheduling.fuzz import chance
from quizapp.extensions import db
from quizapp.models import LoggedResponse, Review
from quizapp.services.study import (
    cards,
    replay,
)
from tests.services.log_makers import (
    act,
    adopt,
    agrees,
    answer,
    begin,
    change,
    log_of,
    memory_of,
    same_luck,
)

START = datetime(2026, 3, 27, 20, tzinfo=UTC)  # Berlin sets its clocks on the 29th
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
