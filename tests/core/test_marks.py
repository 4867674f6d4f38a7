"""What attempts come to: which counts, what lateness takes, and the total."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.marks import Sat, come_to, total

ATTEMPTS = [Sat(3, 10), Sat(9, 10), Sat(6, 10)]


@pytest.mark.parametrize(
    ("counts", "points", "which"), [("first", 3, 0), ("last", 6, 2), ("best", 9, 1)]
)
def test_the_rule_says_which_attempt_counts(counts: str, points: float, which: int) -> None:
    come = come_to(ATTEMPTS, counts)
    assert come
    assert (come.points, come.most, come.which) == (points, 10, which)


def test_the_mean_is_that_of_the_shares() -> None:
    come = come_to([Sat(1, 2), Sat(8, 8)], "mean")
    assert come
    assert (come.points, come.most, come.which) == (3.75, 5, None)


def test_the_mean_of_one_attempt_is_that_attempt() -> None:
    come = come_to([Sat(1, 2)], "mean")
    assert come
    assert (come.points, come.which) == (1, 0)


def test_an_attempt_that_awaits_a_person_is_neither_best_nor_in_the_mean() -> None:
    attempts = [Sat(0, 0), Sat(-1, 4)]
    best, mean = come_to(attempts, "best"), come_to(attempts, "mean")
    assert best
    assert mean
    assert best.which == 1
    assert (mean.points, mean.most) == (-1, 4)


def test_the_earliest_of_equals_is_the_best() -> None:
    come = come_to([Sat(5, 10), Sat(5, 10)], "best")
    assert come
    assert come.which == 0


def test_lateness_is_counted_before_the_best_is_chosen() -> None:
    come = come_to([Sat(6, 10), Sat(8, 10, kept=0.7)], "best")
    assert come
    assert (come.points, come.which, come.taken) == (6, 0, 0)


def test_lateness_takes_nothing_of_what_is_below_zero() -> None:
    come = come_to([Sat(-2, 10, kept=0.5)], "first")
    assert come
    assert (come.points, come.taken) == (-2, 0)


def test_what_lateness_takes_is_told() -> None:
    come = come_to([Sat(8, 10, kept=0.8)], "last")
    assert come
    assert (come.points, come.taken) == (6.4, 1.6)


def test_nothing_comes_of_no_attempts() -> None:
    assert come_to([], "best") is None
    assert total([]).percent is None


@given(
    st.lists(st.builds(Sat, st.floats(0, 10), st.just(10.0), st.floats(0, 1)), min_size=1),
    st.sampled_from(["first", "last", "best", "mean"]),
)
def test_no_rule_gives_more_than_the_best_or_less_than_the_worst(
    attempts: list[Sat], counts: str
) -> None:
    come = come_to(attempts, counts)
    assert come
    reached = [one.counted for one in attempts]
    assert min(reached) - 1e-6 <= come.points <= max(reached) + 1e-6
    assert come.taken >= -1e-6


def test_the_total_is_points_over_the_most() -> None:
    found = total([(3, 4), (0, 4)])
    assert (found.points, found.most, found.percent) == (3, 8, 37.5)
