"""The log of what people decided about drafts: rows are added, never changed.

The first row of a question, without a decision, says how it was drafted: way, score, features, and
warnings in `reasons`. Each decision adds a row: accept, edit (accepted in other words), reject
with its code in `reasons`, or undo with the id of the row that it takes back. Editing what was
accepted adds an edit, too, and publish says with its uid that a quiz asks it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.question import Question as Content
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.extensions import db
from quizapp.models import DraftReview, Evidence, Fact, Question, QuestionVersion
from quizapp.services.content import bulk
from quizapp.services.content.question_drafts import blocks

STATUS: Mapping[str | None, str] = {
    "accept": "active",
    "edit": "active",
    "reject": "retired",
    None: "draft",
}


@dataclass(slots=True)
class Log:
    """What is known of one draft: how it was drafted, and the decisions that stand, in order."""

    drafted: DraftReview
    standing: list[DraftReview] = field(default_factory=list)
    quizzes: set[str] = field(default_factory=set)  # it was put into since it was accepted

    @property
    def last(self) -> DraftReview | None:
        """The decision that counts."""
        return self.standing[-1] if self.standing else None

    def decision(self, question: Question) -> str | None:
        """Return what was decided, as far as the question is still in the state that it gave.

        One that was edited into use counts as decided, too.
        """
        if self.last is not None and STATUS[self.last.decision] == question.status:
            return self.last.decision
        if question.status != "active":
            return None
        return "edit" if question.version > 1 else "accept"


def drafts_of(session: Session, article_id: int) -> Sequence[Question]:
    """Return the questions that were drafted, on facts that the article proves or proved."""
    proved = sa.select(Evidence.fact_id).where(Evidence.article_id == article_id)
    drafted = sa.exists().where(DraftReview.question_id == Question.id)
    query = sa.select(Question).where(Question.fact_id.in_(proved), drafted)
    return session.scalars(query.order_by(Question.position, Question.id)).all()


def logs(session: Session, question_ids: Iterable[int] | None) -> dict[int, Log]:
    """Return the logs of these questions, or of all that were drafted, by their ids."""
    query = sa.select(DraftReview).order_by(DraftReview.id)
    if question_ids is not None:
        query = query.where(DraftReview.question_id.in_(list(question_ids)))
    rows: dict[int, list[DraftReview]] = defaultdict(list)
    for row in session.scalars(query):
        rows[row.question_id].append(row)
    return {id_: _log(listed) for id_, listed in rows.items()}


def _log(rows: Sequence[DraftReview]) -> Log:
    first, *decided = rows
    log = Log(first)
    for row in decided:
        if row.decision == "publish":
            log.quizzes.update(row.reasons)
            continue
        if row.decision in {"undo", "reject"}:
            log.quizzes.clear()
        if row.decision == "undo":
            log.standing = [one for one in log.standing if one.id not in row.reasons]
        elif row.decision == "edit" and log.last and STATUS[log.last.decision] == "active":
            log.standing[-1] = row  # what was accepted is accepted in other words now
        else:
            log.standing.append(row)
    return log


def add(
    session: Session,
    log: Log,
    decision: str,
    reasons: Sequence[Any],
    by: int,
    now: datetime,
) -> None:
    """Add a decision to the log."""
    first = log.drafted
    session.add(
        DraftReview(
            question_id=first.question_id,
            way=first.way,
            score=first.score,
            reasons=list(reasons),
            decision=decision,
            by=by,
            at=now,
        )
    )


def apply(session: Session, question: Question, decision: str | None) -> None:
    """Let a question be asked, or not, as was decided."""
    question.status, question.edited_here = STATUS[decision], True
    if decision != "reject":
        facts = bulk.facts_of(session, [question])
        session.execute(sa.update(Fact).where(Fact.id.in_(facts)).values(status="active"))


def note_edit(session: Session, question: Question, changed: bool, by: int, now: datetime) -> None:
    """Log that a person has edited a question, where it was drafted and is in use.

    changed: whether it has a new version by that.
    """
    if question.status != "active":
        return
    log = logs(session, [question.id]).get(question.id)
    if log is None:
        return
    is_accepted = log.last is not None and STATUS[log.last.decision] == "active"
    if changed or not is_accepted:
        add(session, log, "edit" if question.version > 1 else "accept", [], by, now)


def is_sound(session: Session, question: Question) -> bool:
    """Say whether a question can be asked as it stands; editing may have broken it."""
    version = session.get_one(QuestionVersion, (question.id, question.version))
    content = Content(question.type, version.stem, version.body)
    return not any(map(blocks, QUESTION_TYPES[question.type].problems(content)))


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft that somebody has judged: what its score was made of, and accept, edit or reject."""

    features: Mapping[str, float]
    decision: str


def judged() -> list[Judged]:
    """Return all decided drafts of the instance; for refitting the weights."""
    session = db.session()
    known = logs(session, None)
    found = []
    for question in session.scalars(sa.select(Question).where(Question.id.in_(list(known)))):
        log = known[question.id]
        if decision := log.decision(question):
            found.append(Judged(log.drafted.features, decision))
    return found
