"""Quizzes: who may see them, what their settings mean, and which questions an attempt draws."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import sqlalchemy as sa

from quizapp.core.question_types import QUESTION_TYPES
from quizapp.extensions import db
from quizapp.models import Bank, BankMember, Fact, Question, Quiz, QuizSlot
from quizapp.models import QuestionTag as Tag
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes.quiz_settings import Settings

# A flashcard is judged by whoever sees its back, so it belongs to study, not to a quiz.
ASKED = tuple(name for name, kind in QUESTION_TYPES.items() if kind.GRADED_BY in {"app", "person"})


@dataclass(frozen=True, slots=True)
class QuizView:
    """A quiz as its pages show it."""

    id: int
    uid: str
    slug: str
    title: str
    bank_id: int | None
    bank_slug: str | None
    bank_title: str | None
    stored: Mapping[str, Any]  # the settings as they stand in the table
    settings: Settings
    questions: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question that an attempt asks, in the version of now."""

    question_id: int
    version: int
    weight: float


_QUIZZES = (
    sa.select(
        Quiz.id,
        Quiz.uid,
        Quiz.slug,
        Quiz.title,
        Quiz.bank_id,
        Bank.slug.label("bank_slug"),
        Bank.title.label("bank_title"),
        Quiz.settings.label("stored"),
    )
    .outerjoin(Bank, Bank.id == Quiz.bank_id)
    .where(Quiz.status == "active", Bank.deleted_at.is_(None))
    .order_by(sa.func.lower(Bank.title), Quiz.bank_id, Quiz.id)
)


def visible_quizzes(person: Person | None, bank_id: int | None = None) -> list[QuizView]:
    """Return the quizzes to list for a person: public ones, and those with rights of their own."""
    select = _QUIZZES.where(_may_see(person, ("public",)))
    return _views(select if bank_id is None else select.where(Quiz.bank_id == bank_id))


def find(slug: str, person: Person | None) -> QuizView:
    """Return the quiz at an address; Absent where there is none for this person."""
    found = _views(_QUIZZES.where(Quiz.slug == slug, _may_see(person, ("public", "link"))))
    if not found:
        raise Absent
    return found[0]


def of_row(quiz: Quiz) -> QuizView:
    """Return any quiz, active or not, as its pages show it."""
    bank = db.session.get(Bank, quiz.bank_id) if quiz.bank_id is not None else None
    return QuizView(
        id=quiz.id,
        uid=quiz.uid,
        slug=quiz.slug,
        title=quiz.title,
        bank_id=quiz.bank_id,
        bank_slug=bank.slug if bank else None,
        bank_title=bank.title if bank else None,
        stored=quiz.settings,
        settings=Settings.of(quiz.settings),
        questions=_sizes([quiz.id]).get(quiz.id, 0),
    )


def _may_see(person: Person | None, visibilities: tuple[str, ...]) -> sa.ColumnElement[bool]:
    """Open to all, or the person's own: owner of quiz or bank, member of the bank.

    Admins hold the owner's rights where there is no owner.
    """
    if person is None:
        return Quiz.visibility.in_(visibilities)
    member = sa.exists().where(BankMember.bank_id == Quiz.bank_id, BankMember.user_id == person.id)
    ownerless = sa.and_(Quiz.owner_id.is_(None), Bank.owner_id.is_(None))
    return sa.or_(
        Quiz.visibility.in_(visibilities),
        Quiz.owner_id == person.id,
        Bank.owner_id == person.id,
        member,
        ownerless if person.is_admin else sa.false(),
    )


def _views(select: sa.Select[Any]) -> list[QuizView]:
    rows: Any = db.session.execute(select).all()
    sizes = _sizes([row.id for row in rows])
    return [
        QuizView(**row._mapping, settings=Settings.of(row.stored), questions=sizes.get(row.id, 0))
        for row in rows
    ]


