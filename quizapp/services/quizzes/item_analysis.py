"""Item analysis of a quiz and of a bank: figures, answers and proposals for each question."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from quizapp.core.statistics.items import analyse
from quizapp.core.statistics.items_model import TotalFigures
from quizapp.extensions import db
from quizapp.models import Attempt, ErasedResult, LoggedResponse, Question, Quiz, QuizSlot
from quizapp.services.content import questions
from quizapp.services.quizzes.item_answers import Answers
from quizapp.services.quizzes.item_figures import ItemAnalysis, Place, column_of, item_of
from quizapp.services.quizzes.item_rows import Key, current_groups, gather
from quizapp.services.quizzes.item_sittings import Sitting, Which, choose

LAST = 2**31  # after every position: questions that have no place of their own


@dataclass(frozen=True, slots=True)
class QuizAnalysis:
    """Everything about the attempts chosen.

    shares: each attempt's percent of the most points, by sitting. counts: attempts of each way of
    choosing. finished: attempts handed in, of which the newest are looked at. erased: attempts of
    people who are gone, left out. guests: how many of the attempts are by guests.
    """

    which: Which
    sittings: Sequence[Sitting]
    totals: TotalFigures
    items: tuple[ItemAnalysis, ...]
    shares: tuple[float | None, ...]
    counts: Mapping[Which, int]
    finished: int
    erased: int

    @property
    def attempts(self) -> int:
        """How many attempts the figures are of."""
        return len(self.sittings)

    @property
    def guests(self) -> int:
        """How many of them are by guests."""
        return sum(sitting.is_guest for sitting in self.sittings)

    def of_question(self, uid: str) -> list[ItemAnalysis]:
        """Return a question's parts, that of now first; none where no attempt asked it."""
        return [item for item in self.items if item.asked.uid == uid]


def analysis(
    quiz_id: int,
    which: Which = "first",
    user_ids: Collection[int] | None = None,
    assignment_id: int | None = None,
) -> QuizAnalysis:
    """Return the item analysis of a quiz over attempts that were handed in, or that expired.

    user_ids and assignment_id narrow it to people and to what they did for an assignment.
    """
    places = db.session.execute(
        sa.select(QuizSlot.question_id, QuizSlot.position).where(QuizSlot.quiz_id == quiz_id)
    )
    order = {place[0]: place[1] for place in places if place[0] is not None}
    narrowed = user_ids is not None or assignment_id is not None
    erased = 0 if narrowed else _erased(ErasedResult.quiz_id == quiz_id)
    return _analysis([quiz_id], which, order, None, erased, user_ids, assignment_id)


def of_bank(bank_id: int, which: Which = "first") -> QuizAnalysis:
    """Return the figures of a bank's questions over all quizzes that asked them.

    The rest of an attempt is whatever else it asked, also of other banks. The totals are those of
    these attempts.
    """
    rows = db.session.execute(sa.select(Question.id, Question.position).where(_in_bank(bank_id)))
    order = {row[0]: row[1] for row in rows}
    erased = _erased(ErasedResult.question_id.in_(sa.select(Question.id).where(_in_bank(bank_id))))
    return _analysis(_quizzes_of(bank_id), which, order, set(order), erased)


def _in_bank(bank_id: int) -> sa.ColumnElement[bool]:
    return Question.bank_id == bank_id


def _quizzes_of(bank_id: int) -> list[int]:
    """Return the ids of the quizzes that asked questions of a bank."""
    asked = (
        sa.select(Attempt.quiz_id)
        .join(
            LoggedResponse,
            sa.and_(
                LoggedResponse.user_id == Attempt.user_id, LoggedResponse.attempt_n == Attempt.n
            ),
        )
        .join(Question, Question.id == LoggedResponse.question_id)
        .where(_in_bank(bank_id))
    )
    own = sa.select(Quiz.id).where(Quiz.bank_id == bank_id)
    return sorted(db.session.scalars(own.union(asked)).all())


def _erased(condition: sa.ColumnElement[bool]) -> int:
    count = sa.func.count(ErasedResult.attempt_key.distinct())
    return db.session.scalar(sa.select(count).where(condition)) or 0


def _analysis(
    quiz_ids: Sequence[int],
    which: Which,
    order: Mapping[int, int],
    only: Collection[int] | None,
    erased: int,
    user_ids: Collection[int] | None = None,
    assignment_id: int | None = None,
) -> QuizAnalysis:
    chosen = choose(quiz_ids, which, user_ids, assignment_id)
    sittings, given = chosen.sittings, gather(quiz_ids, chosen.sittings)
    if only is not None:
        sittings, given = _with_any_of(only, sittings, given)
    places = _places(given, order, only)
    # One of another bank stands for the rest of its attempt only: it has no place.
    keys = [*places, *(key for key in given if key not in places)]
    asked = [questions.asked(key[0], max(given[key].versions)) for key in keys]
    answers = [_judged(given[key]) for key in keys]
    columns = [column_of(one, own) for one, own in zip(asked, answers, strict=True)]
    found = analyse(columns, len(sittings))
    items = tuple(
        item_of(asked[at], place, answers[at], found.items[at], found.rests[at], found.shares)
        for at, place in enumerate(places.values())
    )
    return QuizAnalysis(
        which,
        sittings,
        found.totals,
        items,
        found.shares,
        chosen.counts,
        chosen.finished,
        erased,
    )


def _judged(answers: Answers) -> Answers:
    """Leave out the answers that await a person."""
    if None not in answers.fractions:
        return answers
    return answers.only([at for at, each in enumerate(answers.fractions) if each is not None])


def _places(
    given: Mapping[Key, Answers], order: Mapping[int, int], only: Collection[int] | None
) -> dict[Key, Place]:
    """Return the numbers of questions in their order, those without a position last.

    Of one question the newest key comes first.
    """
    keys = [key for key in given if only is None or key[0] in only]
    keys.sort(key=lambda key: (order.get(key[0], len(order) + 2**31), key[0], -key[1]))
    numbers = {
        question: number for number, question in enumerate(dict.fromkeys(k[0] for k in keys), 1)
    }
    current = current_groups(numbers)
    return {
        key: Place(numbers[key[0]], current.get(key[0]) == key[1], given[key].fractions.count(None))
        for key in keys
    }


def _with_any_of(
    only: Collection[int], sittings: Sequence[Sitting], given: Mapping[Key, Answers]
) -> tuple[list[Sitting], dict[Key, Answers]]:
    """Leave out the attempts in which none of these questions was asked."""
    kept = sorted({at for key, own in given.items() if key[0] in only for at in own.sittings})
    new = {old: at for at, old in enumerate(kept)}
    moved = {key: answers.moved(new) for key, answers in given.items()}
    found = {key: answers for key, answers in moved.items() if answers.sittings}
    return [sittings[old] for old in kept], found
