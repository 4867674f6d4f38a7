"""How many facts will be known on a day: the mean, and a band that means what it says."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import simulated_learners
from quizapp.core.scheduling import fitting, review_log
from quizapp.core.scheduling.forecast import Level, forecast, level_of
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, retrievability

RECALLS = st.lists(st.floats(0, 1), max_size=80)
LEVELS = st.builds(Level, st.floats(-3, 3), st.floats(0.05, 1))


@given(RECALLS, LEVELS, st.floats(0, 3650))
def test_the_mean_lies_in_the_band_and_the_band_among_the_facts(
    recalls: list[float], level: Level, days: float
) -> None:
    found = forecast(recalls, level, days)
    assert 0 <= found.low <= found.mean <= found.high <= len(recalls) + 1e-9
    assert found.facts == len(recalls)


@given(st.lists(st.floats(0.05, 0.95), min_size=1, max_size=60), st.floats(1, 100))
def test_the_farther_the_day_the_wider_the_band(recalls: list[float], days: float) -> None:
    near, far = (forecast(recalls, Level(), ahead) for ahead in (days, days * 8))
    assert far.high - far.low >= near.high - near.low - 1e-6


@given(st.lists(st.floats(0.05, 0.95), min_size=1, max_size=60), st.floats(0, 2))
def test_a_better_learner_knows_more(recalls: list[float], shift: float) -> None:
    usual, better = (forecast(recalls, Level(one, 0.3), 7) for one in (0.0, shift))
    assert better.mean >= usual.mean - 1e-9


def test_facts_never_met_are_not_known() -> None:
    assert forecast([0.0] * 20, Level(), 7).high == 0
    assert forecast([], Level(), 7).facts == 0


def test_a_level_follows_the_answers_and_gets_surer_with_them() -> None:
    none = level_of([], [])
    worse = level_of([0.9] * 200, [True, False] * 100)
    assert none.shift == 0
    assert worse.shift < -1
    assert worse.spread < none.spread
    assert level_of([0.5] * 100, [True, False] * 50).shift == pytest.approx(0, abs=1e-6)


def test_a_band_of_eighty_percent_holds_for_learners_whose_memory_is_no_fsrs() -> None:
    held = total = 0
    for seed in range(5000, 5050):
        rows, person, _ = simulated_learners.simulate(seed)
        log = review_log.user_log(rows)
        memories = [fitting.memories(one, DEFAULT_WEIGHTS) for one in log.histories]
        recent = log.scored[-400:]
        predicted = [
            retrievability(
                memories[one.history][one.place - 1][0],
                log.histories[one.history].deltas[one.place],
            )
            for one in recent
        ]
        level = level_of(predicted, [one.passed for one in recent])
        end = max(one.days[-1] for one in log.histories)
        last = max(days[-1] for days in person.days.values())
        for ahead in (3, 14):
            recalls = [
                retrievability(mine[-1][0], end + ahead - one.days[-1])
                for mine, one in zip(memories, log.histories, strict=True)
            ]
            found = forecast(recalls, level, ahead)
            rng = random.Random(seed * 31 + ahead)
            known = sum(rng.random() < person.chance(card, last + ahead, 1) for card in person.days)
            held += found.low - 0.5 <= known <= found.high + 0.5
            total += 1
    # 75 to 85 of 100 in the long run; the test's 100 have a standard error of 4.
    assert 0.68 <= held / total <= 0.92
