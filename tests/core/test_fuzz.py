"""Fuzz: stable, bounded, off for short intervals, and in order."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.scheduling.fuzz import chance, fuzzed

chances = st.floats(0, 1, exclude_max=True)
intervals = st.integers(1, 40000)


def test_chance_is_the_same_in_every_process_and_on_every_machine() -> None:
    assert chance(1, 1, 0) == 0.5526210930443001
    assert chance(1, 1, 0) != chance(1, 1, 1) != chance(1, 11, 1)
    assert chance(1, 11, 1) != chance(11, 1, 1)


@given(st.integers(0, 2**53), st.integers(0, 2**53), st.integers(0, 10**6))
def test_chance_is_at_least_0_and_below_1(user_id: int, fact_id: int, reps: int) -> None:
    assert 0 <= chance(user_id, fact_id, reps) < 1


def test_chance_spreads_evenly() -> None:
    tenths = [0] * 10
    for fact_id in range(10000):
        tenths[int(chance(7, fact_id, 3) * 10)] += 1
    assert all(900 < count < 1100 for count in tenths)


@given(st.integers(-5, 2), chances)
def test_below_three_days_nothing_changes(interval_days: int, luck: float) -> None:
    assert fuzzed(interval_days, luck) == interval_days


@pytest.mark.parametrize(
    ("interval_days", "lowest", "highest"),
    [
        (3, 2, 4),  # 1 + .15 * .5 = 1.075
        (7, 5, 9),  # 1 + .15 * 4.5 = 1.675
        (20, 17, 23),  # 1.675 + .1 * 13 = 2.975
        (100, 93, 107),  # 2.975 + .05 * 80 = 6.975
        (36500, 34673, 36500),  # 2.975 + 1824 = 1826.975, and the maximum
    ],
)
def test_ranges_are_those_of_anki_and_fsrs(interval_days: int, lowest: int, highest: int) -> None:
    seen = [fuzzed(interval_days, n / 4096) for n in range(4096)]
    assert (seen[0], seen[-1]) == (lowest, highest)


@given(intervals, chances, st.integers(1, 36500))
def test_it_stays_within_its_range_and_the_maximum(
    interval_days: int, luck: float, maximum_days: int
) -> None:
    result = fuzzed(interval_days, luck, maximum_days)
    assert min(interval_days, 2, maximum_days) <= result <= maximum_days
    assert result <= interval_days * 1.36 + 1


@given(chances)
def test_a_longer_interval_never_becomes_shorter(luck: float) -> None:
    assert all(a <= b for a, b in pairwise(fuzzed(days, luck) for days in range(1, 400)))


@given(intervals, chances, chances)
def test_more_chance_never_means_fewer_days(interval_days: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert fuzzed(interval_days, low) <= fuzzed(interval_days, high)


@pytest.mark.parametrize("luck", [-0.1, 1.0, float("nan")])
def test_a_chance_outside_its_range_is_refused(luck: float) -> None:
    with pytest.raises(ValueError, match="chance"):
        fuzzed(10, luck)


@given(intervals, chances, st.integers(0, 40000))
def test_a_day_with_no_share_is_avoided_within_the_range(
    interval_days: int, luck: float, off: int
) -> None:
    without = fuzzed(interval_days, luck)
    chosen = fuzzed(interval_days, luck, share=lambda days: 0.0 if days == off else 1.0)
    low, high = fuzzed(interval_days, 0.0), fuzzed(interval_days, 1 - 2**-53)
    assert low <= chosen <= high
    assert chosen != off or low == high == off
    if not low <= off <= high:
        assert chosen == without


@given(intervals, chances, st.sampled_from([0.0, 0.25, 1.0]))
def test_days_of_equal_shares_change_nothing(interval_days: int, luck: float, part: float) -> None:
    assert fuzzed(interval_days, luck, share=lambda _: part) == fuzzed(interval_days, luck)


def test_an_easy_day_gets_its_share() -> None:
    seen = [fuzzed(7, n / 4000, share=lambda days: 0.5 if days == 7 else 1.0) for n in range(4000)]
    assert abs(seen.count(7) / seen.count(6) - 0.5) < 0.01
