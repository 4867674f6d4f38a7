"""Learner days: calendar days in the learner's zone that begin at a rollover of their own."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def learner_day(at: datetime, tz: str, rollover_minutes: int) -> int:
    """Return the number (`date.toordinal`) of the learner day that holds the instant `at`.

    It is the last day whose `day_start` is not after `at`; so days partition time, and a later
    instant never has a smaller number. Raises ValueError for a naive `at`, for an unknown IANA
    zone, and for a rollover outside 0..1439 minutes.
    """
    if at.tzinfo is None:
        raise ValueError("a learner day needs an aware time")
    # What the wall clock shows has been reached. More may have been, before it was set back.
    local = at.astimezone(_zone(tz))
    day = local.toordinal() - (local.hour * 60 + local.minute < rollover_minutes)
    while at >= _start(day + 1, tz, rollover_minutes):
        day += 1
    return day


def day_start(day: int, tz: str, rollover_minutes: int) -> datetime:
    """Return when the learner day begins, in UTC.

    That is the first instant at which the wall clock shows the rollover on that date, or later: of
    an hour that comes twice the first, of a skipped hour (or date) the moment of the jump.
    Raises ValueError as `learner_day` does, and for a day outside the calendar.
    """
    return _start(day, tz, rollover_minutes)


@lru_cache(maxsize=1024)
def _zone(tz: str) -> ZoneInfo:
    try:
        return ZoneInfo(tz)
    except (KeyError, OSError, ValueError) as error:  # OSError: the name of a folder of zones
        raise ValueError(f"unknown time zone: {tz!r}") from error


@lru_cache(maxsize=16384)
def _start(day: int, tz: str, rollover_minutes: int) -> datetime:
    if not 0 <= rollover_minutes < 1440:
        raise ValueError(f"a rollover is 0 to 1439 minutes, not {rollover_minutes}")
    clock = time(*divmod(rollover_minutes, 60))
    wall = datetime.combine(date.fromordinal(day), clock, _zone(tz))
    start = wall.astimezone(UTC)
    other = wall.replace(fold=1).astimezone(UTC)
    # Only in a gap does the second reading come first (PEP 495): the jump lies between the two.
    return _jump(other, start, wall) if other < start else start


def _jump(before: datetime, after: datetime, wall: datetime) -> datetime:
    """Return the first second in (before, after] whose wall clock is not before `wall`."""
    target, zone = wall.replace(tzinfo=None), wall.tzinfo
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        local = (before + middle * _SECOND).astimezone(zone)
        low, high = (low, middle) if local.replace(tzinfo=None) >= target else (middle, high)
    return before + high * _SECOND
