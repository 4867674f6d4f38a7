"""A learner's own history on its way into an Anki package: each answer, and what a card is now."""

import json
from collections.abc import Sequence
from math import isclose
from typing import Any, Final

import sqlalchemy as sa

from quizapp.core.formats.model import RawBlock
from quizapp.core.formats.parts import apkg_dues, apkg_history, apkg_log
from quizapp.core.formats.parts.apkg_history import History
from quizapp.core.formats.parts.apkg_values import loaded, whole
from quizapp.core.scheduling.fold import CardState, ReviewRow, history
from quizapp.core.scheduling.fsrs import LEARNING, RELEARNING, REVIEW, Weights
from quizapp.extensions import db
from quizapp.models import CardMark, Import, Question, Review
from quizapp.services.people.sessions import Person
from quizapp.services.study import replay
from quizapp.services.transfer.history_rows import BESIDE, CARD, DAYS, RESET, ROW

SAME: Final = 1e-3  # stabilities that differ by less are one, rounded
CHUNK: Final = 500  # questions whose reviews are read at once
FACTOR: Final = 2500  # what Anki begins with, in permille; FSRS does not look at it
_TYPES: Final = {LEARNING: 1, REVIEW: 2, RELEARNING: 3}
_STEPS_LEFT: Final = {0: 2, 1: 1}  # of the two learning steps
_REVIEWED: Final = (apkg_log.REVIEW, apkg_log.RELEARN, apkg_log.FILTERED)
_COLUMNS = (
    Review.seq, Review.kind, Review.at, Review.day, Review.rating, Review.p_knew, Review.due_day,
    Review.due_at, Review.engine, Review.params_version, Review.voids_seq, Review.question_id,
    Review.took_ms, Review.details,
)  # fmt: skip


class Histories:
    """The histories of one learner with the questions of a bank, asked for in their order."""

    def __init__(self, person: Person, questions: Sequence[Question]) -> None:
        self._person = person
        self._ids = [question.id for question in questions]
        self._read_to = 0
        self._rows: dict[int, list[ReviewRow]] = {}
        self._details: dict[int, dict[str, Any]] = {}
        self._took_ms: dict[int, int] = {}
        connection = db.session.connection()
        self._weights = replay.all_weights(connection, person.id)
        mine = sa.select(Import.id).where(Import.user_id == person.id)
        self._imports = set(db.session.scalars(mine))
        marks = sa.select(CardMark).where(CardMark.user_id == person.id)
        self._marks = {mark.fact_id: mark for mark in db.session.scalars(marks)}
        rollover = person.rollover_minutes // 60
        self._days: dict[str, Any] = {
            "crt": apkg_dues.CRT, "rollover": rollover, "offset_minutes": 0
        }  # fmt: skip
        if person.params_version:
            self._days["weights"] = list(self._weights[person.params_version])

    def of(self, question: Question, block: RawBlock | None) -> RawBlock | None:
        """Return the past to write beside a question, instead of what came in with it.

        That was somebody's own, so it stays only where the learner brought it and did not take it
        over; the note that it belongs to stays in any case. Blocks of other formats are untouched.
        """
        if block is not None and block.format != apkg_history.FORMAT:
            return block
        self._read(question.id)
        rows = self._rows.pop(question.id, [])
        known = apkg_history.history_of(block) or History()
        if not rows and question.import_id in self._imports:
            return block
        steps = list(history(rows, self._weights))
        revlog = self._revlog(steps)
        state = self._state(question.fact_id) if steps else None
        card = self._card(known, question, steps, state)
        return apkg_history.block(known.note, card, revlog, self._days) or _kept(known, card, self)

    @property
    def days(self) -> dict[str, Any]:
        """What the days of all cards count from."""
        return self._days

    def _read(self, question_id: int) -> None:
        """Read the reviews of the next questions, up to the one that is asked for."""
        while question_id not in self._rows and self._read_to < len(self._ids):
            some = self._ids[self._read_to : self._read_to + CHUNK]
            self._read_to += CHUNK
            self._details.clear()
            self._took_ms.clear()
            self._rows = {id_: [] for id_ in some}
            query = sa.select(*_COLUMNS).where(
                Review.user_id == self._person.id,
                Review.question_id.in_(some),
                Review.part.is_(None),
            )
            for *values, question, took_ms, details in db.session.execute(query):
                seq, kind, at, day, rating, p_knew, due_day, due_at, engine, version, voids = values
                source = details.get("source", "study")
                row = ReviewRow(
                    seq, kind, at, day, rating, p_knew, due_day, due_at, source, engine, version,
                    voids, question,
                )  # fmt: skip
                self._rows[question].append(row)
                self._details[seq] = details
                self._took_ms[seq] = took_ms or 0

    def _state(self, fact_id: int | None) -> CardState | None:
        if fact_id is None:
            return None
        return replay.card_of(db.session.connection(), self._person.id, fact_id)

    def _revlog(
        self, steps: Sequence[tuple[CardState | None, ReviewRow, CardState | None]]
    ) -> list[list[int]]:
        log: list[list[int]] = []
        is_reviewed = False  # since it was new: learning steps would say that it was forgotten
        for before, row, after in steps:
            details = self._details[row.seq]
            if ROW in details:
                log.append([whole(value) for value in details[ROW]])
            elif row.kind == RESET and details.get("source") is None:
                log.append([_ms(row), 0, 0, 0, 0, 0, apkg_log.MANUAL])
            elif row.rating is not None and after is not None:
                last_ivl, took_ms = log[-1][2] if log else 0, self._took_ms[row.seq]
                log.append(_logged(row, before, after, (last_ivl, took_ms), is_reviewed))
            log += [[whole(value) for value in beside] for beside in details.get(BESIDE, ())]
            is_reviewed = row.kind != RESET and (
                is_reviewed or bool(log and log[-1][6] in _REVIEWED)
            )
        return log

    def _card(
        self,
        known: History,
        question: Question,
        steps: Sequence[tuple[CardState | None, ReviewRow, CardState | None]],
        state: CardState | None,
    ) -> dict[str, Any]:
        """Return the card as Anki is to have it: as it came, where nothing was answered since."""
        told = [row for _, row, _ in steps if row.kind != "reparam"]
        card = {name: known.card.get(name) for name in ("id", "ord", "mod", "deck")}
        bases = [self._details[row.seq] for row in told if CARD in self._details[row.seq]]
        base = bases[-1] if bases else {}
        card = _NEW | {name: value for name, value in card.items() if value is not None}
        card |= {k: v for k, v in base.get(CARD, {}).items() if k not in ("id", "ord", "deck")}
        untouched = bool(told) and CARD in self._details[told[-1].seq]
        if untouched:
            due = apkg_dues.due_of(_dated(card, base.get(DAYS, {})), self._person.tz)
            if isinstance(due, int):
                card["due"] = due - apkg_dues.CRT_DAY
            elif due is not None:
                card["due"] = int(due.timestamp())
            card |= {"odue": 0, "odid": 0}
            if state is not None:
                _correct(card, state)
        elif state is not None:
            card |= self._studied(card, state)
        self._set_aside(card, question.fact_id)
        return card

    def _studied(self, card: dict[str, Any], state: CardState) -> dict[str, Any]:
        weights: Weights = self._weights[state.params_version]
        is_due = state.state == REVIEW
        data = loaded(card.get("data")) | {
            "s": round(state.stability, 4),
            "d": round(state.difficulty, 3),
            "dr": round(self._person.desired_retention, 2),
            "decay": round(weights[20], 3),
            "lrt": int(state.last_at.timestamp()),
        }
        left = _STEPS_LEFT.get(state.step or 0, 1) if state.state == LEARNING else 1
        return {
            "type": _TYPES[state.state],
            "queue": apkg_dues.QUEUE_DUE if is_due else apkg_dues.QUEUE_LEARNING,
            "due": state.due_day - apkg_dues.CRT_DAY if is_due else int(state.due_at.timestamp()),
            "ivl": max(state.interval_days, 1) if state.state != LEARNING else 0,
            "factor": whole(card.get("factor")) or FACTOR,
            "reps": state.reps,
            "lapses": state.lapses,
            "left": 0 if is_due else left,
            "odue": 0,
            "odid": 0,
            "data": json.dumps(data, separators=(",", ":")),
        }

    def _set_aside(self, card: dict[str, Any], fact_id: int | None) -> None:
        mark = self._marks.get(fact_id or 0)
        card["flags"] = (whole(card.get("flags")) & ~7) | (mark.flag if mark else 0)
        if mark is not None and mark.suspended_at is not None:
            card["queue"] = apkg_dues.SUSPENDED
        elif whole(card["queue"]) == apkg_dues.SUSPENDED:
            kind, due = whole(card["type"]), whole(card["due"])
            waits = 1 if due >= apkg_dues.FIRST_INSTANT else 3
            card["queue"] = kind if kind in (apkg_dues.NEW, apkg_dues.DUE) else waits


