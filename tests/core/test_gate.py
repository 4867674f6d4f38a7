"""Fitted weights: inside their bounds, and used only where later answers are foretold better."""

import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from fsrs.scheduler import LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.scheduling import fitting, fsrs, gate
from quizapp.core.scheduling.fold import ReviewRow
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS
from quizapp.core.scheduling.gate import FactLog, Foretold
from quizapp.core.statistics import calibration

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
CHANCES = st.floats(0.01, 0.99)


def told(recall: float, passed: bool, seq: int = 1) -> Foretold:
    return Foretold(START, seq, recall, 0.0, passed)


def review(
    seq: int, day: int, rating: int | None = 3, kind: str = "answer", **more: object
) -> ReviewRow:
    at = START + timedelta(days=day)
    due = {} if rating is None else {"due_day": day + 1, "due_at": at + timedelta(days=1)}
    return ReviewRow(seq, kind, at, day, rating, source="quiz", **{**due, **more})  # type: ignore[arg-type]


@given(st.lists(st.floats(-1000, 1000) | st.just(math.nan), min_size=21, max_size=21))
def test_weights_are_brought_inside_the_published_bounds(weights: list[float]) -> None:
    found = fitting.bounded(weights)
    for one, low, high in zip(found, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS, strict=True):
        assert low <= one <= high
    assert list(found[:4]) == sorted(found[:4])
    assert fsrs.review(None, 3, 0, weights=found).memory.stability > 0


def test_the_usual_weights_are_in_bounds_already() -> None:
    assert fitting.bounded(DEFAULT_WEIGHTS) == DEFAULT_WEIGHTS


@given(st.lists(st.tuples(CHANCES, CHANCES, st.booleans()), max_size=60))
def test_weights_that_foretell_no_better_are_never_used(
    rows: list[tuple[float, float, bool]],
) -> None:
    before = [told(one, passed) for one, _, passed in rows]
    after = [told(one, passed) for _, one, passed in rows]
    verdict = gate.judge(before, after)
    if verdict.better:
        assert verdict.loss_after < verdict.loss_before
        assert not gate.judge(after, before).better
    assert not gate.judge(before, before).better


def test_a_gain_that_chance_explains_is_none() -> None:
    rng = random.Random(3)
    before = [told(0.8, rng.random() < 0.8, n) for n in range(100)]
    after = [one._replace(recall=0.8 + rng.choice((-0.1, 0.1))) for one in before]
    clear = [one._replace(recall=0.95 if one.passed else 0.5) for one in before]
    assert not gate.judge(before, after).better
    assert gate.judge(before, clear).better


def test_only_answers_on_a_later_day_are_scored_and_undone_ones_are_not() -> None:
    rows = [
        review(1, 0),
        review(2, 0),
        review(3, 5),
        review(4, 9),
        review(5, 9, None, "undo", voids_seq=4),
    ]
    (found,) = gate.foretell([FactLog(rows, {})], DEFAULT_WEIGHTS)
    assert (found.seq, found.passed) == (3, True)
    log = gate.log_of([FactLog(rows, {})])
    assert log.histories[0].days == [0, 0, 5]
    assert [(one.history, one.place) for one in log.scored] == [(0, 2)]


def test_a_forgotten_card_begins_anew_and_a_change_of_weights_is_no_answer() -> None:
    rows = [
        review(1, 0), review(2, 3), review(3, 4, None, "reset"),
        review(4, 5), review(5, 6, None, "reparam", params_version=7), review(6, 9, 1),
    ]  # fmt: skip
    found = gate.foretell([FactLog(rows, {})], DEFAULT_WEIGHTS)
    assert [(one.seq, one.passed) for one in found] == [(2, True), (6, False)]
    log = gate.log_of([FactLog(rows, {})])
    assert [one.days for one in log.histories] == [[0, 3], [5, 9]]


def test_who_may_guess_is_right_more_often_than_they_know() -> None:
    rows = [review(1, 0), review(2, 30)]
    (plain,) = gate.foretell([FactLog(rows, {})], DEFAULT_WEIGHTS)
    (guessing,) = gate.foretell([FactLog(rows, {2: 0.25})], DEFAULT_WEIGHTS)
    assert plain.recall == guessing.recall
    assert guessing.loss < plain.loss


def test_the_log_and_what_is_foretold_are_in_one_order() -> None:
    rng = random.Random(7)
    facts = []
    for fact in range(30):
        days = sorted(rng.sample(range(60), 6))
        rows = [review(100 * fact + n, day, rng.choice((1, 3))) for n, day in enumerate(days)]
        facts.append(FactLog(rows, {}))
    found, log = gate.foretell(facts, DEFAULT_WEIGHTS), gate.log_of(facts)
    assert [one.passed for one in found] == [one.passed for one in log.scored]
    assert len(found) == 150


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=80))
def test_every_answer_is_in_one_bin(pairs: list[tuple[float, bool]]) -> None:
    found = calibration.calibration([one for one, _ in pairs], [right for _, right in pairs])
    assert sum(one.right.answered for one in found.bins) == found.right.answered == len(pairs)
    for one in found.bins:
        if one.right.answered:
            assert one.low - 1e-9 <= one.told <= one.high + 1e-9


def test_a_constant_has_the_loss_of_its_share() -> None:
    found = calibration.calibration([0.8, 0.8, 0.8, 0.8, 0.8], [True, True, True, True, False])
    assert found.loss == pytest.approx(found.constant_loss)
    better = calibration.calibration([0.99, 0.99, 0.99, 0.99, 0.1], [True] * 4 + [False])
    assert better.loss < better.constant_loss
