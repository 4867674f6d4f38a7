"""What Anki's log and card become here: rows of the log of reviews, and a learner's marks.

Days are the learner's own, by zone and rollover here: where both are as in Anki, so are the days.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from quizapp.core.formats.model import QuestionIn
from quizapp.core.formats.parts import apkg_dues, apkg_history, apkg_log
from quizapp.core.formats.parts.apkg_history import History
from quizapp.core.formats.parts.apkg_log import Entry, Log
from quizapp.core.formats.parts.apkg_values import whole
from quizapp.core.scheduling.days import day_start, learner_day
from quizapp.core.scheduling.fsrs import ENGINE, MAXIMUM_DAYS
from quizapp.services.people.sessions import Person

IMPORT, RESET, ANSWER = "import", "reset", "answer"  # kinds of reviews
STEP, OTHER = "study", "import"  # what `source` says: left in its learning steps, or not
ROW, BESIDE, CARD, DAYS = "anki", "beside", "card", "days"  # what `details` hold to be given back
NEAR_MS: Final = 1_000  # an answer given here comes back with its time, or one near by
SKEW: Final = timedelta(days=1)  # a clock that goes ahead
_LONGEST_STEP_S: Final = 400 * 86_400
_OF_CARD = (
    "id", "ord", "mod", "type", "queue", "due", "ivl", "factor", "reps", "lapses", "left", "odue",
    "odid", "flags", "data", "deck",
)  # fmt: skip
_MAX_DATA = 1_000


@dataclass(frozen=True, slots=True)
class Past:
    """A question, and what Anki knows of its card."""

    question_id: int
    history: History
    log: Log


@dataclass(frozen=True, slots=True)
class Known:
    """The times (Unix ms) of what a learner's log has of a question."""

    imported: Collection[int]
    resets: Collection[int]
    answered: Collection[int]

    def has(self, entry: Entry) -> bool:
        """Say whether an entry is there already."""
        if entry.rating is None:
            return entry.at_ms in self.resets
        near = (abs(entry.at_ms - at) < NEAR_MS for at in self.answered)
        return entry.at_ms in self.imported or any(near)


NOTHING: Final = Known((), (), ())


def past_in(item: QuestionIn, question_id: int, now: datetime | None = None) -> Past | None:
    """Return the past of a question's card as far as it lies before `now`; None where it has none.

    A question that cannot be asked here has its past in what was kept of it.
    """
    history = apkg_history.history_of(item.raw)
    if history is None and item.body.get("raw_format") == apkg_history.FORMAT:
        history = apkg_history.loaded(str(item.body.get("raw")))
    if history is None:
        return None
    latest_ms = int((now + SKEW).timestamp() * 1000) if now else apkg_log.LATEST_MS
    log = apkg_log.log_of(history.reviews, latest_ms, apkg_dues.is_new(history))
    return Past(question_id, history, log)


def in_items(items: Iterable[QuestionIn]) -> tuple[int, int]:
    """Return how many answers of how many cards these questions bring along."""
    counts = [past.log.answers for item in items if (past := past_in(item, 0)) is not None]
    return sum(counts), sum(count > 0 for count in counts)


def new_rows(person: Person, past: Past, known: Known) -> Iterator[dict[str, Any]]:
    """Yield the columns of each entry that the log lacks, but for `seq` and `fact_id`."""
    before: int | None = None
    for entry in past.log.entries:
        row = _row(person, past, entry)
        if before is not None and entry.rating is not None:
            row["delta_days"] = max(row["day"] - before, 0)
        before = None if entry.rating is None else row["day"]
        if not known.has(entry):
            yield row


def _row(person: Person, past: Past, entry: Entry) -> dict[str, Any]:
    at = datetime.fromtimestamp(entry.at_ms // 1000, UTC)
    at += timedelta(milliseconds=entry.at_ms % 1000)  # exact, unlike a float
    day = learner_day(at, person.tz, person.rollover_minutes)
    is_last = entry is past.log.entries[-1]
    stays = apkg_dues.is_learning(past.history) if is_last else entry.stays
    due_day, due_at = (None, None) if entry.rating is None else _due(person, past, entry, at, day)
    return {
        "response_seq": None,
        "kind": RESET if entry.rating is None else IMPORT,
        "question_id": past.question_id,
        "part": None,
        "rating": entry.rating,
        "p_knew": None,
        "at": at,
        "day": day,
        "delta_days": 0,
        "took_ms": None if entry.rating is None else entry.took_ms,
        "engine": ENGINE,
        "params_version": person.params_version,
        "due_day": due_day,
        "due_at": due_at,
        "voids_seq": None,
        "details": _details(past.history, entry, STEP if stays else OTHER, is_last),
    }


def _details(history: History, entry: Entry, source: str, is_last: bool) -> dict[str, Any]:
    """Return what is needed to give all of it back."""
    details: dict[str, Any] = {"source": source}
    if entry.row is not None:
        details[ROW] = list(entry.row)
    if entry.beside:
        details[BESIDE] = [list(row) for row in entry.beside]
    if is_last:
        card = {name: history.card.get(name) for name in _OF_CARD if name in history.card}
        card["data"] = str(card.get("data") or "")[:_MAX_DATA]
        details[CARD] = card
        days = {"crt": history.crt, "rollover": history.rollover}
        if history.offset_minutes is not None:
            days["offset_minutes"] = history.offset_minutes
        details[DAYS] = days
    return details


def _due(person: Person, past: Past, entry: Entry, at: datetime, day: int) -> tuple[int, datetime]:
    """Return when Anki asked again: as the card says after the last answer, else by the log."""
    due: int | datetime | None = None
    if entry is past.log.entries[-1]:
        due = apkg_dues.due_of(past.history, person.tz)
    if due is None:
        wait_s = min(max(-entry.ivl, 0), _LONGEST_STEP_S)
        due = at + timedelta(seconds=wait_s) if entry.stays else day + entry.ivl
    if isinstance(due, datetime):
        due_at = min(max(due, at), at + timedelta(days=MAXIMUM_DAYS))
        return max(day, learner_day(due_at, person.tz, person.rollover_minutes)), due_at
    due_day = min(max(due, day), day + MAXIMUM_DAYS)
    return due_day, max(day_start(due_day, person.tz, person.rollover_minutes), at)


def mark_of(person: Person, history: History, now: datetime) -> Mapping[str, Any] | None:
    """Return what Anki has set aside or flagged as the columns of a mark; None for neither."""
    card = history.card
    queue, flag = whole(card.get("queue")), whole(card.get("flags")) & 7
    until = None
    if queue in apkg_dues.BURIED and 0 < whole(card.get("mod")) < apkg_dues.LAST_INSTANT:
        buried = datetime.fromtimestamp(whole(card.get("mod")), UTC)
        until = learner_day(buried, person.tz, person.rollover_minutes) + 1
        today = learner_day(now, person.tz, person.rollover_minutes)
        until = today + 1 if until == today + 1 else None  # Anki gives it back the day after
    suspended = now if queue == apkg_dues.SUSPENDED else None
    if suspended is None and until is None and not flag:
        return None
    return {"suspended_at": suspended, "buried_until_day": until, "flag": flag, "note": None}
