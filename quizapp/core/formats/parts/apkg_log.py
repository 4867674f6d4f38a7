"""Which rows of Anki's log say something of memory, told as Anki itself reads them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Row = list[int]  # id (Unix ms), ease, ivl, lastIvl, factor, time, type

LEARN, REVIEW, RELEARN, FILTERED, MANUAL, RESCHEDULED = range(6)
EARLIEST_MS = 946_684_800_000  # 2000-01-01: before any Anki
LATEST_MS = 250_000_000_000_000  # in the year 9892
LONGEST_MS = 3_600_000  # of one answer; what is longer was no thinking
MAX_ENTRIES = 10_000  # of one card; the newest count
MAX_BESIDE = 1_000
# Why a row is no answer: words of a program, which a page turns into sentences.
TIME, RATING, TWICE, BY_HAND, CRAMMED, TOO_MANY = (
    "time", "rating", "twice", "by_hand", "crammed", "too_many"
)  # fmt: skip
_KEPT = frozenset({BY_HAND, CRAMMED})


@dataclass(slots=True)
class Entry:
    """One answer, or a reset (`rating` None: the card is new again).

    ivl: whole days until Anki asks again; negative: seconds of a learning step. row: as it stands
    in the log, None for a reset that the log only implies. beside: rows that say nothing of memory
    and go back out with this one.
    """

    at_ms: int
    rating: int | None
    took_ms: int
    ivl: int
    row: Row | None
    beside: list[Row] = field(default_factory=list)

    @property
    def stays(self) -> bool:
        """Whether the card stayed in its learning steps."""
        return self.ivl <= 0


@dataclass(slots=True)
class Log:
    """A card's entries in order of time, how many rows are none by reason, and whether the log
    begins where learning began.
    """

    entries: list[Entry] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    is_whole: bool = True

    @property
    def answers(self) -> int:
        """How many entries are answers."""
        return sum(entry.rating is not None for entry in self.entries)


def log_of(rows: Sequence[Row], latest_ms: int, is_new: bool = False) -> Log:
    """Return what a card's rows say of memory; `is_new`: Anki holds the card to be new by now.

    As Anki and its benchmark have it: answers with a rating 1..4 count, also in filtered decks that
    reschedule; changes by hand and cramming do not. Forgetting a card starts its memory anew, said
    by a row or shown by a learning step after a review. Rows of no time (before 2000, after
    `latest_ms`), of no rating, or there twice are left out.
    """
    log = Log()
    waiting: list[Row] = []  # rows that are no answers, before the first one
    for row in _in_time(rows, latest_ms, log):
        why = _why_none(row)
        if why is None:
            _implied_reset(log.entries, row)
            took_ms = min(max(row[5], 0), LONGEST_MS)
            log.entries.append(Entry(row[0], row[1], took_ms, row[2], row, waiting))
            waiting = []
        elif _is_reset(row) and log.entries:
            log.entries.append(Entry(row[0], None, 0, 0, row))
        else:
            log.left_out[why] += 1
            if why in _KEPT:
                beside = log.entries[-1].beside if log.entries else waiting
                beside[MAX_BESIDE:] = []
                beside.append(row)
    if is_new and log.entries and log.entries[-1].rating is not None:
        log.entries.append(Entry(log.entries[-1].at_ms + 1, None, 0, 0, None))
    if len(log.entries) > MAX_ENTRIES:
        log.left_out[TOO_MANY] += len(log.entries) - MAX_ENTRIES
        log.entries = log.entries[-MAX_ENTRIES:]
    first = log.entries[0].row if log.entries else None
    log.is_whole = first is None or first[6] == LEARN
    return log


def _in_time(rows: Sequence[Row], latest_ms: int, log: Log) -> list[Row]:
    """Return the rows that have a time, in its order, each once."""
    timed = sorted(row for row in rows if EARLIEST_MS <= row[0] <= latest_ms)
    log.left_out[TIME] += len(rows) - len(timed)
    once = timed[:1] + [row for before, row in pairwise(timed) if before[0] != row[0]]
    log.left_out[TWICE] += len(timed) - len(once)
    log.left_out = +log.left_out
    return once


def _why_none(row: Row) -> str | None:
    """Return why a row is no answer, None where it is one."""
    _, ease, _, _, factor, _, kind = row
    if kind in (MANUAL, RESCHEDULED) or (ease == 0 and kind in range(MANUAL)):
        return BY_HAND
    if kind not in range(MANUAL) or ease not in range(1, 5):
        return RATING
    return CRAMMED if kind == FILTERED and factor == 0 else None


def _is_reset(row: Row) -> bool:
    return row[6] == MANUAL and row[1] == 0 and row[4] == 0


def _implied_reset(entries: list[Entry], row: Row) -> None:
    """Learning steps come again only after a card was made new: older Ankis logged no row of it."""
    last = entries[-1] if entries else None
    if last is None or last.row is None or last.rating is None:
        return
    if row[6] == LEARN and last.row[6] != LEARN:
        entries.append(Entry(row[0], None, 0, 0, None))
