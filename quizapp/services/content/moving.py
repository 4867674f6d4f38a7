"""Questions moved to another bank, with what learners know of them.

A fact that only moved questions ask goes with them, and so do learners' cards, which name the fact.
Of a fact that others still ask, the moved questions get a copy; a job folds the cards of both
again, since a memory follows the question.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    AttemptItem,
    Bank,
    BankMember,
    Fact,
    LoggedResponse,
    Question,
    QuestionPart,
    QuizSlot,
    Review,
)
from quizapp.services.content import bulk, catalog, questions
from quizapp.services.content.bulk import Done
from quizapp.services.content.moving_along import Luggage
from quizapp.services.content.version_rows import OWN
from quizapp.services.identifiers import new_uid
from quizapp.services.transfer import import_ending

IN_QUIZ = "It is asked in a quiz; take it out of the quiz first."
UNSEEN = "Learners have answered it who cannot see the other bank."
FOLLOWS = "This bank follows a folder, whose next version would bring its questions back."
_OPENNESS = {"private": 0, "link": 1, "public": 2}
_ANSWERS: tuple[Any, ...] = (LoggedResponse, Review, AttemptItem)


class CannotMove(RuntimeError):
    """None of these questions can be moved there; the text is plain words."""


def move(bank_id: int, ids: Sequence[int], target_id: int, now: datetime) -> Done:
    """Move questions to another bank that the same person may edit; those kept say why.

    Tags, versions, reports and pictures go along, and the articles that prove their facts.
    CannotMove where the bank follows a folder or is the target itself.
    """
    if bank_id == target_id:
        raise CannotMove("They are in that bank already.")
    if db.session.get_one(Bank, bank_id).origin is not None:
        raise CannotMove(FOLLOWS)
    done = Done()
    for some in _by_fact(ids):
        with writing(bulk.PATIENCE_S) as session:
            _Move(session, bank_id, target_id, done).run(some, now)
    catalog.forget()
    questions.forget()
    return done


def _by_fact(ids: Sequence[int]) -> list[list[int]]:
    """Cut the questions into chunks that no fact's questions are cut by."""
    facts = {}
    for at in range(0, len(ids), bulk.CHUNK):
        some = sa.select(Question.id, Question.fact_id)
        facts.update(
            {row[0]: row[1] or 0 for row in
             db.session.execute(some.where(Question.id.in_(ids[at : at + bulk.CHUNK])))}
        )  # fmt: skip
    chunks: list[list[int]] = [[]]
    last = None
    for id_ in sorted(facts, key=lambda id_: (facts[id_], id_)):
        if len(chunks[-1]) >= bulk.CHUNK and facts[id_] != last:
            chunks.append([])
        chunks[-1].append(id_)
        last = facts[id_]
    return chunks


