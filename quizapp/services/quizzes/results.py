"""What an attempt came to, question by question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from quizapp.core.question import Response
from quizapp.core.scheduling.fold import CardState
from quizapp.extensions import db
from quizapp.models import LoggedResponse, Question
from quizapp.models.memory import Regrade
from quizapp.services.content import evidence
from quizapp.services.content.evidence import Passage
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempt_views
from quizapp.services.quizzes.attempt_views import Attempt, Item
from quizapp.services.quizzes.handing_in import points_of
from quizapp.services.quizzes.quiz_settings import Settings
from quizapp.services.quizzes.tries import counted
from quizapp.services.study import judged, replay


@dataclass(frozen=True, slots=True)
class Result:
    """One question of an attempt, judged."""

    item: Item
    response: Response | None
    score: float | None
    parts: Mapping[str, float]
    feedback: Sequence[str]
    outcome: str  # right, partial, wrong, waiting (for a person), none (no answer)
    points: float | None
    try_no: int
    fact_id: int | None
    passage: Passage | None
    is_regraded: bool = False  # by a corrected key, which `item` then shows
    is_by_person: bool = False  # a person has judged it last
    seq: int | None = None  # of the answer in the log
    comment: str = ""  # what a person wrote to it
    took_ms: int | None = None
    judgements: int = 0  # later ones, comments too: what tells whether it was judged meanwhile

    @property
    def is_right(self) -> bool:
        """Whether it needs no second look."""
        return self.outcome == "right"

    @property
    def is_missed(self) -> bool:
        """Whether some of it was not known; what awaits a person is neither."""
        return self.outcome in {"partial", "wrong", "none"}


def of_attempt(person: Person, attempt: Attempt) -> list[Result]:
    """Return all questions of an attempt with the try that counts, as judged last."""
    given: dict[int, list[Any]] = {}
    for row in _responses(person, attempt.n):
        given.setdefault(row.slot, []).append(row)
    best = {slot: _counting(rows, attempt.settings) for slot, rows in given.items()}
    return _results(attempt, attempt.items, best)


def _counting(rows: list[Any], settings: Settings) -> Any:
    """Return the try that counts: the first, or the best where a question may be tried again."""
    if not settings.tries_again:
        return rows[0]
    return max(
        rows, key=lambda row: (counted({row.try_no: row.fraction}, settings) or 0, row.try_no)
    )


def of_place(person: Person, attempt: Attempt, slot: int) -> Result | None:
    """Return the last answer to one question of a practice attempt, None where there is none."""
    rows = [row for row in _responses(person, attempt.n) if row.slot == slot]
    if not rows:
        return None
    return _results(attempt, [attempt.item(slot)], {slot: rows[-1]})[0]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What the questions on one paragraph of an article came to."""

    passage: Passage
    points: float
    most: float


def by_paragraph(found: Sequence[Result]) -> list[Paragraph]:
    """Return points by paragraph in the order of the text, of what is judged and has a passage."""
    sums: dict[tuple[str, int], Paragraph] = {}
    for each in found:
        if each.passage is None or each.points is None:
            continue
        key = (each.passage.article, each.passage.paragraph)
        before = sums.get(key, Paragraph(each.passage, 0.0, 0.0))
        sums[key] = Paragraph(
            before.passage, before.points + each.points, before.most + each.item.weight
        )
    return [sums[key] for key in sorted(sums)]


def card_of(person: Person, result: Result) -> CardState | None:
    """Return the learner's memory of the fact that a question tests."""
    if result.fact_id is None:
        return None
    return replay.card_of(db.session.connection(), person.id, result.fact_id)


def _responses(person: Person, n: int) -> list[Any]:
    """Return the answers of an attempt by place and try, each with its latest judgement."""
    return list(
        db.session.execute(
            sa.select(
                LoggedResponse.seq,
                LoggedResponse.slot,
                LoggedResponse.try_no,
                LoggedResponse.payload,
                LoggedResponse.detail,
                LoggedResponse.took_ms,
                Regrade.detail.label("later"),
                judged.SCORE.label("score"),
                judged.FRACTION.label("fraction"),
                Regrade.key_version,
                Regrade.why,
                Regrade.n.label("judgements"),
                judged.NOTE.label("comment"),
            )
            .outerjoin(Regrade, judged.LATEST)
            .where(LoggedResponse.user_id == person.id, LoggedResponse.attempt_n == n)
            .order_by(LoggedResponse.slot, LoggedResponse.try_no, LoggedResponse.seq)
        )
    )


def _results(attempt: Attempt, items: Sequence[Item], given: Mapping[int, Any]) -> list[Result]:
    facts = _facts([item.asked.id for item in items])
    settings = attempt.settings
    return [
        _result(item, given.get(item.slot), settings, facts.get(item.asked.id)) for item in items
    ]


def _result(item: Item, row: Any, settings: Settings, fact_id: int | None) -> Result:
    passage = evidence.of_fact(fact_id)
    if row is None:
        return Result(item, None, 0.0, {}, (), "none", 0.0, 0, fact_id, passage)
    fraction, detail = row.fraction, row.later or row.detail
    if settings.tries_again:
        fraction = counted({row.try_no: fraction}, settings)
    points = None if fraction is None else points_of(fraction, item.weight, settings.floor_zero)
    return Result(
        item=attempt_views.as_of(item, row.key_version, settings) if row.key_version else item,
        response=row.payload,
        score=row.score,
        parts=detail.get("parts", {}),
        feedback=detail.get("feedback", ()),
        outcome=_outcome(row.score),
        points=points,
        try_no=row.try_no,
        fact_id=fact_id,
        passage=passage,
        is_regraded=row.why == "key",
        is_by_person=row.why in {"person", "override"},
        seq=row.seq,
        comment=row.comment or "",
        took_ms=row.took_ms,
        judgements=row.judgements or 0,
    )


def _outcome(score: float | None) -> str:
    if score is None:
        return "waiting"
    if score >= 1:
        return "right"
    return "partial" if score > 0 else "wrong"


def _facts(question_ids: list[int]) -> dict[int, int | None]:
    rows = db.session.execute(
        sa.select(Question.id, Question.fact_id).where(Question.id.in_(question_ids))
    )
    return {row[0]: row[1] for row in rows}
