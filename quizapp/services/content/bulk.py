"""One act on many questions of a bank, chunk by chunk in short transactions.

Whatever is done here counts as edited here: the next version of the file that a question came from
then neither brings a retired question back nor takes a tag away.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.problems import MINOR
from quizapp.core.question import Question as Content
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.search import retagged
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Fact, Question, QuestionPart, QuestionTag, QuestionVersion
from quizapp.services.content import catalog, question_lists
from quizapp.services.content.question_drafts import MAX_TAGS
from quizapp.services.content.question_lists import Filter
from quizapp.services.content.version_rows import own_fact_row
from quizapp.services.transfer import import_ending
from quizapp.services.transfer.import_content import in_chunks, insert_rows

CHUNK = 500
PATIENCE_S = 10.0
TOLD = 20  # questions that a report names
NOT_SOUND = "It cannot be asked yet: {problems}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A question to which nothing was done, and why, in plain words."""

    uid: str
    name: str
    reason: str


@dataclass(slots=True)
class Done:
    """What came of an act: how many questions it changed, and what it left as it was."""

    changed: int = 0
    deleted: int = 0
    kept: list[Kept] = field(default_factory=list)

    def keep(self, question: Question, reason: str) -> None:
        """Say that a question stays as it is."""
        self.kept.append(Kept(question.uid, question.name, reason))


Act = Callable[[Session, Sequence[Question], Done], None]


def chosen(bank_id: int, uids: Iterable[str]) -> list[int]:
    """Return the ids of those of these questions that the bank has, in its order."""
    wanted = list(dict.fromkeys(uids))[:CHUNK]
    query = sa.select(Question.id).where(
        Question.bank_id == bank_id,
        Question.uid.in_(wanted),
        Question.status != question_lists.STAGED,
    )
    return list(db.session.scalars(query.order_by(Question.position, Question.id)))


def matching(bank_id: int, wanted: Filter) -> list[int]:
    """Return the ids of all questions that a filter leaves."""
    return list(db.session.scalars(question_lists.ordered(bank_id, wanted)))


def add_tag(bank_id: int, ids: Sequence[int], tag: str) -> Done:
    """Put a tag on questions."""

    def act(session: Session, questions: Sequence[Question], done: Done) -> None:
        tags = _tags(session, questions)
        new = [one for one in questions if tag not in tags[one.id] and _has_room(one, tags, done)]
        insert_rows(session, QuestionTag, [{"question_id": one.id, "tag": tag} for one in new])
        _tell_tags(new, {one.id: tags[one.id] | {tag} for one in new}, done)

    return in_turns(bank_id, ids, act)


def remove_tag(bank_id: int, ids: Sequence[int], tag: str) -> Done:
    """Take a tag off questions."""

    def act(session: Session, questions: Sequence[Question], done: Done) -> None:
        tags = _tags(session, questions)
        tagged = [question for question in questions if tag in tags[question.id]]
        of = QuestionTag.question_id.in_([one.id for one in tagged])
        session.execute(sa.delete(QuestionTag).where(of, QuestionTag.tag == tag))
        _tell_tags(tagged, {one.id: tags[one.id] - {tag} for one in tagged}, done)

    return in_turns(bank_id, ids, act)


def retire(bank_id: int, ids: Sequence[int]) -> Done:
    """Ask these questions no more; facts that nothing asks any more are retired with them."""

    def act(session: Session, questions: Sequence[Question], done: Done) -> None:
        asked = [question for question in questions if question.status != "retired"]
        for question in asked:
            question.status, question.edited_here = "retired", True
        session.flush()
        import_ending.retire_emptied(session, facts_of(session, asked))
        done.changed += len(asked)

    return in_turns(bank_id, ids, act)


