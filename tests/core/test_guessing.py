"""The benchmark of guesses: its formulas over arrays are those of the scheduler."""

import numpy as np
import pytest

from benchmarks import guessing
from quizapp.core.scheduling import evidence, fsrs
from quizapp.core.scheduling.fsrs import Memory

STABILITIES = (0.4, 3.0, 40.0, 700.0)


@pytest.mark.parametrize("passed", [True, False])
@pytest.mark.parametrize("sure", [0.2, 0.97, 1.0])
def test_an_answer_over_arrays_is_an_answer(passed: bool, sure: float) -> None:
    gaps = np.array([1, 3, 60, 400])
    known = np.array(STABILITIES), np.full(4, 6.0), gaps
    stability, difficulty = guessing.reviewed(known, np.full(4, passed), np.full(4, sure))
    for n, before in enumerate(STABILITIES):
        memory = Memory(fsrs.REVIEW, None, before, 6.0)
        rating = fsrs.GOOD if passed else fsrs.AGAIN
        after = fsrs.review(memory, rating, int(gaps[n]), p_knew=sure, steps=False)
        assert stability[n] == pytest.approx(after.memory.stability, rel=1e-9)
        assert difficulty[n] == pytest.approx(after.memory.difficulty, rel=1e-9)
        assert guessing.intervals(stability[n]) == after.interval_days


@pytest.mark.parametrize("passed", [True, False])
def test_a_first_answer_over_arrays_is_a_first_answer(passed: bool) -> None:
    stability, difficulty = guessing.reviewed(None, np.array([passed]), np.array([0.8]))
    rating = fsrs.GOOD if passed else fsrs.AGAIN
    after = fsrs.review(None, rating, 0, p_knew=0.8, steps=False).memory
    assert (stability[0], difficulty[0]) == pytest.approx((after.stability, after.difficulty))


def test_the_chance_that_it_was_known_is_that_of_the_evidence() -> None:
    recalls = np.array([0.1, 0.5, 0.9])
    expected = [evidence.p_knew(0.25, recall) for recall in (0.1, 0.5, 0.9)]
    assert guessing.chance_known(recalls, 0.25).tolist() == pytest.approx(expected)


def test_in_a_year_guesses_hardly_change_what_is_known_at_review() -> None:
    control = guessing.year(0.0, 300, 1)
    mixed, naive = (guessing.year(0.5, 300, 2, mixes=mixes) for mixes in (True, False))
    assert abs(guessing.compared(mixed, control)[0]) < guessing.WITHIN
    assert guessing.compared(naive, control)[0] < -3 * guessing.WITHIN
