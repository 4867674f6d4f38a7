"""Choosing the facts of a study goal."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Fact
from quizapp.services.courses.assignments import AssignmentView

MOST_OFFERED = 300  # facts to tick; of a larger bank, chosen ones beyond them stay chosen


@dataclass(frozen=True, slots=True)
class Offered:
    """A fact that a goal may name."""

    uid: str
    statement: str
    is_chosen: bool


def offered(goal: AssignmentView) -> list[Offered]:
    """Return the facts of a goal's bank in order, the first ones of a large bank."""
    named = None if goal.fact_ids is None else set(goal.fact_ids)
    return [
        Offered(row.uid, row.statement, named is None or row.id in named) for row in _facts(goal)
    ]


def chosen(goal: AssignmentView, uids: Collection[str]) -> Sequence[int]:
    """Return the ids of the facts ticked, and of those chosen before that were not offered."""
    ticked, rows = set(uids), _facts(goal)
    shown = {row.id for row in rows}
    before = [fact for fact in goal.fact_ids or () if fact not in shown]
    return [row.id for row in rows if row.uid in ticked] + before


def _facts(goal: AssignmentView) -> Sequence[Fact]:
    return db.session.scalars(
        sa.select(Fact)
        .where(Fact.bank_id == goal.bank_id, Fact.status == "active")
        .order_by(Fact.position, Fact.id)
        .limit(MOST_OFFERED)
    ).all()
