"""Figures of recall: hand-computed numbers for each definition."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.scheduling import fsrs
from quizapp.core.statistics.recall import (
    Due,
    Retention,
    Share,
    daily_load,
    due_per_day,
    heat_levels,
    recall_level,
    review_class,
    true_retention,
    weekly_retention,
    wilson,
)


@dataclass
class Day:
    """A row like one of user_days."""

    day: int
    learning_pass: int = 0
    learning_fail: int = 0
    young_pass: int = 0
    young_fail: int = 0
    mature_pass: int = 0
    mature_fail: int = 0


def test_true_retention_is_young_and_mature_and_leaves_learning_out() -> None:
    days = [Day(1, 9, 1, 8, 2, 19, 1), Day(2, 0, 5, 10, 0, 0, 0), Day(3)]
    retention = true_retention(days)
    assert retention == Retention(Share(9, 15), Share(18, 20), Share(19, 20))
    assert retention.true == Share(37, 40)
    assert retention.true.value == 0.925


def test_retention_of_nothing_is_unknown() -> None:
    nothing = true_retention([]).true
    assert nothing.value is None
    assert nothing.likely_range == (0.0, 1.0)


def test_both_readings_of_true_retention_on_one_log() -> None:
    # A review card of 30 days: failed, failed again in relearning, passed once more that day after
    # the step, in review again. (state before, interval before, delta in days, rating)
    log = [(2, 30, 30, 1), (3, 0, 0, 1), (3, 0, 0, 3), (2, 1, 0, 3), (2, 25, 25, 3), (1, 0, 1, 3)]
    all_answers = [(review_class(s, i), rating) for s, i, _, rating in log]
    first_of_day = [(review_class(s, i), rating) for s, i, delta, rating in log if delta]
    counted = [rating > 1 for kind, rating in all_answers if kind != "learning"]
    counted_once = [rating > 1 for kind, rating in first_of_day if kind != "learning"]
    assert (sum(counted), len(counted)) == (2, 3)
    assert (sum(counted_once), len(counted_once)) == (1, 2)


@pytest.mark.parametrize(
    ("state_before", "interval_days", "expected"),
    [
        (None, None, "learning"),
        (1, 0, "learning"),
        (1, 30, "learning"),
        (3, 0, "learning"),
        (2, 1, "young"),
        (2, 20, "young"),
        (2, 21, "mature"),
        (2, 400, "mature"),
        (2, None, "young"),
    ],
)
def test_mature_begins_at_21_days_of_review(
    state_before: int | None, interval_days: int | None, expected: str
) -> None:
    assert review_class(state_before, interval_days) == expected


def test_classes_of_the_golden_sequence_of_py_fsrs() -> None:
    memory, delta, state, classes, intervals = None, 0, None, [], []
    for rating in (3, 3, 3, 3, 3, 3, 1, 1, 3, 3, 3, 3, 3):
        classes.append(review_class(state, delta)[0])
        outcome = fsrs.review(memory, rating, delta)
        memory, state, delta = outcome.memory, outcome.memory.state, outcome.interval_days or 0
        intervals.append(delta)
    assert intervals == [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]
    assert "".join(classes) == "llyymmmllyyyy"
    # 3 (the zeros) + 1/2 + 1/11 + 1/46 + 1/163 + 1/498 + 1/2 + 1/4 + 1/7 + 1/12 + 1/21 = 4.64
    assert daily_load(intervals) == 4


def test_weeks_begin_on_monday_and_the_last_one_holds_today() -> None:
    monday = date(2026, 5, 25).toordinal()
    days = [Day(monday, young_pass=3), Day(monday - 1, young_pass=1, young_fail=1)]
    days += [Day(monday - 7, mature_pass=2), Day(monday - 15, young_fail=9)]
    weeks = weekly_retention(days, monday + 2, 2)
    assert [(start, week.true) for start, week in weeks] == [
        (monday - 7, Share(3, 4)),
        (monday, Share(3, 3)),
    ]


def test_due_days_are_counted_from_today_and_the_overdue_apart() -> None:
    due = due_per_day([90, 99, 100, 100, 102, 103, 500], today=100, span=3)
    assert due == Due(2, (2, 0, 1))
    assert due.now == 4
    assert due_per_day([], 100, 0) == Due()
    assert Due().now == 0


def test_daily_load_is_the_floor_of_the_sum_of_one_over_interval() -> None:
    assert daily_load([]) == 0
    assert daily_load([1, 1, 2, 4, 4]) == 3
    assert daily_load([0, 0.2]) == 2  # less than a day counts as a day
    assert daily_load([49] * 49) == 1
    assert daily_load([2]) == 0


@pytest.mark.parametrize(
    ("retrievability", "level"),
    [(None, 0), (0, 1), (0.499, 1), (0.5, 2), (0.699, 2), (0.7, 3), (0.899, 3), (0.9, 4), (1, 4)],
)
def test_levels_of_recall_are_those_of_the_look(retrievability: float | None, level: int) -> None:
    assert recall_level(retrievability) == level


@given(st.floats(0.001, 36500))
def test_on_the_day_it_falls_due_a_fact_is_still_known(stability: float) -> None:
    assert recall_level(fsrs.retrievability(stability, stability)) == 4


def test_levels_of_days_run_from_none_to_thirty_and_more() -> None:
    assert heat_levels([0, 1, 9, 10, 19, 20, 29, 30, 400]) == [0, 1, 1, 2, 2, 3, 3, 4, 4]


@pytest.mark.parametrize(
    ("passed", "answered", "low", "high"),
    [
        (37, 40, 0.8014, 0.9742),  # Wilson 1927: (p + z2/2n +- z sqrt(pq/n + z2/4n2)) / (1 + z2/n)
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_the_likely_range_is_that_of_wilson(
    passed: int, answered: int, low: float, high: float
) -> None:
    assert wilson(passed, answered) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_likely_range_holds_the_share_and_stays_in_0_to_1(one: int, other: int) -> None:
    passed, answered = sorted((one, other))
    low, high = wilson(passed, answered)
    assert 0 <= low <= high <= 1
    if answered:
        assert low <= passed / answered <= high


@pytest.mark.parametrize(("passed", "answered"), [(-1, 3), (4, 3)])
def test_more_passes_than_answers_are_refused(passed: int, answered: int) -> None:
    with pytest.raises(ValueError, match="share"):
        wilson(passed, answered)
