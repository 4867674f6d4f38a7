"""A bank on paper: its questions in order, each with what a sheet and a key need."""

from dataclasses import dataclass

import sqlalchemy as sa

from quizapp.core.question_types import ASKABLE
from quizapp.core.statements import key_words
from quizapp.extensions import db
from quizapp.models import Question, QuestionTag
from quizapp.services.content.questions import Asked, asked

PARTS = ("questions", "sheet", "key")
MOST = 1_000  # a thousand questions are a hundred pages


@dataclass(frozen=True, slots=True)
class Printed:
    """A question as it is printed: its number, and the right answer in words."""

    asked: Asked
    number: int
    key: str


def questions(bank_id: int, tag: str = "") -> list[Printed]:
    """Return the active questions of a bank, or those with a tag, the first MOST of them."""
    query = sa.select(Question.id, Question.version).where(
        Question.bank_id == bank_id,
        Question.status == "active",
        Question.type.in_((*ASKABLE, "description")),
    )
    if tag:
        tagged = sa.select(QuestionTag.question_id).where(QuestionTag.tag == tag)
        query = query.where(Question.id.in_(tagged))
    rows = db.session.execute(query.order_by(Question.position, Question.id).limit(MOST)).all()
    printed, number = [], 0
    for id_, version in rows:
        one = asked(id_, version)
        number += one.kind.NAME != "description"
        printed.append(Printed(one, number, key_words(one.question)))
    return printed


def tags(bank_id: int) -> list[str]:
    """Return the tags of a bank's active questions, sorted."""
    query = (
        sa.select(QuestionTag.tag)
        .join(Question, Question.id == QuestionTag.question_id)
        .where(Question.bank_id == bank_id, Question.status == "active")
        .distinct()
    )
    return sorted(db.session.scalars(query), key=str.casefold)
