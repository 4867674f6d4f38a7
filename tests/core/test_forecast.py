"""How many facts will be known on a day: the mean, and a band that means what it says."""

from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.forecast import HORIZONS, Trial, trials
from quizapp.core.scheduling.forecast import Asked, Forecast, Part, Place, forecast, points
from quizapp.core.scheduling.fsrs import retrievability
from quizapp.core.scheduling.level import ANSWERS, Level, level_of

RECALLS = st.lists(st.floats(0, 1), max_size=80)
UNSURE = st.floats(0.05, 0.95)
LEVELS = st.builds(Level, st.floats(-3, 3), st.floats(0.05, 1))
ANSWERED = st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.floats(0, 1)), max_size=40)
PARTS = st.builds(Part, st.floats(0, 1), st.floats(0, 400), st.floats(0, 1), st.floats(0, 1))
PLACES = st.builds(
    Place,
    st.lists(st.builds(Asked, st.lists(PARTS, min_size=1, max_size=1)), max_size=6),
    st.floats(0, 5),
    st.integers(1, 4),
)


@given(RECALLS, LEVELS, st.floats(0, 3650))
def test_the_mean_lies_in_the_band_and_the_band_among_the_facts(
    recalls: list[float], level: Level, days: float
) -> None:
    found = forecast(recalls, level, days)
    assert 0 <= found.low <= found.mean <= found.high <= len(recalls) + 1e-9
    assert found.facts == len(recalls)


@given(st.floats(2, 6), st.floats(0, 2))
def test_the_farther_the_day_the_less_sure_is_a_chance(log_days: float, more: float) -> None:
    assert Level().spread_at(2.2, log_days + more) >= Level().spread_at(2.2, log_days)


@given(st.lists(UNSURE, min_size=1, max_size=60), st.floats(0, 2))
def test_a_better_learner_knows_more(recalls: list[float], shift: float) -> None:
    usual, better = (forecast(recalls, Level(one, 0.3), 7) for one in (0.0, shift))
    assert better.mean >= usual.mean - 1e-9


def test_many_facts_are_summed_up_as_exactly_as_few(monkeypatch: pytest.MonkeyPatch) -> None:
    recalls = [0.3 + 0.0003 * n for n in range(2000)]
    summed = forecast(recalls, Level(), 9)
    monkeypatch.setattr("quizapp.core.scheduling.forecast._FEW", 9999)
    assert summed.mean == pytest.approx(forecast(recalls, Level(), 9).mean, abs=0.1)


def test_facts_never_met_are_not_known() -> None:
    assert forecast([0.0] * 20, Level(), 7).high == 0
    assert forecast([], Level(), 7).facts == 0


def test_a_level_follows_the_answers_and_gets_surer_with_them() -> None:
    none = level_of([], [])
    worse = level_of([0.9] * 200, [True, False] * 100)
    assert none == Level()
    assert worse.shift < -1
    assert worse.spread < none.spread
    found = level_of([0.5] * 100, [True, False] * 50)
    assert found.recall(0.5, 0.0) == pytest.approx(0.5, abs=1e-6)


def test_right_answers_that_may_be_guessed_say_less() -> None:
    predicted, passed = [0.5] * 100, [True] * 75 + [False] * 25
    known = level_of(predicted, passed)
    guessed = level_of(predicted, passed, [0.5] * 100)
    assert known.recall(0.5, 0.0) > 0.68
    assert guessed.recall(0.5, 0.0) == pytest.approx(0.5, abs=0.02)


def test_a_learner_who_forgets_faster_than_the_model_fades() -> None:
    days = [1.0, 60.0] * 100
    passed = [True, False] * 100
    faster = level_of([0.8] * 200, passed, None, days)
    slower = level_of([0.8] * 200, [not one for one in passed], None, days)
    assert faster.fade < -0.2
    assert slower.fade > faster.fade
    assert faster.recall(0.8, 60) < 0.5 < faster.recall(0.8, 1)


