"""The terms of an assignment: when it can be taken, how often, what counts, and what is late."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from quizapp.services.quizzes import quiz_settings
from quizapp.services.quizzes.attempt_views import GRACE
from quizapp.services.quizzes.quiz_settings import Unfit

COUNTS: Final = ("first", "last", "best", "mean")
TIMES: Final = ("opens_at", "due_at", "closes_at")
MOST_TRIES, MOST_LATE_HOURS, MOST_PERCENT = 100, 24 * 366, 100
YEARS: Final = (2000, 2200)  # beyond them no calendar of a zone can be trusted
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Late:
    """What is taken after the due time, and what it loses."""

    until_hours: int | None = None  # after due; None: until it closes
    percent_per_day: int = 0  # of what was reached, for each day that has begun

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Late":
        """Read what the table holds; what it leaves out is the mildest."""
        return cls(stored.get("until"), int(stored.get("percent_per_day") or 0))

    def stored(self) -> dict[str, Any]:
        """Return what the table holds."""
        kept = {"until": self.until_hours, "percent_per_day": self.percent_per_day or None}
        return {name: value for name, value in kept.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Terms:
    """What an assignment is to be, or what it is for one person, exceptions counted in.

    Times are aware. An empty title is that of the quiz or bank.
    """

    title: str = ""
    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    tries: int | None = None  # None: as many as one likes
    counts: str = "first"
    late: Late = field(default_factory=Late)
    held: bool = False
    released_at: datetime | None = None  # of held results
    excused: bool = False

    @property
    def ends_at(self) -> datetime | None:
        """Return from when on nothing is taken: the closing time, or where late work ends."""
        ends = [] if self.closes_at is None else [self.closes_at]
        if self.due_at is not None and self.late.until_hours is not None:
            ends.append(self.due_at + timedelta(hours=self.late.until_hours))
        return min(ends, default=None)

    def is_open(self, now: datetime) -> bool:
        """Say whether it can be begun."""
        return self.has_opened(now) and not self.has_ended(now)

    def has_opened(self, now: datetime) -> bool:
        """Say whether its opening time has come."""
        return self.opens_at is None or self.opens_at <= now

    def has_ended(self, now: datetime) -> bool:
        """Say whether nothing is taken any more."""
        return self.ends_at is not None and self.ends_at <= now

    def hides_results(self, now: datetime) -> bool:
        """Say whether learners do not see points, keys and feedback yet."""
        return self.held and (self.released_at is None or now < self.released_at)

    def late_by(self, handed_in_at: datetime | None) -> timedelta | None:
        """Return how late something came; None where it was in time, a slow line forgiven."""
        if self.due_at is None or handed_in_at is None or handed_in_at <= self.due_at + GRACE:
            return None
        return handed_in_at - self.due_at

    def kept_share(self, late: timedelta | None) -> float:
        """Return the share 0..1 of its points that something so late keeps."""
        if late is None:
            return 1.0
        days = max(math.ceil(late / DAY), 1)
        return max(0.0, 1 - self.late.percent_per_day * days / 100)

    def with_changes(self, changes: Mapping[str, Any]) -> "Terms":
        """Return what they are for a person with these exceptions, as the table holds them."""
        other: dict[str, Any] = {
            name: datetime.fromisoformat(changes[name]) for name in TIMES if changes.get(name)
        }
        if changes.get("tries"):
            other["tries"] = int(changes["tries"])
        return replace(self, **other, excused=bool(changes.get("excused")))

    def checked(self) -> "Terms":
        """Return them as they are stored; Unfit names the field that cannot be."""
        for name in (*TIMES, "released_at"):
            _check_time(name, getattr(self, name))
        check_order(self)
        if self.counts not in COUNTS:
            raise Unfit("counts", "This is not one of the values that it can have.")
        check_tries(self.tries)
        hours = self.late.until_hours
        if hours is not None and not 0 <= hours <= MOST_LATE_HOURS:
            raise Unfit("until_hours", f"Give 0 to {MOST_LATE_HOURS} hours.")
        if hours is not None and self.due_at is None:
            raise Unfit("until_hours", "Say when it is due first, or leave this empty.")
        if not 0 <= self.late.percent_per_day <= MOST_PERCENT:
            raise Unfit("percent_per_day", "Give 0 to 100 percent.")
        title = quiz_settings.title(self.title)
        return replace(self, title=title, released_at=self.released_at if self.held else None)


def of_row(row: Any) -> Terms:
    """Return the terms that a row of assignments, or a view of one, holds."""
    names = {one.name for one in fields(Terms)} - {"late", "excused"}
    late = row.late if isinstance(row.late, Late) else Late.of(row.late)
    return Terms(**{name: getattr(row, name) for name in names}, late=late)


def put(row: Any, terms: Terms) -> None:
    """Put checked terms into a row of assignments."""
    for one in fields(Terms):
        if one.name not in {"late", "excused"}:
            setattr(row, one.name, getattr(terms, one.name))
    row.late = terms.late.stored()


def check_tries(tries: int | None) -> None:
    """Raise Unfit where nobody could have so many tries."""
    if tries is not None and not 1 <= tries <= MOST_TRIES:
        raise Unfit("tries", f"Give 1 to {MOST_TRIES} tries, or leave it empty.")


def check_order(terms: Terms) -> None:
    """Raise Unfit where it would be due or closed before it opens."""
    opens, due, closes = terms.opens_at, terms.due_at, terms.closes_at
    if opens is not None and due is not None and due <= opens:
        raise Unfit("due_at", "It has to be due after it opens.")
    if opens is not None and closes is not None and closes <= opens:
        raise Unfit("closes_at", "It has to close after it opens.")
    if due is not None and closes is not None and closes < due:
        raise Unfit("closes_at", "It cannot close before it is due.")


def _check_time(name: str, at: datetime | None) -> None:
    if at is not None and not YEARS[0] <= at.astimezone(UTC).year < YEARS[1]:
        raise Unfit(name, "This date cannot be right.")