_NEW: Final[dict[str, Any]] = {
    **dict.fromkeys(
        ("id", "ord", "mod", "type", "queue", "due", "ivl", "factor", "reps", "lapses", "left",
         "odue", "odid", "flags"), 0
    ),
    "data": "",
    "deck": "",
}  # fmt: skip


def _kept(known: History, card: dict[str, Any], histories: Histories) -> RawBlock | None:
    """Return a block that keeps the note of a card without a past; None where there is none."""
    if not known.note:
        return None
    return RawBlock(apkg_history.FORMAT, apkg_history.dumped(known.note, card, [], histories.days))


def _correct(card: dict[str, Any], state: CardState) -> None:
    """Tell the memory as it is known here, where answers given here lie between Anki's."""
    data = loaded(card.get("data"))
    known = data.get("s")
    if isinstance(known, int | float) and not isclose(known, state.stability, rel_tol=SAME):
        data |= {"s": round(state.stability, 4), "d": round(state.difficulty, 3)}
        card["data"] = json.dumps(data, separators=(",", ":"))


def _dated(card: dict[str, Any], days: dict[str, Any]) -> History:
    offset = days.get("offset_minutes")
    return History({}, card, [], whole(days.get("crt")), whole(days.get("rollover")), offset)


def _logged(
    row: ReviewRow,
    before: CardState | None,
    after: CardState,
    known: tuple[int, int],
    is_reviewed: bool,
) -> list[int]:
    """Return an answer given here as Anki logs one; `known`: interval before it, its time taken."""
    if after.state == REVIEW:
        ivl = max((row.due_day or row.day) - row.day, 1)
    else:
        ivl = -max(int((row.due_at - row.at).total_seconds()), 1) if row.due_at else -1
    kind = apkg_log.LEARN
    if before is not None and before.state == REVIEW:
        kind = apkg_log.REVIEW
    elif is_reviewed or (before is not None and before.state == RELEARNING):
        kind = apkg_log.RELEARN
    factor = round(((after.difficulty - 1) / 9 + 0.1) * 1000)  # as Anki tells difficulty in its log
    return [_ms(row), row.rating or 0, ivl, known[0], factor, known[1], kind]


def _ms(row: ReviewRow) -> int:
    return round(row.at.timestamp() * 1000)
