"""The end of an import: quizzes, questions that left the file, facts that nothing asks any more."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.formats.model import PoolIn, QuizIn
from quizapp.models import (
    Article,
    ArticleVersion,
    Assignment,
    Attempt,
    AttemptItem,
    Bank,
    DraftReview,
    ErasedResult,
    Evidence,
    Fact,
    Import,
    LoggedResponse,
    Media,
    MediaBlob,
    MediaUse,
    Question,
    QuestionPart,
    QuestionReport,
    QuestionTag,
    QuestionVersion,
    Quiz,
    QuizSlot,
    RawBlock,
    Review,
)
from quizapp.services.content import regrouping
from quizapp.services.content.banks import free_slug
from quizapp.services.identifiers import new_uid
from quizapp.services.operations import jobs
from quizapp.services.quizzes.quiz_settings import EDITED
from quizapp.services.transfer.import_content import in_chunks, insert_rows

# Whatever names a question; one that is named is retired, never deleted.
_USES: Sequence[Any] = (
    LoggedResponse.question_id,
    Review.question_id,
    AttemptItem.question_id,
    ErasedResult.question_id,
    QuizSlot.question_id,
    DraftReview.question_id,
    QuestionReport.question_id,
)
_OF_QUESTION: Sequence[Any] = (QuestionTag, QuestionPart, RawBlock, QuestionVersion)


def store_quizzes(
    session: Session, bank: Bank, quizzes: Sequence[QuizIn], questions: Mapping[str, int]
) -> list[tuple[str, str]]:
    """Make the bank's quizzes what the file says; returns (quiz, message) of what was left out.

    One that was edited in the app stays as it is there. One made in the app has its uid for a key.
    """
    query = sa.select(Quiz).where(Quiz.bank_id == bank.id)
    stored = {quiz.key or quiz.uid: quiz for quiz in session.scalars(query)}
    told = []
    for item in quizzes:
        quiz = stored.get(item.key) or _new_quiz(session, bank, item)
        if quiz.settings and quiz.settings.get(EDITED):
            told.append((item.key, "It was edited in the app and is kept as it is there."))
            continue
        quiz.title, quiz.settings, quiz.status = item.title, dict(item.settings), "active"
        session.flush()
        rows = []
        for slot in item.slots:
            if slot.question is not None and slot.question not in questions:
                told.append((item.key, f"Its question {slot.question} is not there; left out."))
                continue
            question = questions[slot.question] if slot.question is not None else None
            pool = _pool(slot.pool) if slot.pool else None
            rows.append({"question_id": question, "pool": pool, "weight": slot.weight})
        _write_slots(session, quiz.id, rows)
    return told


def _new_quiz(session: Session, bank: Bank, item: QuizIn) -> Quiz:
    quiz = Quiz(
        uid=new_uid(),
        slug=free_slug(session, Quiz.slug, f"{bank.slug}-{item.key}", "quiz"),
        key=item.key,
        bank_id=bank.id,
        owner_id=bank.owner_id,
        visibility=bank.visibility,
    )
    session.add(quiz)
    return quiz


def _pool(pool: PoolIn) -> dict[str, Any]:
    """Return a draw from the quiz's own bank; facts are named by their keys."""
    return {"tags": list(pool.tags), "facts": list(pool.facts), "n": pool.n}


def _write_slots(session: Session, quiz_id: int, rows: Sequence[dict[str, Any]]) -> None:
    session.execute(sa.delete(QuizSlot).where(QuizSlot.quiz_id == quiz_id))
    placed = [row | {"quiz_id": quiz_id, "position": at} for at, row in enumerate(rows, 1)]
    insert_rows(session, QuizSlot, placed)


def drop_quizzes(session: Session, bank_id: int, kept: Collection[str]) -> None:
    """Take away quizzes that left the file: taken or assigned ones are closed, others deleted."""
    query = sa.select(Quiz).where(Quiz.bank_id == bank_id, Quiz.key.is_not(None))
    for quiz in session.scalars(query).all():
        if quiz.key in kept:
            continue
        taken = sa.select(Attempt.n).where(Attempt.quiz_id == quiz.id).limit(1)
        given = sa.select(Assignment.id).where(Assignment.quiz_id == quiz.id).limit(1)
        if session.scalar(taken) is None and session.scalar(given) is None:
            session.execute(sa.delete(QuizSlot).where(QuizSlot.quiz_id == quiz.id))
            session.delete(quiz)
        else:
            quiz.status = "retired"
    session.flush()


