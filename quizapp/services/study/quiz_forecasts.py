"""How many points a learner would get at a quiz."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.forecast import Asked as AskedPart
from quizapp.core.scheduling.forecast import Forecast, Part, Place, points
from quizapp.extensions import db
from quizapp.models import Assignment, Question, QuestionPart, QuizSlot
from quizapp.services.content import questions
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import quizzes
from quizapp.services.quizzes.quizzes import QuizView
from quizapp.services.study import forecasts
from quizapp.services.study.forecasts import Faded

MOST_OF_POOL: Final = 60  # questions of a pool that are looked at, evenly spread
_CHUNK: Final = 5000  # numbers in one IN


@dataclass(frozen=True, slots=True)
class QuizForecast:
    """Points, with the band that holds them 8 times in 10; facts that it asks, and those met."""

    mean: float
    low: float
    high: float
    most: float  # points that there are
    facts: int
    met: int


@dataclass(frozen=True, slots=True)
class _Slot:
    worth: float
    draws: int
    questions: Sequence[tuple[int, int, int | None]]  # id, version, fact


def panel(person: Person, quiz: QuizView, now: datetime) -> QuizForecast | None:
    """Return the forecast for today that the page of a quiz may show this person; else None.

    Not to whom wants none, nor of a quiz that a course holds the results of: it would tell how
    one did. Whether an attempt is open is for the caller to know.
    """
    if not forecasts.wanted(person) or _is_held(quiz.id):
        return None
    return of_quiz(person, quiz, learner_day(now, person.tz, person.rollover_minutes), now)


def of_quiz(person: Person, quiz: QuizView, day: int, now: datetime) -> QuizForecast | None:
    """Return the points on a learner day without further study; None where no fact was ever met.

    Right is who knows a fact or guesses right; a question that asks several facts brings each
    one's share. What is taken off for wrong answers or second tries is not counted.
    """
    slots = _slots(quiz)
    listed = {one[0]: one for slot in slots for one in slot.questions}
    parts = _part_facts(list(listed))
    facts = {fact for _, _, fact in listed.values() if fact is not None}
    facts |= {fact for named in parts.values() for fact in named}
    known = forecasts.known_of(person, sorted(facts))
    if not known.kept:
        return None
    faded = known.on(day)
    asked = {number: _asked(one, parts[number], faded) for number, one in listed.items()}
    places = [
        Place([asked[number] for number, _, _ in slot.questions], slot.worth, slot.draws)
        for slot in slots
    ]
    found: Forecast = points(places, known.level)
    most = sum(one.worth * min(one.draws, len(one.questions)) for one in places)
    return QuizForecast(found.mean, found.low, found.high, most, len(facts), len(known.kept))


def _is_held(quiz_id: int) -> bool:
    return bool(
        db.session.scalar(
            sa.select(sa.literal(1)).where(
                Assignment.quiz_id == quiz_id, Assignment.held, Assignment.deleted_at.is_(None)
            )
        )
    )


def _slots(quiz: QuizView) -> list[_Slot]:
    rows = db.session.scalars(
        sa.select(QuizSlot).where(QuizSlot.quiz_id == quiz.id).order_by(QuizSlot.position)
    ).all()
    fixed = _fixed([row.question_id for row in rows if row.question_id is not None])
    found = []
    for row in rows:
        if row.pool:
            chosen = db.session.execute(quizzes.candidates(row.pool, quiz.bank_id)).all()
            drawn = quizzes.wanted(row.pool)
            free = [(one[0], one[1], one[2]) for one in chosen if one[0] not in fixed]
            # Of a sample: all of it would be drawn where the quiz draws more than that.
            some = free[:: max(len(free) // max(MOST_OF_POOL, drawn), 1)]
            found.append(_Slot(row.weight, min(drawn, len(free)), some))
        elif row.question_id in fixed:
            found.append(_Slot(row.weight, 1, [fixed[row.question_id]]))
    return found


def _fixed(question_ids: Collection[int]) -> dict[int, tuple[int, int, int | None]]:
    """Return id, version and fact of those of the questions that a quiz asks now."""
    rows = db.session.execute(
        sa.select(Question.id, Question.version, Question.fact_id).where(
            Question.id.in_(question_ids),
            Question.status == "active",
            Question.type.in_(quizzes.ASKED),
        )
    )
    return {question: (question, version, fact) for question, version, fact in rows}


def _part_facts(question_ids: Sequence[int]) -> Mapping[int, list[int]]:
    """Return the facts that single gaps or pairs of questions ask, one for each such part."""
    found: dict[int, list[int]] = defaultdict(list)
    for at in range(0, len(question_ids), _CHUNK):
        rows = db.session.execute(
            sa.select(QuestionPart.question_id, QuestionPart.fact_id)
            .where(QuestionPart.question_id.in_(question_ids[at : at + _CHUNK]))
            .order_by(QuestionPart.question_id, QuestionPart.part)
        )
        for question, fact in rows:
            found[question].append(fact)
    return found


def _asked(
    listed: tuple[int, int, int | None], named: Sequence[int], faded: Mapping[int, Faded]
) -> AskedPart:
    question, version, fact = listed
    form = questions.asked(question, version)
    guess = form.guess or 0.0
    share = 1 / max(_parts_of(form.kind.key(form.question)), len(named), 1)
    parts = [_part(faded.get(one), share, guess) for one in named]
    rest = max(1 - share * len(named), 0.0)
    if rest > 1e-9:
        parts.append(_part(faded.get(fact) if fact is not None else None, rest, guess))
    return AskedPart(parts)


def _parts_of(key: Mapping[str, Any] | None) -> int:
    """Return how many gaps or pairs the key of a question fills."""
    values: Iterable[Any] = (key or {}).values()
    return max((len(one) for one in values if isinstance(one, Mapping)), default=1)


def _part(one: Faded | None, share: float, guess: float) -> Part:
    if one is None:
        return Part(0.0, share=share, guess=guess)
    return Part(one.recall, one.days, share, guess)
