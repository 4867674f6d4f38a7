"""How many answers bring back what would be forgotten on a day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS
from quizapp.core.scheduling.plan_recall import Recall
from quizapp.core.scheduling.repair import MOST_ANSWERS, answers_to_repair

RECALL = Recall(DEFAULT_WEIGHTS)


def test_a_fact_that_one_answer_brings_back_takes_one_and_its_misses() -> None:
    fresh = answers_to_repair(RECALL, (8.0, 5.0), 8.0, 10)
    faded = answers_to_repair(RECALL, (8.0, 5.0), 200.0, 10)
    assert fresh == pytest.approx(1.1)
    assert 1.1 < faded < 2


def test_a_weak_fact_and_a_far_day_take_more() -> None:
    near = answers_to_repair(RECALL, (0.3, 9.0), 3.0, 2)
    far = answers_to_repair(RECALL, (0.3, 9.0), 3.0, 300)
    assert far > near
    assert answers_to_repair(RECALL, None, 0.0, 300) > answers_to_repair(RECALL, None, 0.0, 2)


@given(st.floats(0.001, 1000), st.floats(1, 10), st.floats(0, 1000), st.integers(0, 2000))
def test_it_is_never_less_than_one_answer_nor_without_end(
    stability: float, difficulty: float, since: float, ahead: int
) -> None:
    found = answers_to_repair(RECALL, (stability, difficulty), since, ahead)
    assert 1 <= found <= MOST_ANSWERS + 2
    assert answers_to_repair(RECALL, None, 0, ahead) >= 3
