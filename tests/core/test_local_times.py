"""Times on the clocks of a place, on the days on which these are moved, too."""

from datetime import UTC, datetime, timedelta

import pytest

from quizapp.core.local_times import to_utc, to_wall, typed

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("wall", "tz", "at"),
    [
        ((2026, 1, 15, 23, 59), BERLIN, (2026, 1, 15, 22, 59)),
        ((2026, 7, 15, 23, 59), BERLIN, (2026, 7, 15, 21, 59)),
        ((2026, 3, 29, 1, 59), BERLIN, (2026, 3, 29, 0, 59)),
        ((2026, 3, 29, 3, 0), BERLIN, (2026, 3, 29, 1, 0)),
        ((2026, 3, 29, 2, 30), BERLIN, (2026, 3, 29, 1, 30)),  # left out: 03:30
        ((2026, 10, 25, 2, 30), BERLIN, (2026, 10, 25, 0, 30)),  # twice: the first
        ((2026, 10, 25, 3, 0), BERLIN, (2026, 10, 25, 2, 0)),
        ((2026, 11, 1, 1, 30), NEW_YORK, (2026, 11, 1, 5, 30)),
        ((2026, 6, 1, 12, 0), "Pacific/Kiritimati", (2026, 5, 31, 22, 0)),
    ],
)
def test_a_wall_time_is_a_moment(wall: tuple[int], tz: str, at: tuple[int]) -> None:
    assert to_utc(datetime(*wall), tz) == utc(*at)  # type: ignore[call-arg]


def test_both_moments_of_the_hour_that_comes_twice_look_alike() -> None:
    first = utc(2026, 10, 25, 0, 30)
    walls = [to_wall(at, BERLIN) for at in (first, first + timedelta(hours=1))]
    assert walls == [datetime(2026, 10, 25, 2, 30)] * 2


def test_a_form_that_is_sent_back_as_it_came_changes_nothing() -> None:
    second = utc(2026, 10, 25, 1, 30)
    assert typed(to_wall(second, BERLIN), BERLIN, second) == second
    odd = utc(2026, 5, 1, 10, 0, 42)
    assert typed(datetime(2026, 5, 1, 12, 0), BERLIN, odd) == odd
    assert typed(datetime(2026, 5, 1, 12, 1), BERLIN, odd) == utc(2026, 5, 1, 10, 1)
    assert typed(None, BERLIN, odd) is None
