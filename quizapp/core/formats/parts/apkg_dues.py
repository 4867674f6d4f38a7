"""When Anki asks a card again, told as a date or as an instant."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from quizapp.core.formats.parts.apkg_history import History
from quizapp.core.formats.parts.apkg_values import whole

NEW, LEARNING, DUE, RELEARNING = range(4)  # a card's type
QUEUE_LEARNING, QUEUE_DUE, SUSPENDED = 1, 2, -1
BURIED = (-2, -3)
FIRST_INSTANT = 1_000_000_000  # a due number from here on is Unix seconds, below it a day
LAST_INSTANT = 250_000_000_000  # in the year 9892: a zone's offset stays inside the calendar
LAST_DAY = date(9000, 1, 1).toordinal()
CRT = 1_577_847_600  # 2020-01-01, 3 h UTC: what the days of what we write count from
CRT_DAY = date(2020, 1, 1).toordinal()
_MOST_OFFSET = 1_439


def day_zero(history: History, tz: str) -> int | None:
    """Return the date (`toordinal`) of Anki's day 0; None where it is beyond all measure.

    `tz` is the learner's zone, for what an older Anki wrote, which did not say its own.
    """
    offset = history.offset_minutes
    if not 0 < history.crt < LAST_INSTANT or abs(offset or 0) > _MOST_OFFSET:
        return None
    zone: tzinfo = ZoneInfo(tz) if offset is None else timezone(timedelta(minutes=-offset))
    return datetime.fromtimestamp(history.crt, zone).toordinal()


def due_of(history: History, tz: str) -> int | datetime | None:
    """Return the day (`toordinal`) or instant at which a studied card is due; None of a new one."""
    card = history.card
    kind, due = whole(card.get("type")), whole(card.get("due"))
    if whole(card.get("odid")):
        due = whole(card.get("odue")) or due
    if kind not in (LEARNING, DUE, RELEARNING):
        return None
    if kind != DUE and FIRST_INSTANT <= due < LAST_INSTANT:
        return datetime.fromtimestamp(due, UTC)
    zero = day_zero(history, tz)
    return zero + due if zero is not None and 0 < zero + due < LAST_DAY else None


def is_learning(history: History) -> bool:
    """Say whether the card is in its learning steps."""
    return whole(history.card.get("type")) in (LEARNING, RELEARNING)


def is_new(history: History) -> bool:
    """Say whether Anki holds the card to be new."""
    return whole(history.card.get("type")) == NEW