def test_old_answers_are_not_looked_at() -> None:
    newest = [True] * ANSWERS
    assert level_of([0.5] * (ANSWERS + 90), [False] * 90 + newest) == level_of(
        [0.5] * ANSWERS, newest
    )


@given(ANSWERED, st.floats(0.1, 500), st.floats(1, 40))
def test_by_waiting_nothing_is_ever_remembered_better(
    answered: list[tuple[float, bool, float]], stability: float, step: float
) -> None:
    level = level_of(
        [one for one, _, _ in answered],
        [passed for _, passed, _ in answered],
        [guess for _, _, guess in answered],
        [step * n for n in range(len(answered))],
    )
    days = [step * n for n in range(12)]
    recalls = [level.recall(retrievability(stability, one), one) for one in days]
    assert all(later <= before + 1e-9 for before, later in pairwise(recalls))


@given(st.lists(PLACES, max_size=5), LEVELS)
def test_points_lie_between_none_and_all(places: list[Place], level: Level) -> None:
    most = sum(one.worth * min(one.draws, len(one.questions)) for one in places)
    found = points(places, level)
    assert 0 <= found.low <= found.mean + 1e-9
    assert found.mean <= found.high + 1e-9
    assert found.high <= most + 1e-9


def test_who_does_not_know_may_guess() -> None:
    blind = [Place([Asked([Part(0.0, guess=0.25)])], worth=2.0)] * 50
    found = points(blind, Level())
    assert found.mean == pytest.approx(25)
    assert (found.low, found.high) == pytest.approx((17.2, 32.8), abs=0.5)


def test_a_question_brings_the_shares_of_the_facts_that_are_known() -> None:
    sure, never = Part(0.9999, share=0.75), Part(0.0, share=0.25)
    found = points([Place([Asked([sure, never])], worth=4.0)], Level(5, 0.0, unsure=(0.0,) * 5))
    assert found.mean == pytest.approx(3.0, abs=0.01)


def test_a_pool_brings_what_its_questions_do_on_the_average() -> None:
    sure, never = Asked([Part(0.9999)]), Asked([Part(0.0)])
    level = Level(5, 0.0, unsure=(0.0,) * 5)
    every, some = (points([Place([sure, never] * 10, draws=n)], level) for n in (20, 10))
    assert every.mean == pytest.approx(10, abs=0.01)
    assert some.mean == pytest.approx(5, abs=0.01)
    assert every.high - every.low < 0.2  # all are asked: nothing is left to luck
    assert some.high - some.low > 2
    assert some.facts == 10


def test_a_quiz_without_questions_brings_nothing() -> None:
    assert points([], Level()) == Forecast(0, 0, 0, 0)
    assert points([Place([])], Level()) == Forecast(0, 0, 0, 0)


@pytest.fixture(scope="module")
def foretold() -> list[dict[int, Trial]]:
    """Sixty learners whose memory is no FSRS; the numbers of `level` were chosen on others."""
    return [trials(seed) for seed in range(5000, 5060)]


def test_a_band_of_eighty_percent_holds_for_learners_whose_memory_is_no_fsrs(
    foretold: list[dict[int, Trial]],
) -> None:
    held = [one.held for found in foretold for one in found.values()]
    # 75 to 85 of 100 in the long run; the test's 60 learners have a standard error of 4.
    assert 0.68 <= fmean(held) <= 0.92


@pytest.mark.parametrize("ahead", HORIZONS)
def test_the_mean_is_near_what_such_learners_know(
    foretold: list[dict[int, Trial]], ahead: int
) -> None:
    # 3 of 100 in the long run, and the standard error of 60 learners is under 1.
    assert abs(fmean(found[ahead].error for found in foretold)) < 4.5
    assert fmean(abs(found[ahead].error) for found in foretold) < 8


def test_without_the_level_the_mean_would_be_too_high() -> None:
    bare = [trials(seed, (60,), put_right=False)[60].error for seed in range(5000, 5020)]
    assert fmean(bare) > 8
