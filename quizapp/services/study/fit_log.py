"""A learner's log of reviews as what weights are fitted to and measured on."""

from collections import defaultdict
from typing import Final

import sqlalchemy as sa

from quizapp.core.scheduling.fold import ReviewRow
from quizapp.core.scheduling.gate import ANSWERS, FactLog
from quizapp.models import Review
from quizapp.services.study import replay

MOST_ROWS: Final = 200_000  # of a longer log every second, third ... fact is left out

_ALL = replay.REVIEWS_WITH_FACT
_FACT_NOW = _ALL.selected_columns.fact_now
_COLUMNS = (
    _FACT_NOW, Review.seq, Review.kind, Review.at, Review.day, Review.rating, Review.p_knew,
    Review.due_day, Review.due_at, Review.details, Review.voids_seq,
)  # fmt: skip


def scored(user_id: int) -> sa.ColumnElement[bool]:
    """Say which reviews of a learner can be foretold: a day or more after the last, not undone."""
    undone = sa.select(Review.voids_seq).where(
        Review.user_id == user_id, Review.voids_seq.is_not(None)
    )
    return sa.and_(
        Review.user_id == user_id,
        Review.kind.in_(ANSWERS),
        Review.delta_days >= 1,
        Review.seq.not_in(undone),
    )


def scored_count(connection: sa.Connection, user_id: int) -> int:
    """Return how many answers of a learner can be foretold."""
    return connection.execute(sa.select(sa.func.count()).where(scored(user_id))).scalar_one()


def read(connection: sa.Connection, user_id: int, first: int | None = None) -> list[FactLog]:
    """Return a learner's log, or its first rows, by facts as the questions belong to them now."""
    count = connection.execute(
        sa.select(sa.func.count()).select_from(Review).where(Review.user_id == user_id)
    ).scalar_one()
    select = _ALL.with_only_columns(*_COLUMNS, maintain_column_froms=True).where(
        Review.user_id == user_id
    )
    if first is not None:
        select = select.order_by(Review.seq).limit(first)
    elif (share := -(-count // MOST_ROWS)) > 1:
        select = select.where(_FACT_NOW % share == 0)
    rows: dict[int, list[ReviewRow]] = defaultdict(list)
    guesses: dict[int, dict[int, float]] = defaultdict(dict)
    for (
        fact_id,
        seq,
        kind,
        at,
        day,
        rating,
        p_knew,
        due_day,
        due_at,
        details,
        voids,
    ) in connection.execute(select):
        row = ReviewRow(
            seq, kind, at, day, rating, p_knew, due_day, due_at,
            details.get("source", "study"), voids_seq=voids,
        )  # fmt: skip
        rows[fact_id].append(row)
        if details.get("guess"):
            guesses[fact_id][row.seq] = float(details["guess"])
    return [FactLog(mine, guesses[fact_id]) for fact_id, mine in sorted(rows.items())]
