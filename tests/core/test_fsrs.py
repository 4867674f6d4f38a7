"""The memory model: the package's own golden numbers, and what must hold for any review."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import fsrs as package
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.scheduling import fsrs
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, Memory, Outcome, preview, review

ratings = st.integers(1, 4)
shares = st.floats(0, 1)
retentions = st.floats(0.7, 0.99)
answers = st.lists(st.tuples(ratings, st.integers(0, 400)), min_size=1, max_size=12)
stabilities = st.floats(0.001, 36500)
difficulties = st.floats(1, 10)
memories = st.one_of(
    st.none(),
    st.builds(Memory, st.just(2), st.none(), stabilities, difficulties),
    st.builds(Memory, st.just(1), st.integers(0, 1), stabilities, difficulties),
    st.builds(Memory, st.just(3), st.just(0), stabilities, difficulties),
)


@st.composite
def weights(draw: st.DrawFn) -> fsrs.Weights:
    """Any weights that a fit may return: in bounds, the first four in order."""
    bounds = zip(
        package.scheduler.LOWER_BOUNDS_PARAMETERS,
        package.scheduler.UPPER_BOUNDS_PARAMETERS,
        strict=True,
    )
    drawn = [draw(st.floats(low, high)) for low, high in bounds]
    return (*sorted(drawn[:4]), *drawn[4:])


def after(memory: Memory | None, rating: int, days: int, **options: object) -> Outcome:
    return review(memory, rating, 0 if memory is None else days, **options)  # type: ignore[arg-type]


def days_of(outcome: Outcome) -> float:
    if outcome.wait_s is None:
        assert outcome.interval_days is not None
        return outcome.interval_days
    assert outcome.interval_days is None
    return outcome.wait_s / 86400


def test_intervals_are_those_of_the_package_s_own_test() -> None:
    memory, delta, intervals = None, 0, []
    for rating in (3, 3, 3, 3, 3, 3, 1, 1, 3, 3, 3, 3, 3):
        outcome = review(memory, rating, delta)
        memory, delta = outcome.memory, outcome.interval_days or 0
        intervals.append(delta)
    assert intervals == [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]


def test_first_answers_leave_the_first_four_weights() -> None:
    outcomes = preview(None, 0)
    assert [outcome.memory.stability for outcome in outcomes.values()] == list(DEFAULT_WEIGHTS[:4])
    assert [outcome.wait_s for outcome in outcomes.values()] == [60, 330, 600, None]
    assert outcomes[4].interval_days == 8


def test_a_failed_review_comes_back_in_ten_minutes_and_then_by_day() -> None:
    failed = review(Memory(2, None, 20.0, 5.0), 1, 20)
    assert (failed.memory.state, failed.memory.step, failed.wait_s) == (3, 0, 600)
    again = review(failed.memory, 3, 0)
    assert (again.memory.state, again.memory.step, again.wait_s) == (2, None, None)


@given(answers)
def test_the_adapter_equals_the_package_bit_for_bit(given_answers: list[tuple[int, int]]) -> None:
    scheduler = package.Scheduler(enable_fuzzing=False)
    card = package.Card(card_id=1)
    at = datetime(2024, 1, 1, 12, tzinfo=UTC)
    memory: Memory | None = None
    for rating, days_later in given_answers:
        days = 0 if memory is None else days_later
        at += timedelta(days=days)
        card, _ = scheduler.review_card(card, package.Rating(rating), at)
        outcome = review(memory, rating, days)
        memory = outcome.memory
        assert (memory.state, memory.step) == (card.state.value, card.step)
        assert (memory.stability, memory.difficulty) == (card.stability, card.difficulty)
        assert timedelta(days=days_of(outcome)) == card.due - at


@given(memories, ratings, st.integers(0, 3000), st.booleans(), weights())
def test_one_answer_equals_the_package_bit_for_bit_whatever_the_weights(
    memory: Memory | None, rating: int, days: int, steps: bool, weights: fsrs.Weights
) -> None:
    scheduler = package.Scheduler(
        parameters=weights,
        learning_steps=(timedelta(minutes=1), timedelta(minutes=10)) if steps else (),
        relearning_steps=(timedelta(minutes=10),) if steps else (),
        enable_fuzzing=False,
    )
    at = datetime(2024, 1, 1, tzinfo=UTC)
    card = package.Card(card_id=1)
    if memory is not None:
        state, last = package.State(memory.state), at - timedelta(days=days)
        told = memory.stability, memory.difficulty
        card = package.Card(1, state, memory.step, *told, due=at, last_review=last)
    card, _ = scheduler.review_card(card, package.Rating(rating), at)
    outcome = after(memory, rating, days, steps=steps, weights=weights)
    assert (outcome.memory.state, outcome.memory.step) == (card.state.value, card.step)
    assert (outcome.memory.stability, outcome.memory.difficulty) == (
        card.stability,
        card.difficulty,
    )
    if outcome.wait_s is not None:
        assert card.due - at == timedelta(seconds=outcome.wait_s)


@given(stabilities, st.integers(0, 3000), weights())
def test_recall_equals_the_package_bit_for_bit(
    stability: float, days: int, weights: fsrs.Weights
) -> None:
    at = datetime(2024, 1, 1, tzinfo=UTC)
    card = package.Card(1, package.State.Review, None, stability, 5.0, at, at)
    scheduler = package.Scheduler(parameters=weights)
    expected = scheduler.get_card_retrievability(card, at + timedelta(days=days))
    assert fsrs.retrievability(stability, days, weights) == expected


@given(memories, st.integers(0, 3000), st.booleans(), retentions, weights())
def test_intervals_never_shrink_from_again_to_easy(
    memory: Memory | None, days: int, steps: bool, retention: float, weights: fsrs.Weights
) -> None:
    days = 0 if memory is None else days
    outcomes = preview(memory, days, steps=steps, retention=retention, weights=weights)
    assert all(days_of(a) <= days_of(b) for a, b in pairwise(outcomes.values()))


@given(memories, ratings, st.integers(0, 3000), shares, weights())
def test_without_steps_everything_waits_for_the_next_learner_day(
    memory: Memory | None, rating: int, days: int, p_knew: float, weights: fsrs.Weights
) -> None:
    outcome = after(memory, rating, days, steps=False, p_knew=p_knew, weights=weights)
    assert outcome.wait_s is None
    assert outcome.interval_days is not None
    assert 1 <= outcome.interval_days <= 36500
    assert (outcome.memory.state, outcome.memory.step) == (2, None)


@given(memories, ratings, st.integers(0, 3000), st.one_of(st.none(), shares))
def test_a_wait_goes_with_learning_and_days_with_review(
    memory: Memory | None, rating: int, days: int, p_knew: float | None
) -> None:
    outcome = after(memory, rating, days, p_knew=p_knew)
    assert (outcome.memory.state == 2) == (outcome.interval_days is not None)
    assert (outcome.interval_days is None) != (outcome.wait_s is None)


@given(memories, ratings, st.integers(0, 3000), retentions, retentions)
def test_more_retention_never_means_a_longer_interval_nor_another_memory(
    memory: Memory | None, rating: int, days: int, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    lax = after(memory, rating, days, retention=low, steps=False)
    strict = after(memory, rating, days, retention=high, steps=False)
    assert days_of(strict) <= days_of(lax)
    assert strict.memory == lax.memory


@given(memories, ratings, st.integers(0, 3000), st.integers(1, 5000))
def test_the_maximum_bounds_the_interval(
    memory: Memory | None, rating: int, days: int, maximum_days: int
) -> None:
    outcome = after(memory, rating, days, steps=False, maximum_days=maximum_days)
    assert 1 <= days_of(outcome) <= maximum_days


@given(memories, st.integers(2, 4), st.integers(0, 3000), shares, weights())
def test_a_guess_mixes_what_was_known_with_what_was_not(
    memory: Memory | None, rating: int, days: int, p_knew: float, weights: fsrs.Weights
) -> None:
    known = after(memory, rating, days, steps=False, weights=weights).memory
    unknown = after(memory, 1, days, steps=False, weights=weights).memory
    mixed = after(memory, rating, days, steps=False, weights=weights, p_knew=p_knew).memory
    assert unknown.stability <= mixed.stability <= known.stability
    assert known.difficulty - 1e-12 <= mixed.difficulty <= unknown.difficulty
    recall = p_knew * fsrs.retrievability(known.stability, mixed.stability, weights)
    recall += (1 - p_knew) * fsrs.retrievability(unknown.stability, mixed.stability, weights)
    assert recall == pytest.approx(0.9, abs=1e-9)


@given(memories, ratings, st.integers(0, 3000))
def test_what_was_surely_known_is_a_plain_review_and_a_fail_stays_a_fail(
    memory: Memory | None, rating: int, days: int
) -> None:
    assert after(memory, rating, days, p_knew=1.0) == after(memory, rating, days)
    assert after(memory, 1, days, p_knew=0.3) == after(memory, 1, days)


@given(memories, st.integers(2, 4), st.integers(0, 3000), shares, shares)
def test_the_surer_it_was_known_the_longer_the_interval(
    memory: Memory | None, rating: int, days: int, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    unsure = after(memory, rating, days, steps=False, p_knew=low)
    sure = after(memory, rating, days, steps=False, p_knew=high)
    assert days_of(unsure) <= days_of(sure)


def test_a_right_choice_of_four_earns_less_than_a_right_typed_answer() -> None:
    memory = Memory(2, None, 20.0, 5.0)
    typed = review(memory, 3, 20, steps=False)
    chosen = review(memory, 3, 20, steps=False, p_knew=0.9 / 0.925)
    assert (typed.interval_days, chosen.interval_days) == (59, 52)


@given(answers, st.booleans(), st.one_of(st.none(), shares))
def test_every_memory_that_a_review_leaves_can_be_reviewed(
    given_answers: list[tuple[int, int]], steps: bool, p_knew: float | None
) -> None:
    memory: Memory | None = None
    for n, (rating, days) in enumerate(given_answers):
        memory = after(memory, rating, days, steps=steps ^ (n % 3 == 0), p_knew=p_knew).memory
        assert memory.stability >= 0.001
        assert 1 <= memory.difficulty <= 10


@given(stabilities, st.floats(0, 36500), st.floats(0, 36500), weights())
def test_recall_is_one_at_first_and_falls_with_time(
    stability: float, one: float, other: float, weights: fsrs.Weights
) -> None:
    early, late = sorted((one, other))
    assert fsrs.retrievability(stability, 0, weights) == 1
    assert fsrs.retrievability(stability, stability, weights) == pytest.approx(0.9)
    before = fsrs.retrievability(stability, early, weights)
    assert 0 <= fsrs.retrievability(stability, late, weights) <= before <= 1


def test_recall_before_the_last_review_is_one() -> None:
    assert fsrs.retrievability(10.0, -3.0) == 1


@given(stabilities, st.floats(0.5, 0.99), weights())
def test_the_interval_is_when_recall_falls_to_the_goal(
    stability: float, retention: float, weights: fsrs.Weights
) -> None:
    days = fsrs.interval_for(stability, retention, weights)
    assert fsrs.retrievability(stability, days, weights) == pytest.approx(retention)


def test_the_engine_names_model_and_version() -> None:
    assert fsrs.ENGINE == "fsrs6/6.3.2"
    assert len(DEFAULT_WEIGHTS) == 21


NAN = float("nan")


@pytest.mark.parametrize(
    ("memory", "rating", "days", "options"),
    [
        (None, 0, 0, {}),
        (None, 5, 0, {}),
        (None, NAN, 0, {}),
        (None, 2.5, 0, {}),
        (None, 3, 1, {}),
        (Memory(2, None, 5.0, 5.0), 3, -1, {}),
        (Memory(2, None, 5.0, 5.0), 3, NAN, {}),
        (Memory(2, None, 5.0, 5.0), 3, 10**9, {}),
        (Memory(2, None, 5.0, 5.0), 3, 1.5, {}),
        (Memory(2, None, NAN, 5.0), 3, 1, {}),
        (Memory(2, None, 0.0, 5.0), 3, 1, {}),
        (Memory(2, None, float("inf"), 5.0), 3, 1, {}),
        (Memory(2, None, 5.0, NAN), 3, 1, {}),
        (Memory(2, None, 5.0, 11.0), 3, 1, {}),
        (Memory(2, 0, 5.0, 5.0), 3, 1, {}),
        (Memory(3, None, 5.0, 5.0), 3, 1, {}),
        (Memory(0, 0, 5.0, 5.0), 3, 1, {}),
        (None, 3, 0, {"p_knew": 1.1}),
        (None, 3, 0, {"p_knew": NAN}),
        (None, 3, 0, {"retention": 1.0}),
        (None, 3, 0, {"retention": 0.0}),
        (None, 3, 0, {"retention": NAN}),
        (None, 3, 0, {"maximum_days": 0}),
        (None, 3, 0, {"weights": DEFAULT_WEIGHTS[:19]}),
        (None, 3, 0, {"weights": (NAN, *DEFAULT_WEIGHTS[1:])}),
        (None, 3, 0, {"weights": (1000.0, *DEFAULT_WEIGHTS[1:])}),
    ],
)
def test_what_no_review_can_mean_is_refused(
    memory: Memory | None, rating: int, days: int, options: dict[str, object]
) -> None:
    with pytest.raises(
        ValueError, match=r"not |no review leaves|no days|out of bounds|Expected 21"
    ):
        review(memory, rating, days, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("stability", [0.0, -1.0, NAN, float("inf")])
def test_no_recall_and_no_interval_without_a_stability(stability: float) -> None:
    with pytest.raises(ValueError, match=r"no (recall|interval)"):
        fsrs.retrievability(stability, 1.0)
    with pytest.raises(ValueError, match=r"no (recall|interval)"):
        fsrs.interval_for(stability, 0.9)
    with pytest.raises(ValueError, match=r"no (recall|interval)"):
        fsrs.retrievability(1.0, NAN)