def _sizes(quiz_ids: list[int]) -> dict[int, int]:
    """Return how many questions each quiz asks, going by its slots."""
    sizes: dict[int, int] = {}
    slots = sa.select(QuizSlot.quiz_id, QuizSlot.pool).where(QuizSlot.quiz_id.in_(quiz_ids))
    for quiz_id, pool in db.session.execute(slots):
        sizes[quiz_id] = sizes.get(quiz_id, 0) + (wanted(pool) if pool else 1)
    return sizes


def draw(quiz: QuizView, seed: int) -> list[Drawn]:
    """Return the questions of a new attempt: fixed ones, and pools drawn by the seed.

    No question comes twice, and of a pool first those whose facts are not asked yet, since two
    questions on one fact give each other away. A pool with too few questions gives what it has.
    """
    rng = Random(seed)
    slots = db.session.scalars(
        sa.select(QuizSlot).where(QuizSlot.quiz_id == quiz.id).order_by(QuizSlot.position)
    ).all()
    fixed = _fixed([slot.question_id for slot in slots if slot.question_id is not None])
    used, facts = set(fixed), {fact for _, fact in fixed.values()} - {None}
    drawn = []
    for slot in slots:
        if slot.question_id in fixed:
            drawn.append(Drawn(slot.question_id, fixed[slot.question_id][0], slot.weight))
        for question_id, version, fact in _pool(slot.pool, quiz, used, facts, rng):
            used.add(question_id)
            facts |= {fact} - {None}
            drawn.append(Drawn(question_id, version, slot.weight))
    drawn = list({each.question_id: each for each in drawn}.values())
    if quiz.settings.shuffle:
        rng.shuffle(drawn)
    return drawn


def _fixed(question_ids: list[int]) -> dict[int, tuple[int, int | None]]:
    """Return version and fact of those of the questions that can be asked now."""
    rows = db.session.execute(
        sa.select(Question.id, Question.version, Question.fact_id).where(
            Question.id.in_(question_ids), Question.status == "active", Question.type.in_(ASKED)
        )
    )
    return {question_id: (version, fact) for question_id, version, fact in rows}


def _pool(
    pool: Mapping[str, Any] | None,
    quiz: QuizView,
    used: set[int],
    facts: set[int | None],
    rng: Random,
) -> list[tuple[int, int, int | None]]:
    if not pool:
        return []
    rows = db.session.execute(candidates(pool, quiz.bank_id)).all()
    free = [(question, version, fact) for question, version, fact in rows if question not in used]
    rng.shuffle(free)
    fresh: list[tuple[int, int, int | None]] = []
    rest: list[tuple[int, int, int | None]] = []
    seen = set(facts)
    for entry in free:
        (rest if entry[2] in seen else fresh).append(entry)
        if entry[2] is not None:
            seen.add(entry[2])
    return (fresh + rest)[: wanted(pool)]


def wanted(pool: Mapping[str, Any]) -> int:
    """Return how many questions a pool draws."""
    return max(int(pool.get("n") or 1), 1)


def candidates(pool: Mapping[str, Any], bank_id: int | None) -> sa.Select[int, int, int | None]:
    """Return the query of a pool: active questions of its bank (the quiz's own by default).

    They carry all of its tags. `facts`, keys or uids, narrows them to questions on any of these.
    """
    select = (
        sa.select(Question.id, Question.version, Question.fact_id)
        .join(Bank, Bank.id == Question.bank_id)
        .where(Question.status == "active", Question.type.in_(ASKED), Bank.deleted_at.is_(None))
        .order_by(Question.position, Question.id)
    )
    bank = pool.get("bank")
    if bank is None:
        select = select.where(Question.bank_id == bank_id)
    else:
        select = select.where(sa.or_(Bank.uid == str(bank), Bank.slug == str(bank)))
    for tag in pool.get("tags") or ():
        select = select.where(
            sa.exists().where(Tag.question_id == Question.id, Tag.tag == str(tag))
        )
    if names := [str(name) for name in pool.get("facts") or ()]:
        select = select.join(Fact, Fact.id == Question.fact_id).where(
            sa.or_(Fact.key.in_(names), Fact.uid.in_(names))
        )
    return select
