"""Drafts as rows: questions that nobody has accepted yet, and how each was drafted."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.articles.model import Draft
from quizapp.core.articles.question_of import question_of
from quizapp.core.part_facts import part_facts
from quizapp.core.search import searchable
from quizapp.models import DraftReview, Fact, Question, QuestionPart, QuestionVersion
from quizapp.services.content.question_drafts import QuestionDraft, blocks, problems_of, tidied
from quizapp.services.content.version_rows import html_of, version_row, words_of
from quizapp.services.identifiers import new_uid


def store(
    session: Session,
    bank_id: int,
    drafts: Iterable[Draft],
    facts: Mapping[str, Fact],
    now: datetime,
) -> list[str]:
    """Store the drafts on these facts (by statement), best first; returns the questions' uids.

    Those that could not be asked as they are, are left out.
    """
    last = sa.select(sa.func.max(Question.position)).where(Question.bank_id == bank_id)
    position = session.scalar(last) or 0
    keys = {statement: fact.key for statement, fact in facts.items()}
    ids = {fact.key: fact.id for fact in facts.values()}
    stored: list[str] = []
    for draft in drafts:
        if draft.fact not in facts:
            continue
        stem, body = question_of(draft, keys)
        asked = tidied(QuestionDraft(draft.type, stem, body, fact=keys[draft.fact]))
        if any(blocks(problem) for problem in problems_of(asked, ids)):
            continue
        question = _question(bank_id, ids[keys[draft.fact]], asked, position + len(stored) + 1)
        stored.append(question.uid)
        session.add(question)
        session.flush()
        _add_rows(session, question.id, asked, ids, now)
        session.add(_drafted(question.id, draft, now))
    return stored


def _question(bank_id: int, fact_id: int, asked: QuestionDraft, position: int) -> Question:
    return Question(
        uid=new_uid(),
        bank_id=bank_id,
        fact_id=fact_id,
        type=asked.type,
        status="draft",
        version=1,
        name=asked.listed_name,
        search_text=searchable(asked.listed_name, (), words_of(asked.question)),
        edited_here=True,
        position=position,
    )


def _add_rows(
    session: Session, question_id: int, asked: QuestionDraft, ids: Mapping[str, int], now: datetime
) -> None:
    """Add the first version of a question, and the facts that its parts test."""
    html = html_of(asked.question)
    row = version_row(question_id, 1, 1, asked.question, asked.sha256, html, now)
    session.add(QuestionVersion(**row))
    session.add_all(
        QuestionPart(question_id=question_id, part=part, fact_id=ids[key])
        for part, key in part_facts(asked.body).items()
    )


def _drafted(question_id: int, draft: Draft, now: datetime) -> DraftReview:
    """Return the row that says how a question was drafted; decisions are rows of their own."""
    return DraftReview(
        question_id=question_id,
        way=draft.way,
        score=draft.score,
        features=dict(draft.features),
        reasons=list(draft.warnings),
        at=now,
    )
