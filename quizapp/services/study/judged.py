"""Answers as they are judged now: a later judgement stands in place of the first one.

Queries of LoggedResponse add `.outerjoin(Regrade, LATEST)` and select SCORE or FRACTION; NOTE is
what a person wrote to the answer.
"""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.models import LoggedResponse
from quizapp.models.memory import Regrade

_newer = aliased(Regrade)
_is_superseded = sa.exists().where(
    _newer.user_id == Regrade.user_id, _newer.seq == Regrade.seq, _newer.n > Regrade.n
)
LATEST = sa.and_(
    Regrade.user_id == LoggedResponse.user_id,
    Regrade.seq == LoggedResponse.seq,
    ~_is_superseded,
)
_is_first = Regrade.n.is_(None)  # nothing has judged it anew
SCORE = sa.case((_is_first, LoggedResponse.score), else_=Regrade.score)
FRACTION = sa.case((_is_first, LoggedResponse.fraction), else_=Regrade.fraction)

_noted = aliased(Regrade)
NOTE = (  # what a person wrote last to an answer; "" where it was taken back
    sa.select(_noted.note)
    .where(
        _noted.user_id == LoggedResponse.user_id,
        _noted.seq == LoggedResponse.seq,
        _noted.note.is_not(None),
    )
    .order_by(_noted.n.desc())
    .limit(1)
    .correlate(LoggedResponse)
    .scalar_subquery()
)