def activate(bank_id: int, ids: Sequence[int]) -> Done:
    """Ask drafts and retired questions; those that cannot be asked stay what they are."""

    def act(session: Session, questions: Sequence[Question], done: Done) -> None:
        idle = [question for question in questions if question.status != "active"]
        contents = _contents(session, idle)
        sound = [one for one in idle if _is_sound(one, contents[one.id], done)]
        for question in sound:
            if question.fact_id is None:
                question.fact_id = _own_fact(session, question, contents[question.id])
            question.status, question.edited_here = "active", True
        session.flush()
        wake = Fact.id.in_(facts_of(session, sound))
        session.execute(sa.update(Fact).where(wake).values(status="active"))
        done.changed += len(sound)

    return in_turns(bank_id, ids, act)


def remove(bank_id: int, ids: Sequence[int]) -> Done:
    """Delete what was never answered or used, and retire the rest.

    In a bank that follows a folder everything is retired: what is deleted would come back with the
    folder's next version.
    """
    if db.session.get_one(Bank, bank_id).origin is not None:
        return retire(bank_id, ids)

    def act(session: Session, questions: Sequence[Question], done: Done) -> None:
        all_ids = [question.id for question in questions]
        retired, left = import_ending.remove(session, all_ids)
        edited = sa.update(Question).where(Question.id.in_(retired)).values(edited_here=True)
        session.execute(edited)
        import_ending.retire_emptied(session, left)
        done.changed += len(retired)
        done.deleted += len(all_ids) - len(retired)

    return in_turns(bank_id, ids, act)


def in_turns(bank_id: int, ids: Sequence[int], act: Act, done: Done | None = None) -> Done:
    """Run an act on the bank's questions, CHUNK in one transaction; others write in between."""
    done = done or Done()
    for some in in_chunks(ids, CHUNK):
        with writing(PATIENCE_S) as session:
            query = (
                sa.select(Question)
                .where(Question.id.in_(some), Question.bank_id == bank_id)
                .order_by(Question.id)
                .with_for_update()
            )
            act(session, session.scalars(query).all(), done)
    catalog.forget()
    return done


def facts_of(session: Session, questions: Sequence[Question]) -> set[int]:
    """Return the facts that questions or parts of them ask."""
    parts = sa.select(QuestionPart.fact_id).where(
        QuestionPart.question_id.in_([question.id for question in questions])
    )
    own = {question.fact_id for question in questions if question.fact_id is not None}
    return own | set(session.scalars(parts))


def _tags(session: Session, questions: Sequence[Question]) -> dict[int, set[str]]:
    tags: dict[int, set[str]] = {question.id: set() for question in questions}
    query = sa.select(QuestionTag.question_id, QuestionTag.tag)
    for question_id, tag in session.execute(query.where(QuestionTag.question_id.in_(tags))):
        tags[question_id].add(tag)
    return tags


def _has_room(question: Question, tags: dict[int, set[str]], done: Done) -> bool:
    if len(tags[question.id]) < MAX_TAGS:
        return True
    done.keep(question, f"It has {MAX_TAGS} tags already.")
    return False


def _tell_tags(questions: Sequence[Question], tags: dict[int, set[str]], done: Done) -> None:
    for question in questions:
        question.search_text = retagged(question.search_text, tags[question.id])
        question.edited_here = True
    done.changed += len(questions)


def _contents(session: Session, questions: Sequence[Question]) -> dict[int, Content]:
    query = sa.select(Question.id, Question.type, QuestionVersion.stem, QuestionVersion.body).join(
        QuestionVersion,
        (QuestionVersion.question_id == Question.id) & (QuestionVersion.number == Question.version),
    )
    rows = session.execute(query.where(Question.id.in_([one.id for one in questions])))
    return {id_: Content(kind, stem, body) for id_, kind, stem, body in rows}


def _is_sound(question: Question, content: Content, done: Done) -> bool:
    """Say whether a question can be asked; what is wrong with it is told."""
    found = QUESTION_TYPES[content.type].problems(content)
    told = dict.fromkeys(problem.message for problem in found if problem.code not in MINOR)
    if told:
        done.keep(question, NOT_SOUND.format(problems=" ".join(list(told)[:3])))
    return not told


def _own_fact(session: Session, question: Question, content: Content) -> int:
    row = own_fact_row(question.bank_id, question.uid, content, question.position)
    fact = Fact(**row)
    session.add(fact)
    session.flush()
    return fact.id
