"""Writing questions: new ones, new versions of old ones, copies."""

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.fingerprint import same_key_and_options
from quizapp.core.part_facts import part_facts
from quizapp.core.question import Problem
from quizapp.core.search import searchable
from quizapp.core.statements import statement_of
from quizapp.database import writing
from quizapp.models import (
    Bank,
    Fact,
    Question,
    QuestionPart,
    QuestionTag,
    QuestionVersion,
    RawBlock,
)
from quizapp.services.articles import decisions, proving
from quizapp.services.articles.proving import Sentence
from quizapp.services.content import catalog, evidence, regrouping
from quizapp.services.content.editable_questions import check, find, row_of
from quizapp.services.content.question_drafts import (
    MAX_NAME,
    QuestionDraft,
    may_store,
)
from quizapp.services.content.questions import Absent
from quizapp.services.content.version_rows import (
    OWN,
    html_of,
    own_fact_row,
    own_key,
    version_row,
    words_of,
)
from quizapp.services.identifiers import new_uid
from quizapp.services.people.sessions import Person


class Conflict(RuntimeError):
    """Somebody else has saved another version meanwhile; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a draft: `uid` is None, and the problems say why, where nothing was stored."""

    uid: str | None
    version: int = 0
    new_version: bool = False
    problems: tuple[Problem, ...] = ()


def create_question(
    bank: Bank,
    person: Person,
    draft: QuestionDraft,
    now: datetime,
    sentence: Sentence | None = None,
) -> Saved:
    """Store a new question; nothing where it has problems that its status does not allow.

    sentence: of an article of the bank; it proves the question's fact from then on, which says
    what the sentence says where the draft names none.
    """
    bank_id = bank.id
    with writing() as session:
        draft, problems = check(bank_id, draft)
        if not may_store(draft, problems):
            return Saved(None, problems=tuple(problems))
        if sentence and draft.fact is None:
            draft = replace(draft, fact=proving.fact_of(session, sentence).key)
        question = _insert(session, bank_id, draft)
        _add_version(session, question, 1, draft, now, person)
        _write_parts(session, question, draft)
        if sentence and question.fact_id is not None:
            proving.prove(session, question.fact_id, sentence)
        saved = Saved(question.uid, 1, True, tuple(problems))
    catalog.forget()
    evidence.forget()
    return saved


def edit_question(
    bank: Bank, person: Person, uid: str, base: int, draft: QuestionDraft, now: datetime
) -> Saved:
    """Store what was changed in a question; a new version only where its content differs.

    `base` is the version that the form was made from: Conflict where there is another by now.
    Absent where the bank has no such question of this type. Statistics begin anew (the version's
    `stat_group` grows) where key or options changed.
    """
    bank_id = bank.id
    with writing() as session:
        question = row_of(session, bank_id, uid, lock=True)
        if question.version != base:
            raise Conflict
        if question.type != draft.type:
            raise Absent
        draft, problems = check(bank_id, draft)
        if not may_store(draft, problems):
            return Saved(None, question.version, problems=tuple(problems))
        changed = _edit(session, question, draft, now, person)
        saved = Saved(uid, question.version, changed, tuple(problems))
    catalog.forget()
    return saved


def duplicate_question(bank: Bank, person: Person, uid: str, now: datetime) -> str:
    """Store a copy as a draft, on the same fact where that is a named one; returns its uid."""
    bank_id, found = bank.id, find(bank, uid)
    name = f"Copy of {found.draft.listed_name}"[:MAX_NAME]
    draft = replace(found.draft, name=name, status="draft", reason=None)
    with writing() as session:
        draft, _ = check(bank_id, draft)
        copy = _insert(session, bank_id, draft)
        _add_version(session, copy, 1, draft, now, person)
        _write_parts(session, copy, draft)
        made = copy.uid
    catalog.forget()
    return made


