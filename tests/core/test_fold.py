"""The fold: a replay of the log is the live path again, bit for bit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.scheduling import fsrs
from quizapp.core.scheduling.days import day_start, learner_day
from quizapp.core.scheduling.fold import (
    CardState,
    ReviewRow,
    fold,
    history,
    rezoned,
    schedule,
    step,
)
from quizapp.core.scheduling.fuzz import chance

TZ, ROLLOVER = "Europe/Berlin", 240
START = datetime(2026, 3, 20, 9, tzinfo=UTC)  # the clocks change on 29 March
OTHER_WEIGHTS = (0.3, 1.1, 3.2, 12.0, *fsrs.DEFAULT_WEIGHTS[4:])
WEIGHTS = {1: OTHER_WEIGHTS}

Answer = tuple[int, int, str, float | None, int]  # rating, minutes before, source, p_knew, version
answers = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.integers(0, 60 * 24 * 40),
        st.sampled_from(["study", "quiz"]),
        st.one_of(st.none(), st.floats(0, 1)),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=10,
)


def answer(card: CardState | None, seq: int, at: datetime, given_answer: Answer) -> ReviewRow:
    """The row that the live path would write."""
    rating, _, source, p_knew, version = given_answer
    day = learner_day(at, TZ, ROLLOVER)
    due_day, due_at, _ = schedule(
        card,
        rating,
        p_knew,
        at,
        day,
        TZ,
        ROLLOVER,
        steps=source == "study",
        chance=chance(1, 1, card.reps if card else 0),
        weights=OTHER_WEIGHTS if version else fsrs.DEFAULT_WEIGHTS,
    )
    return ReviewRow(
        seq=seq,
        kind="answer",
        at=at,
        day=day,
        rating=rating,
        p_knew=p_knew,
        due_day=due_day,
        due_at=due_at,
        source=source,
        params_version=version,
    )


def live(given_answers: Sequence[Answer]) -> tuple[list[ReviewRow], list[CardState]]:
    """Rows and cards as answering in turn would leave them."""
    rows: list[ReviewRow] = []
    cards: list[CardState] = []
    at = START
    for seq, given_answer in zip(count(1), given_answers, strict=False):
        at += timedelta(minutes=given_answer[1])
        rows.append(answer(cards[-1] if cards else None, seq, at, given_answer))
        weights = WEIGHTS.get(given_answer[4], fsrs.DEFAULT_WEIGHTS)
        cards.append(step(cards[-1] if cards else None, rows[-1], weights))
    return rows, cards


def folded(rows: Sequence[ReviewRow]) -> CardState | None:
    return fold(rows, WEIGHTS, TZ, ROLLOVER)


@given(answers)
def test_a_replay_equals_what_the_live_path_stored_bit_for_bit(
    given_answers: list[Answer],
) -> None:
    rows, cards = live(given_answers)
    assert [folded(rows[: n + 1]) for n in range(len(rows))] == cards


@given(answers, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_come_does_not_matter(
    given_answers: list[Answer], luck: st.DataObject
) -> None:
    rows, cards = live(given_answers)
    luck.shuffle(rows)  # type: ignore[attr-defined]
    assert folded(rows) == cards[-1]


@given(answers)
def test_undo_of_the_last_answer_gives_the_card_before(given_answers: list[Answer]) -> None:
    rows, cards = live(given_answers)
    undo = ReviewRow(99, "undo", rows[-1].at, rows[-1].day, voids_seq=rows[-1].seq)
    before = replace(cards[-2], log_seq=99) if len(cards) > 1 else None
    assert folded([*rows, undo]) == before


@given(answers, st.data())
def test_a_voided_row_is_as_if_it_had_never_been(
    given_answers: list[Answer], data: st.DataObject
) -> None:
    rows, _ = live(given_answers)
    row = data.draw(st.sampled_from(rows))
    undo = ReviewRow(99, "undo", rows[-1].at, rows[-1].day, voids_seq=row.seq)
    left = [other for other in rows if other is not row]
    expected = folded(left)
    assert folded([*rows, undo]) == (expected and replace(expected, log_seq=99))


def test_an_undo_that_is_void_voids_nothing() -> None:
    rows, cards = live([(3, 0, "study", None, 0), (3, 10, "study", None, 0)])
    at, day = rows[-1].at, rows[-1].day
    rows += [ReviewRow(8, "undo", at, day, voids_seq=2), ReviewRow(9, "undo", at, day, voids_seq=8)]
    assert folded(rows) == replace(cards[-1], log_seq=9)


def test_a_regrade_takes_the_place_of_the_old_answer() -> None:
    rows, _ = live([(1, 0, "quiz", None, 0), (3, 3000, "study", None, 0)])
    right = replace(rows[0], seq=8, rating=3, p_knew=0.8)
    undo = ReviewRow(7, "undo", rows[-1].at, rows[-1].day, voids_seq=1)
    expected = folded([replace(right, seq=1), rows[1]])
    assert expected is not None
    assert folded([*rows, undo, right]) == replace(expected, log_seq=8)


def test_a_late_row_is_folded_at_the_time_it_was_given() -> None:
    rows, cards = live([(3, 0, "quiz", None, 0), (1, 9000, "quiz", None, 0)])
    late = [replace(rows[0], seq=3), replace(rows[1], seq=2)]
    assert folded(late) == replace(cards[-1], log_seq=3)


def test_reset_forgets_and_counts_begin_anew() -> None:
    rows, _ = live([(3, 0, "quiz", None, 0), (1, 9000, "quiz", None, 0)])
    reset = ReviewRow(3, "reset", rows[1].at + timedelta(minutes=1), rows[1].day)
    assert folded([*rows, reset]) is None
    first = answer(None, 4, reset.at + timedelta(minutes=1), (3, 0, "quiz", None, 0))
    assert folded([*rows, reset, first]) == step(None, first, fsrs.DEFAULT_WEIGHTS)


def test_reparam_recomputes_the_past_with_the_new_weights_and_reads_its_due_day() -> None:
    rows, cards = live([(3, 0, "quiz", None, 0), (3, 9000, "quiz", None, 0)])
    card = cards[-1]
    due_at = day_start(card.due_day + 3, TZ, ROLLOVER)
    reparam = ReviewRow(
        3,
        "reparam",
        rows[1].at,
        rows[1].day,
        None,
        None,
        card.due_day + 3,
        due_at,
        params_version=1,
    )
    after = folded([*rows, reparam])
    new = folded([replace(row, params_version=1) for row in rows])
    assert after is not None
    assert new is not None
    assert after.stability == new.stability != card.stability
    assert (after.due_day, after.due_at) == (card.due_day + 3, due_at)
    assert (after.params_version, after.log_seq, after.reps) == (1, 3, 2)


def test_new_parameters_change_nothing_until_a_row_uses_them() -> None:
    rows, cards = live([(3, 0, "quiz", None, 0), (3, 9000, "quiz", None, 0)])
    assert fold(rows, {1: OTHER_WEIGHTS, 2: OTHER_WEIGHTS}, TZ, ROLLOVER) == cards[-1]


def test_reps_count_answers_and_lapses_count_again_in_review() -> None:
    rows, cards = live(
        [
            (1, 0, "study", None, 0),  # learning: no lapse
            (4, 1, "study", None, 0),  # to review
            (1, 60 * 24 * 9, "study", None, 0),  # a lapse
            (1, 10, "study", None, 0),  # relearning: the same lapse
            (3, 10, "study", None, 0),
            (1, 60 * 24 * 3, "quiz", None, 0),  # a lapse
        ]
    )
    assert [(card.state, card.reps, card.lapses) for card in cards] == [
        (1, 1, 0),
        (2, 2, 0),
        (3, 3, 1),
        (3, 4, 1),
        (2, 5, 1),
        (2, 6, 2),
    ]
    assert len(rows) == 6


def test_a_change_of_zone_moves_due_at_of_reviews_and_no_day() -> None:
    rows, cards = live([(3, 0, "quiz", None, 0)])
    moved = fold(rows, WEIGHTS, "America/New_York", ROLLOVER)
    assert moved == rezoned(cards[0], "America/New_York", ROLLOVER)
    assert moved is not None
    assert moved.due_at == cards[0].due_at + timedelta(hours=5)
    assert replace(moved, due_at=cards[0].due_at) == cards[0]


def test_a_learning_step_keeps_its_time_in_every_zone() -> None:
    rows, cards = live([(3, 0, "study", None, 0)])
    assert fold(rows, WEIGHTS, "America/New_York", ROLLOVER) == cards[0]
    assert cards[0].due_at == START + timedelta(minutes=10)
    assert cards[0].interval_days == 0


def test_a_smaller_day_after_a_change_of_zone_counts_as_the_same_day() -> None:
    rows, cards = live([(3, 0, "quiz", None, 0)])
    earlier_day = replace(rows[0], seq=2, at=START + timedelta(hours=1), day=rows[0].day - 1)
    same_day = replace(earlier_day, day=rows[0].day)
    default = fsrs.DEFAULT_WEIGHTS
    assert step(cards[0], earlier_day, default) == step(cards[0], same_day, default)


@given(answers)
def test_passes_are_due_at_the_start_of_a_later_day_unless_in_a_step(
    given_answers: list[Answer],
) -> None:
    for row, card in zip(*live(given_answers), strict=True):
        assert card.due_at > row.at
        assert card.due_at.tzinfo is UTC
        if card.state == fsrs.REVIEW:
            assert card.due_day > row.day
            assert card.due_at == day_start(card.due_day, TZ, ROLLOVER)
        else:
            assert card.due_at - row.at <= timedelta(minutes=15)
            assert card.due_day == learner_day(card.due_at, TZ, ROLLOVER)


def test_a_step_over_the_rollover_is_due_on_the_next_learner_day() -> None:
    at = datetime(2026, 5, 25, 1, 55, tzinfo=UTC)  # 03:55 in Berlin
    day = learner_day(at, TZ, ROLLOVER)
    due = schedule(None, 3, None, at, day, TZ, ROLLOVER, steps=True, chance=0.5)
    assert due[:2] == (day + 1, at + timedelta(minutes=10))


def test_history_tells_the_card_before_and_after_each_row_that_counts() -> None:
    rows, cards = live([(3, 0, "quiz", None, 0), (1, 9000, "quiz", None, 0)])
    undo = ReviewRow(9, "undo", START, rows[0].day, voids_seq=77)
    expected = [(None, rows[0], cards[0]), (cards[0], rows[1], cards[1])]
    assert list(history([undo, *rows], WEIGHTS)) == expected


def test_nothing_folds_to_no_card() -> None:
    assert folded([]) is None
    assert folded([ReviewRow(1, "reparam", START, 1, params_version=1)]) is None


def test_rows_that_cannot_be_applied_are_refused() -> None:
    row = ReviewRow(1, "answer", START, 1, rating=3, due_day=2, due_at=START)
    for bad in (
        replace(row, rating=None),
        replace(row, due_day=None),
        replace(row, due_at=None),
        replace(row, kind="reset"),
        replace(row, rating=7),
    ):
        with pytest.raises(ValueError, match=r"kind|lacks|rating"):
            step(None, bad, fsrs.DEFAULT_WEIGHTS)
    with pytest.raises(KeyError):
        folded([replace(row, params_version=5)])


def test_an_import_is_folded_like_an_answer() -> None:
    rows, cards = live([(3, 0, "study", None, 0)])
    assert folded([replace(rows[0], kind="import")]) == cards[0]


def test_days_are_ordinals_of_the_calendar() -> None:
    rows, _ = live([(3, 0, "study", None, 0)])
    assert rows[0].day == date(2026, 3, 20).toordinal()
