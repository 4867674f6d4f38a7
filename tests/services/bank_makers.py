"""Questions for the tests of managing banks: as importing and editing store them."""

import hashlib
from typing import Any

import sqlalchemy as sa

from quizapp.core.question import Question as Content
from quizapp.core.search import searchable
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    Bank,
    Fact,
    Media,
    MediaBlob,
    MediaUse,
    Question,
    QuestionTag,
    QuestionVersion,
)
from quizapp.services.content.version_rows import own_fact_row, words_of
from quizapp.services.identifiers import new_uid
from tests.factories import START


def put_question(
    bank_id: int,
    stem: str,
    back: str = "Answer",
    kind: str = "flashcard",
    tags: tuple[str, ...] = (),
    body: dict[str, Any] | None = None,
    fact_id: int | None = None,
    position: int = 0,
    **columns: Any,
) -> int:
    """Store a question, under a fact of its own where none is given; returns its id."""
    body = {"back": back} if body is None else body
    content, uid = Content(kind, stem, body), new_uid()
    name = columns.pop("name", stem[:300])
    with writing() as session:
        if fact_id is None:
            fact = Fact(**own_fact_row(bank_id, uid, content, position))
            session.add(fact)
            session.flush()
            fact_id = fact.id
        question = Question(
            uid=uid,
            bank_id=bank_id,
            fact_id=fact_id,
            type=kind,
            name=name,
            search_text=searchable(name, tags, words_of(content)),
            position=position,
            **columns,
        )
        session.add(question)
        session.flush()
        session.add(
            QuestionVersion(
                question_id=question.id, number=1, stem=stem, body=body,
                sha256="0" * 64, edited_at=START,
            )
        )  # fmt: skip
        session.add_all(QuestionTag(question_id=question.id, tag=tag) for tag in tags)
        return question.id


def put_bank(title: str = "Bank", owner_id: int | None = None, visibility: str = "private") -> int:
    """Store an empty bank; returns its id."""
    with writing() as session:
        slug = title.lower().replace(" ", "-")
        bank = Bank(uid=new_uid(), slug=slug, title=title, visibility=visibility)
        bank.owner_id = owner_id
        session.add(bank)
        session.flush()
        return bank.id


def question(question_id: int) -> Question:
    """Return a question as it stands now."""
    db.session.rollback()
    return db.session.get_one(Question, question_id)


def fact_of(question_id: int) -> Fact:
    """Return a question's fact as it stands now."""
    return db.session.get_one(Fact, question(question_id).fact_id)


def tags_of(question_id: int) -> set[str]:
    """Return a question's tags."""
    db.session.rollback()
    query = sa.select(QuestionTag.tag).where(QuestionTag.question_id == question_id)
    return set(db.session.scalars(query))


def put_picture(bank_id: int, name: str, data: bytes) -> None:
    """Give a bank a picture."""
    digest = hashlib.sha256(data).hexdigest()
    with writing() as session:
        session.add(Media(sha256=digest, mime="image/png", size=len(data)))
        session.flush()
        session.add(MediaBlob(sha256=digest, data=data))
        session.add(MediaUse(bank_id=bank_id, sha256=digest, name=name))