def missing(session: Session, bank_id: int, system: str, keys: Collection[str]) -> dict[int, str]:
    """Return the questions (id, name) that came from this file and are no longer in it."""
    query = sa.select(Question.id, Question.external_id, Question.name).where(
        Question.bank_id == bank_id,
        Question.external_system == system,
        Question.status != "retired",
        Question.edited_here.is_(False),
    )
    rows = session.execute(query)
    return {id_: name or key or "" for id_, key, name in rows if key not in keys}


def remove(session: Session, question_ids: Sequence[int]) -> tuple[set[int], set[int]]:
    """Retire what was ever used and delete the rest; returns the ids retired, and facts left."""
    retired: set[int] = set()
    left: set[int] = set()
    for some in in_chunks(question_ids):
        facts = sa.select(Question.fact_id).where(Question.id.in_(some))
        parts = sa.select(QuestionPart.fact_id).where(QuestionPart.question_id.in_(some))
        left.update(fact for fact in session.scalars(facts) if fact is not None)
        left.update(session.scalars(parts))
        used = {id_ for uses in _USES for id_ in session.scalars(
            sa.select(uses).where(uses.in_(some)).distinct()
        )}  # fmt: skip
        unused = [id_ for id_ in some if id_ not in used]
        retired |= used
        session.execute(sa.update(Question).where(Question.id.in_(used)).values(status="retired"))
        for model in _OF_QUESTION:
            session.execute(sa.delete(model).where(model.question_id.in_(unused)))
        session.execute(sa.delete(Question).where(Question.id.in_(unused)))
    return retired, left


def retire(session: Session, question_ids: Sequence[int]) -> set[int]:
    """Retire questions, used or not; returns the facts that they left."""
    left: set[int] = set()
    for some in in_chunks(question_ids):
        facts = sa.select(Question.fact_id).where(Question.id.in_(some))
        parts = sa.select(QuestionPart.fact_id).where(QuestionPart.question_id.in_(some))
        left.update(fact for fact in session.scalars(facts) if fact is not None)
        left.update(session.scalars(parts))
        session.execute(sa.update(Question).where(Question.id.in_(some)).values(status="retired"))
    return left


def delete_bank(session: Session, bank_id: int) -> None:
    """Delete a bank that nobody has seen yet, with all that is in it but its questions."""
    facts = sa.select(Fact.id).where(Fact.bank_id == bank_id)
    articles = sa.select(Article.id).where(Article.bank_id == bank_id)
    media = list(
        session.scalars(sa.select(MediaUse.sha256).where(MediaUse.bank_id == bank_id).distinct())
    )
    for statement in (
        sa.delete(Evidence).where(Evidence.fact_id.in_(facts)),
        sa.delete(Fact).where(Fact.bank_id == bank_id),
        sa.delete(ArticleVersion).where(ArticleVersion.article_id.in_(articles)),
        sa.delete(Article).where(Article.bank_id == bank_id),
        sa.delete(MediaUse).where(MediaUse.bank_id == bank_id),
        sa.delete(Import).where(Import.bank_id == bank_id),
        sa.delete(Bank).where(Bank.id == bank_id),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    used = sa.select(MediaUse.sha256).where(MediaUse.sha256.in_(media))
    unused = set(media) - set(session.scalars(used))
    for model in (MediaBlob, Media):
        session.execute(sa.delete(model).where(model.sha256.in_(unused)))


def retire_emptied(session: Session, fact_ids: Collection[int]) -> None:
    """Retire those of these facts that no question or part asks any more."""
    for some in in_chunks(sorted(fact_ids)):
        regrouping.retire_emptied(session, some)


def facts_outside(session: Session, bank_id: int, keys: Collection[str]) -> set[int]:
    """Return the bank's active facts that the file does not have."""
    query = sa.select(Fact.id, Fact.key).where(Fact.bank_id == bank_id, Fact.status == "active")
    return {id_ for id_, key in session.execute(query) if key not in keys}


def fold_again(session: Session, regrouped: Mapping[int, set[int]], now: datetime) -> None:
    """Ask for the cards of moved questions to be folded again, where anybody has reviewed them."""
    facts: set[int] = set()
    for some in in_chunks(sorted(regrouped)):
        reviewed = sa.select(Review.question_id).where(Review.question_id.in_(some)).distinct()
        for question_id in session.scalars(reviewed):
            facts |= regrouped[question_id]
    if facts:
        jobs.enqueue(session, regrouping.KIND, {"facts": sorted(facts)}, now=now)