class _Move:
    """One chunk on its way from a bank to another, inside a transaction."""

    def __init__(self, session: Session, bank_id: int, target_id: int, done: Done) -> None:
        self._session, self._done = session, done
        self._bank = session.get_one(Bank, bank_id)
        self._target = session.get_one(Bank, target_id, with_for_update=True)
        self._luggage = Luggage(session, bank_id, target_id)

    def run(self, ids: Sequence[int], now: datetime) -> None:
        """Move what can be moved, and ask for cards to be folded again where that is needed."""
        query = sa.select(Question).where(
            Question.id.in_(ids), Question.bank_id == self._bank.id
        )  # another request may have moved some
        found = self._session.scalars(query.with_for_update()).all()
        going = self._allowed(sorted(found, key=lambda one: (one.position, one.id)))
        if not going:
            return
        copies = self._move_facts(going)
        regrouped = self._repoint(going, copies)
        self._place(going)
        self._session.flush()
        import_ending.retire_emptied(self._session, copies)
        import_ending.fold_again(self._session, regrouped, now)
        self._done.changed += len(going)

    def _allowed(self, found: Sequence[Question]) -> list[Question]:
        ids = [question.id for question in found]
        asked = sa.select(QuizSlot.question_id).where(QuizSlot.question_id.in_(ids))
        in_quiz = set(self._session.scalars(asked))
        unseen = self._unseen(ids)
        strange = self._luggage.pack(found)
        going = []
        for question in found:
            reason = IN_QUIZ if question.id in in_quiz else strange.get(question.id)
            if reason is None and question.id in unseen:
                reason = UNSEEN
            if reason is None:
                going.append(question)
            else:
                self._done.keep(question, reason)
        return going

    def _unseen(self, ids: Sequence[int]) -> set[int]:
        """Return the questions that somebody answered who may not see the target."""
        openness = _OPENNESS[self._target.visibility]
        if openness and openness >= _OPENNESS[self._bank.visibility]:
            return set()
        members = sa.select(BankMember.user_id).where(BankMember.bank_id == self._target.id)
        found: set[int] = set()
        for log in _ANSWERS:
            query = sa.select(log.question_id).where(
                log.question_id.in_(ids),
                log.user_id.not_in(members),
                log.user_id != (self._target.owner_id or 0),
            )
            found.update(self._session.scalars(query.distinct()))
        return found

    def _move_facts(self, going: Sequence[Question]) -> dict[int, int]:
        """Move facts that only these questions ask; return the copies made of the others."""
        facts = bulk.facts_of(self._session, going)
        shared = facts & self._asked_by_others(facts, {question.id for question in going})
        base = self._last(Fact)
        copies = {}
        query = sa.select(Fact).where(Fact.id.in_(facts)).order_by(Fact.position, Fact.id)
        for n, fact in enumerate(self._session.scalars(query).all(), 1):
            if fact.id in shared:
                copies[fact.id] = self._copy(fact, base + n)
                self._luggage.copy_evidence(fact.id, copies[fact.id])
            else:
                fact.key = self._free_key(fact)
                fact.bank_id, fact.position = self._target.id, base + n
                self._luggage.move_evidence(fact.id)
        return copies

    def _asked_by_others(self, facts: Collection[int], going: Collection[int]) -> set[int]:
        asked: Any = sa.union(
            sa.select(Question.id, Question.fact_id).where(Question.fact_id.in_(facts)),
            sa.select(QuestionPart.question_id, QuestionPart.fact_id).where(
                QuestionPart.fact_id.in_(facts)
            ),
        )
        return {fact for id_, fact in self._session.execute(asked) if id_ not in going}

    def _copy(self, fact: Fact, position: int) -> int:
        detail = {name: value for name, value in fact.detail.items() if name != OWN}
        copy = Fact(
            uid=new_uid(),
            bank_id=self._target.id,
            key=self._free_key(fact),
            statement=fact.statement,
            detail=detail,
            status="active",
            position=position,
        )
        self._session.add(copy)
        self._session.flush()
        return copy.id

    def _free_key(self, fact: Fact) -> str:
        taken = sa.select(Fact.id).where(Fact.bank_id == self._target.id, Fact.key == fact.key)
        if self._session.scalar(taken) is None:
            return fact.key
        return f"{fact.key[:160]}-{new_uid()}"

    def _repoint(self, going: Sequence[Question], copies: dict[int, int]) -> dict[int, set[int]]:
        """Let moved questions and their parts ask the copies; return what that regroups."""
        regrouped: dict[int, set[int]] = defaultdict(set)
        for question in going:
            if question.fact_id in copies:
                regrouped[question.id] |= {question.fact_id, copies[question.fact_id]}
                question.fact_id = copies[question.fact_id]
        parts = sa.select(QuestionPart).where(
            QuestionPart.question_id.in_([question.id for question in going]),
            QuestionPart.fact_id.in_(copies),
        )
        for part in self._session.scalars(parts).all():
            regrouped[part.question_id] |= {part.fact_id, copies[part.fact_id]}
            part.fact_id = copies[part.fact_id]
        return regrouped

    def _place(self, going: Sequence[Question]) -> None:
        """Put the questions behind those of the target; keys that it has already are given up."""
        keys = [question.external_id for question in going if question.external_id is not None]
        query = sa.select(Question.external_system, Question.external_id).where(
            Question.bank_id == self._target.id, Question.external_id.in_(keys)
        )
        taken = {(system, key) for system, key in self._session.execute(query)}
        base = self._last(Question)
        for n, question in enumerate(going, 1):
            if (question.external_system, question.external_id) in taken:
                question.external_system = question.external_id = None
            question.bank_id, question.position = self._target.id, base + n
            question.import_id, question.edited_here = None, True

    def _last(self, model: Any) -> int:
        query = sa.select(sa.func.max(model.position)).where(model.bank_id == self._target.id)
        return self._session.scalar(query) or 0
