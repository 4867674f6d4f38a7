"""Times as people in a place write them: the wall clock of a zone, and back."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def to_utc(wall: datetime, tz: str) -> datetime:
    """Return the moment at which clocks in `tz` show `wall`.

    A time that comes twice, when clocks go back, is the first of the two; one that is left out,
    when they go forward, is as long after the change as it says (02:30 is then 03:30).
    """
    return wall.replace(tzinfo=ZoneInfo(tz), fold=0).astimezone(UTC)


def to_wall(at: datetime, tz: str) -> datetime:
    """Return what clocks in `tz` show at a moment, without a zone."""
    return at.astimezone(ZoneInfo(tz)).replace(tzinfo=None, fold=0)


def typed(wall: datetime | None, tz: str, before: datetime | None) -> datetime | None:
    """Return the moment that a form means; `before` is the one that the form was filled with.

    A form that is sent back as it came changes nothing, also in the hour that comes twice and
    with seconds that a form does not show.
    """
    if wall is None:
        return None
    if before is not None and to_wall(before, tz).replace(second=0, microsecond=0) == wall:
        return before
    return to_utc(wall, tz)
