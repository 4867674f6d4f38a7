"""The versions of a question: who wrote which when and why, and what differs between two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.core.question import Question
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.version_diff import Change, difference
from quizapp.extensions import db
from quizapp.models import Bank, QuestionVersion, User
from quizapp.services.content.editable_questions import row_of
from quizapp.services.content.questions import Absent


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One version in a list. `starts_anew`: its key or options differ from the version before."""

    number: int
    edited_at: datetime
    by: str | None  # a name; None where it was imported or is not known
    reason: str | None
    starts_anew: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of a question."""

    old: int
    new: int
    changes: Sequence[Change]
    counts_together: bool  # whether their statistics are the same


def list_versions(bank: Bank, uid: str) -> list[VersionEntry]:
    """Return the versions of a question, the newest first; Absent where the bank has no such."""
    question = row_of(db.session(), bank.id, uid)
    rows = db.session.execute(
        sa.select(
            QuestionVersion.number,
            QuestionVersion.edited_at,
            User.name,
            QuestionVersion.reason,
            QuestionVersion.stat_group,
        )
        .outerjoin(User, User.id == QuestionVersion.edited_by)
        .where(QuestionVersion.question_id == question.id)
        .order_by(QuestionVersion.number)
    ).all()
    groups = [rows[0].stat_group if rows else 1, *(row.stat_group for row in rows)]
    listed = [
        VersionEntry(number, at, name or None, reason, group != before)
        for (number, at, name, reason, group), before in zip(rows, groups, strict=False)
    ]
    return listed[::-1]


def compare(bank: Bank, uid: str, old: int, new: int) -> Comparison:
    """Return what differs between two versions; Absent where there is no such question or version.

    The older one always comes first.
    """
    old, new = sorted((old, new))
    question = row_of(db.session(), bank.id, uid)
    one, other = (db.session.get(QuestionVersion, (question.id, number)) for number in (old, new))
    if one is None or other is None:
        raise Absent
    changes = difference(
        Question(question.type, one.stem, one.body),
        Question(question.type, other.stem, other.body),
        QUESTION_TYPES[question.type].FIELDS,
    )
    return Comparison(old, new, changes, one.stat_group == other.stat_group)