def _insert(session: Session, bank_id: int, draft: QuestionDraft) -> Question:
    last = sa.select(sa.func.max(Question.position)).where(Question.bank_id == bank_id)
    question = Question(
        uid=new_uid(),
        bank_id=bank_id,
        type=draft.type,
        version=1,
        position=(session.scalar(last) or 0) + 1,
        edited_here=True,
    )
    _write_labels(question, draft)
    fact = _fact(session, question, draft)
    question.fact_id, fact.status = fact.id, "active"
    session.add(question)
    session.flush()
    _write_tags(session, question, draft)
    return question


def _edit(
    session: Session, question: Question, draft: QuestionDraft, now: datetime, person: Person
) -> bool:
    """Write what differs; returns whether there is a new version."""
    old = session.get_one(QuestionVersion, (question.id, question.version))
    if changed := draft.sha256 != old.sha256:
        question.version += 1
        group = old.stat_group + (not same_key_and_options(old.body, draft.body))
        _add_version(session, question, group, draft, now, person)
        if question.type != "opaque":  # what the file said is no longer what is asked
            session.execute(sa.delete(RawBlock).where(RawBlock.question_id == question.id))
    facts = {question.fact_id} - {None}
    _write_labels(question, draft)
    _write_tags(session, question, draft)
    question.edited_here = True
    decisions.note_edit(session, question, changed, person.id, now)
    fact = _fact(session, question, draft)
    if fact.id != question.fact_id:
        regrouping.move_within(session, question.id, fact.id, now, person.id)
    fact.status = "active"
    left = _write_parts(session, question, draft)
    if left:
        regrouping.settle(session, left, now, person.id)
    elif question.status == "retired":
        session.flush()
        regrouping.retire_emptied(session, facts)  # type: ignore[arg-type]
    return changed


def _add_version(
    session: Session,
    question: Question,
    group: int,
    draft: QuestionDraft,
    now: datetime,
    person: Person,
) -> None:
    asked = draft.question
    row = version_row(
        question.id,
        question.version,
        group,
        asked,
        draft.sha256,
        html_of(asked),
        now,
        person.id,
        draft.reason,
    )
    session.add(QuestionVersion(**row))


def _write_labels(question: Question, draft: QuestionDraft) -> None:
    question.name, question.category = draft.listed_name, draft.category
    question.status = draft.status
    question.search_text = searchable(question.name, draft.tags, words_of(draft.question))


def _write_tags(session: Session, question: Question, draft: QuestionDraft) -> None:
    session.execute(sa.delete(QuestionTag).where(QuestionTag.question_id == question.id))
    session.add_all(QuestionTag(question_id=question.id, tag=tag) for tag in draft.tags)


def _fact(session: Session, question: Question, draft: QuestionDraft) -> Fact:
    """Return the fact that the draft names, else the question's own, made where there is none."""
    key = draft.fact or own_key(question.uid)
    query = sa.select(Fact).where(Fact.bank_id == question.bank_id, Fact.key == key)
    fact = session.scalar(query)
    if fact is None:
        row = own_fact_row(question.bank_id, question.uid, draft.question, question.position)
        fact = Fact(**row)
        session.add(fact)
        session.flush()
    elif fact.detail.get(OWN) and draft.fact is None:
        fact.statement = statement_of(draft.question)
    return fact


def _write_parts(session: Session, question: Question, draft: QuestionDraft) -> set[int]:
    """Let parts test the facts that they name; returns the facts that lost or gained one."""
    named = part_facts(draft.body)
    query = sa.select(Fact).where(Fact.bank_id == question.bank_id, Fact.key.in_(named.values()))
    facts = {fact.key: fact for fact in session.scalars(query)} if named else {}
    wanted = {part: facts[key].id for part, key in named.items() if key in facts}
    for fact in facts.values():
        fact.status = "active"
    rows = session.scalars(sa.select(QuestionPart).where(QuestionPart.question_id == question.id))
    stored = {row.part: row.fact_id for row in rows}
    if stored == wanted:
        return set()
    session.execute(sa.delete(QuestionPart).where(QuestionPart.question_id == question.id))
    session.add_all(
        QuestionPart(question_id=question.id, part=part, fact_id=fact)
        for part, fact in wanted.items()
    )
    return set(stored.values()) | set(wanted.values())
