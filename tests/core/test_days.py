"""Learner days: a boundary a day, in every zone and through every change of offset."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.scheduling.days import day_start, learner_day

# Zones with the oddest changes: half an hour, a date skipped, midnight repeated, two hours.
ZONES = (
    *("UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"),
    *("America/Sao_Paulo", "America/Havana", "Asia/Kathmandu", "Antarctica/Troll"),
    *("Africa/Casablanca", "Pacific/Kiritimati", "Asia/Gaza"),
)
zones = st.sampled_from(ZONES)
rollovers = st.integers(0, 1439)
instants = st.datetimes(datetime(1995, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


def number(*ymd: int) -> int:
    return date(*ymd).toordinal()


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@given(instants, zones, rollovers)
def test_a_day_holds_the_instants_from_its_start_to_the_next_start(
    instant: datetime, tz: str, rollover: int
) -> None:
    day = learner_day(instant, tz, rollover)
    assert day_start(day, tz, rollover) <= instant < day_start(day + 1, tz, rollover)


@given(st.integers(number(1995, 1, 1), number(2040, 1, 1)), zones, rollovers)
def test_days_never_overlap_and_only_a_skipped_date_is_empty(
    day: int, tz: str, rollover: int
) -> None:
    length = day_start(day + 1, tz, rollover) - day_start(day, tz, rollover)
    if tz in ("Pacific/Apia", "Pacific/Kiritimati"):
        assert timedelta(0) <= length <= timedelta(hours=25)
    else:
        assert timedelta(hours=22) <= length <= timedelta(hours=26)


@given(instants, st.timedeltas(timedelta(0), timedelta(days=400)), zones, rollovers)
def test_a_later_instant_never_has_a_smaller_day(
    instant: datetime, later: timedelta, tz: str, rollover: int
) -> None:
    assert learner_day(instant, tz, rollover) <= learner_day(instant + later, tz, rollover)


@given(instants, zones, zones, rollovers)
def test_the_day_depends_on_the_instant_and_not_on_how_it_is_written(
    instant: datetime, tz: str, other: str, rollover: int
) -> None:
    elsewhere = instant.astimezone(ZoneInfo(other))
    assert learner_day(elsewhere, tz, rollover) == learner_day(instant, tz, rollover)


CHANGES = [
    ("America/New_York", at(2025, 3, 9, 7)),
    ("America/New_York", at(2025, 11, 2, 6)),
    ("Europe/Berlin", at(2025, 3, 30, 1)),
    ("Europe/Berlin", at(2025, 10, 26, 1)),
    ("Australia/Lord_Howe", at(2025, 4, 5, 15)),
    ("Australia/Lord_Howe", at(2025, 10, 4, 15, 30)),
    ("America/Sao_Paulo", at(2018, 2, 18, 2)),
    ("America/Sao_Paulo", at(2018, 11, 4, 3)),
    ("America/Havana", at(2025, 11, 2, 5)),
    ("Antarctica/Troll", at(2025, 3, 30, 1)),
    ("Pacific/Apia", at(2011, 12, 30, 10)),
]


@pytest.mark.parametrize(("tz", "change"), CHANGES)
@pytest.mark.parametrize("rollover", [0, 30, 59, 90, 119, 120, 150, 179, 180, 240, 1380, 1439])
def test_the_start_is_the_first_minute_whose_wall_clock_reaches_the_rollover(
    tz: str, change: datetime, rollover: int
) -> None:
    zone = ZoneInfo(tz)
    minutes = [change + timedelta(minutes=n) for n in range(-1600, 1600)]
    walls = [minute.astimezone(zone).replace(tzinfo=None) for minute in minutes]
    for day in {wall.toordinal() for wall in walls}:
        target = datetime.fromordinal(day) + timedelta(minutes=rollover)
        if walls[0] < target <= walls[-1]:
            first = next(m for m, w in zip(minutes, walls, strict=True) if w >= target)
            assert day_start(day, tz, rollover) == first


def test_before_four_in_the_morning_it_is_still_yesterday() -> None:
    assert learner_day(at(2026, 5, 25, 1, 59, 59), "Europe/Berlin", 240) == number(2026, 5, 24)
    assert learner_day(at(2026, 5, 25, 2), "Europe/Berlin", 240) == number(2026, 5, 25)


def test_a_rollover_in_a_skipped_hour_is_the_moment_of_the_jump() -> None:
    day = number(2025, 3, 9)
    assert day_start(day, "America/New_York", 150) == at(2025, 3, 9, 7)
    assert learner_day(at(2025, 3, 9, 6, 59, 59), "America/New_York", 150) == day - 1


def test_a_rollover_in_an_hour_that_comes_twice_is_the_first_of_the_two() -> None:
    day = number(2025, 11, 2)
    assert day_start(day, "America/New_York", 90) == at(2025, 11, 2, 5, 30)
    again_ten_past_one = at(2025, 11, 2, 6, 10)
    assert learner_day(again_ten_past_one, "America/New_York", 90) == day


def test_a_date_that_samoa_skipped_does_not_stop_the_count() -> None:
    jump = at(2011, 12, 30, 10)
    assert day_start(number(2011, 12, 30), "Pacific/Apia", 0) == jump
    assert day_start(number(2011, 12, 31), "Pacific/Apia", 0) == jump
    assert learner_day(jump, "Pacific/Apia", 0) == number(2011, 12, 31)
    assert learner_day(jump - timedelta(seconds=1), "Pacific/Apia", 0) == number(2011, 12, 29)


def test_starts_are_aware_utc() -> None:
    start = day_start(number(2026, 5, 25), "Asia/Kathmandu", 240)
    assert start.tzinfo is UTC
    assert start == at(2026, 5, 24, 22, 15)


@pytest.mark.parametrize("tz", ["", "Mars/Olympus", "Europe", "../etc/passwd", "/etc/passwd", "\0"])
def test_an_unknown_zone_is_a_value_error(tz: str) -> None:
    with pytest.raises(ValueError, match="zone"):
        learner_day(at(2026, 5, 25), tz, 240)
    with pytest.raises(ValueError, match="zone"):
        day_start(number(2026, 5, 25), tz, 240)


@pytest.mark.parametrize("rollover", [-1, 1440])
def test_a_rollover_outside_the_day_is_refused(rollover: int) -> None:
    with pytest.raises(ValueError, match="rollover"):
        learner_day(at(2026, 5, 25), "UTC", rollover)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        learner_day(datetime(2026, 5, 25), "UTC", 240)
