"""Review logs as plain rows, and the answers in them on which a memory model can be scored."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from quizapp.core.scheduling.fsrs import AGAIN, EASY

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
_OURS = ("user", "card", "at_ms", "rating", "took_ms")
_PY_FSRS = ("card_id", "review_rating", "review_time", "review_duration")
_FIRST, _LAST = -(2**53), 2**53  # milliseconds that a float holds exactly


class UnreadableLog(ValueError):
    """The file is no review log; the message says in which line and why."""


class LogRow(NamedTuple):
    """One answer: rating 1 again .. 4 easy; times in milliseconds, UTC; took_ms 0 if not known."""

    user: str
    card: str
    at_ms: int
    rating: int
    took_ms: int


@dataclass(slots=True)
class History:
    """The answers to one card in order of time: learner day, rating and time taken of each."""

    days: list[int]
    ratings: list[int]
    took_ms: list[int]

    @property
    def deltas(self) -> list[int]:
        """Learner days since the answer before; 0 for the first."""
        return [0, *(b - a for a, b in zip(self.days, self.days[1:], strict=False))]


class Scored(NamedTuple):
    """An answer that can be predicted: at least a learner day after the one before.

    place: of the answer among the card's. passed: whether the rating is better than again.
    """

    history: int
    place: int
    passed: bool


@dataclass(slots=True)
class UserLog:
    """One learner's log: a history for each card, and the scored answers in order of time."""

    histories: list[History]
    scored: list[Scored]
    rows: int


def read_csv(lines: Iterable[str]) -> list[LogRow]:
    """Read a log with the header `user,card,at_ms,rating,took_ms`, or that of py-fsrs.

    Rows with a rating outside 1..4 (manual changes) are left out. Raises UnreadableLog.
    """
    reader = csv.DictReader(lines)
    names = tuple(name.strip() for name in reader.fieldnames or ())
    if set(_OURS) <= set(names):
        read = _ours
    elif set(_PY_FSRS) <= set(names):
        read = _py_fsrs
    else:
        raise UnreadableLog(f"The first line has to be {','.join(_OURS)} or {','.join(_PY_FSRS)}.")
    found = []
    try:
        for row in reader:
            one = read(row)
            if not _FIRST < one.at_ms < _LAST:
                raise ValueError("a time outside the calendar")
            if AGAIN <= one.rating <= EASY:
                found.append(one)
    except (ValueError, TypeError, OverflowError, csv.Error) as error:
        raise UnreadableLog(f"Line {reader.line_num} cannot be read: {error}.") from error
    return found


def _ours(row: dict[str, str]) -> LogRow:
    return LogRow(
        row["user"], row["card"], int(row["at_ms"]), int(row["rating"]), _took(row["took_ms"])
    )


def _py_fsrs(row: dict[str, str]) -> LogRow:
    at = datetime.fromisoformat(row["review_time"])
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    took = _took(row["review_duration"])
    return LogRow("", row["card_id"], round(at.timestamp() * 1000), int(row["review_rating"]), took)


def _took(text: str) -> int:
    return max(int(float(text)), 0) if text and text.lower() not in ("none", "nan") else 0


def by_user(rows: Sequence[LogRow]) -> dict[str, UserLog]:
    """Return each learner's log."""
    grouped: dict[str, list[LogRow]] = defaultdict(list)
    for row in rows:
        grouped[row.user].append(row)
    return {user: user_log(mine) for user, mine in sorted(grouped.items())}


def user_log(rows: Sequence[LogRow]) -> UserLog:
    """Return the log of one learner; a learner day begins in the hour with the fewest answers."""
    ordered = sorted(rows, key=lambda row: row.at_ms)
    hours = Counter(row.at_ms // HOUR_MS % 24 for row in ordered)
    rollover_ms = min(range(24), key=lambda hour: (hours[hour], hour)) * HOUR_MS
    cards: dict[str, int] = {}
    histories: list[History] = []
    scored = []
    for row in ordered:
        number = cards.setdefault(row.card, len(histories))
        if number == len(histories):
            histories.append(History([], [], []))
        mine, day = histories[number], (row.at_ms - rollover_ms) // DAY_MS
        if mine.days and day > mine.days[-1]:
            scored.append(Scored(number, len(mine.days), row.rating > AGAIN))
        mine.days.append(day)
        mine.ratings.append(row.rating)
        mine.took_ms.append(row.took_ms)
    return UserLog(histories, scored, len(ordered))
