"""Some cards' pasts stored in a learner's log, with the memories that they make, by the chunk."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from quizapp.core.scheduling.fold import ReviewRow, fold
from quizapp.models import CardMark, Import, Question, QuestionPart, Review, Shelf
from quizapp.services.people.sessions import Person
from quizapp.services.study import replay, responses
from quizapp.services.transfer import history_rows
from quizapp.services.transfer.history_rows import ANSWER, IMPORT, NOTHING, RESET, Known, Past
from quizapp.services.transfer.import_reading import Choices

NOTED: Final = "history"  # what an import's options say of the reviews that came with it


@dataclass(slots=True)
class Taken:
    """What was taken over: reviews of so many cards, how many were here before, and what was not.

    left_out: rows of the log by reason; late: cards whose log does not begin where learning began.
    """

    reviews: int = 0
    cards: int = 0
    already: int = 0
    marks: int = 0
    late: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """Return it as a report keeps it."""
        left_out = {name: count for name, count in sorted(self.left_out.items()) if count}
        return {
            "reviews": self.reviews,
            "cards": self.cards,
            "already": self.already,
            "marks": self.marks,
            "late": self.late,
            "left_out": left_out,
        }


@dataclass(frozen=True, slots=True)
class Aim:
    """Whose history it is, the bank and the import that its questions came to, and with what
    choices; uses_weights: whether the weights that Anki fitted are to be put to use.
    """

    user_id: int
    bank_id: int
    import_id: int
    choices: Choices = field(default_factory=Choices)
    uses_weights: bool = False


class Chunk:
    """Some cards' pasts on their way into a learner's log, inside one transaction."""

    def __init__(
        self, session: Session, person: Person, aim: Aim, now: datetime, taken: Taken
    ) -> None:
        self._session, self._connection = session, session.connection()
        self._person, self._aim, self._now, self._taken = person, aim, now, taken

    def store(self, pasts: Sequence[Past]) -> None:
        """Write what the log lacks, fold the cards anew, and set the marks."""
        responses.take_seq(self._connection, self._person.id, 0)  # locks the learner
        ids = [past.question_id for past in pasts]
        facts = self._facts(ids)
        known = self._known(ids)
        rows: list[dict[str, Any]] = []
        marks: dict[int, Any] = {}
        for past in pasts:
            fact_id = facts.get(past.question_id)
            if fact_id is None:
                continue
            new = history_rows.new_rows(self._person, past, known.get(past.question_id, NOTHING))
            added = [{**row, "fact_id": fact_id} for row in new]
            self._count(past, added)
            rows += added
            mark = history_rows.mark_of(self._person, past.history, self._now)
            if mark is not None:
                marks.setdefault(fact_id, mark)
        self._note(self._write(rows), self._mark(marks))

    def _count(self, past: Past, added: Sequence[dict[str, Any]]) -> None:
        taken, log = self._taken, past.log
        reviews = sum(row["kind"] == IMPORT for row in added)
        taken.reviews += reviews
        taken.cards += reviews > 0
        taken.already += log.answers - reviews
        taken.late += reviews > 0 and not log.is_whole
        taken.left_out.update(log.left_out)

    def _facts(self, ids: Sequence[int]) -> dict[int, int]:
        query = sa.select(Question.id, Question.fact_id).where(
            Question.id.in_(ids), Question.fact_id.is_not(None), Question.status == "active"
        )
        return dict(self._session.execute(query).all())  # type: ignore[arg-type]

    def _known(self, ids: Sequence[int]) -> dict[int, Known]:
        times: dict[int, dict[str, set[int]]] = {}
        query = sa.select(Review.question_id, Review.kind, Review.at).where(
            Review.user_id == self._person.id,
            Review.question_id.in_(ids),
            Review.kind.in_((ANSWER, IMPORT, RESET)),
        )
        for question_id, kind, at in self._connection.execute(query):
            kinds = times.setdefault(question_id, {IMPORT: set(), RESET: set(), ANSWER: set()})
            kinds[kind].add(round(at.timestamp() * 1000))
        return {
            question_id: Known(kinds[IMPORT], kinds[RESET], kinds[ANSWER])
            for question_id, kinds in times.items()
        }

    def _write(self, rows: Sequence[dict[str, Any]]) -> list[int]:
        """Write rows and fold their cards; returns the first and last of their numbers, if any."""
        if not rows:
            return []
        person, connection = self._person, self._connection
        facts = sorted({row["fact_id"] for row in rows})
        met = self._met(facts)
        before = {fact: replay.rows_of(connection, person.id, fact) for fact in met}
        first = responses.take_seq(connection, person.id, len(rows))
        numbered = [{"user_id": person.id, "seq": first + n, **row} for n, row in enumerate(rows)]
        connection.execute(sa.insert(Review), numbered)
        for fact, past in before.items():
            replay.refold(connection, person, fact, past)
        self._fold([row for row in numbered if row["fact_id"] not in met])
        self._take_up()
        return [first, first + len(rows) - 1]

    def _met(self, facts: Sequence[int]) -> set[int]:
        """Return those of the facts that the log says anything of."""
        asked = sa.union(
            sa.select(Question.id, Question.fact_id).where(Question.fact_id.in_(facts)),
            sa.select(QuestionPart.question_id, QuestionPart.fact_id).where(
                QuestionPart.fact_id.in_(facts)
            ),
        ).subquery()
        seen = sa.select(asked.c.fact_id).join(
            Review, sa.and_(Review.user_id == self._person.id, Review.question_id == asked.c.id)
        )
        return set(self._session.scalars(seen.distinct()))

    def _fold(self, rows: Sequence[dict[str, Any]]) -> None:
        """Store the cards of facts of which these rows are all that there is."""
        person, connection = self._person, self._connection
        weights = replay.all_weights(connection, person.id)
        by_fact: dict[int, list[ReviewRow]] = {}
        for row in rows:
            by_fact.setdefault(row["fact_id"], []).append(replay.row_of(row))
        for fact, mine in by_fact.items():
            card = fold(mine, weights, person.tz, person.rollover_minutes)
            replay.store(connection, person.id, fact, card)

    def _take_up(self) -> None:
        """Put the bank on the shelf, as a first answer does."""
        insert: Any = postgresql.insert
        if self._connection.dialect.name == "sqlite":
            insert = sqlite.insert
        row = {"user_id": self._person.id, "bank_id": self._aim.bank_id, "added_at": self._now}
        self._connection.execute(
            insert(Shelf).on_conflict_do_nothing(index_elements=["user_id", "bank_id"]), row
        )

    def _mark(self, marks: Mapping[int, Mapping[str, Any]]) -> list[list[int]]:
        """Set the marks of facts that the learner has none on; returns fact, flag, suspended."""
        user_id = self._person.id
        query = sa.select(CardMark.fact_id).where(
            CardMark.user_id == user_id, CardMark.fact_id.in_(marks)
        )
        there = set(self._session.scalars(query))
        new = {fact_id: mark for fact_id, mark in marks.items() if fact_id not in there}
        if new:
            rows = [{"user_id": user_id, "fact_id": fact, **mark} for fact, mark in new.items()]
            self._connection.execute(sa.insert(CardMark), rows)
        self._taken.marks += len(new)
        return [
            [fact, mark["flag"], int(mark["suspended_at"] is not None)]
            for fact, mark in new.items()
        ]

    def _note(self, seqs: list[int], marked: list[list[int]]) -> None:
        """Note with the import what came with it, so that it can be taken back."""
        if not seqs and not marked:
            return
        record = self._session.get_one(Import, self._aim.import_id, with_for_update=True)
        noted = dict(record.options.get(NOTED) or {"user": self._person.id})
        noted["seqs"] = [*noted.get("seqs", []), *([seqs] if seqs else [])]
        noted["marks"] = [*noted.get("marks", []), *marked]
        record.options = {**record.options, NOTED: noted}
