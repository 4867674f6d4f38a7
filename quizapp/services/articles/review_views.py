"""An article and its drafts as the page of their review shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.markdown import to_plain
from quizapp.core.question import Question as Content
from quizapp.core.statements import key_words
from quizapp.extensions import db
from quizapp.models import ArticleVersion, Evidence, Fact, Question, QuestionVersion
from quizapp.services.articles import article_blocks, decisions, standing
from quizapp.services.articles.article_blocks import TOLD
from quizapp.services.articles.decisions import Log
from quizapp.services.people.sessions import Person


@dataclass(frozen=True, slots=True)
class BlockView:
    """A heading or paragraph: text[start:end], or left out for a reason (a code, else "").

    place: by which it is put back or left out. is_whole: whether it can be put back.
    """

    kind: str
    text: str
    start: int
    end: int
    dropped_reason: str = ""
    place: int = 0
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft in plain words; `stem` keeps gaps as [[1]].

    quote: what proves its fact, text[start:end] of the article; 0 and 0 where the article does not
    say it any more.
    warnings: codes of item-writing flaws. decision: accept, edit, reject, or None; `reason` is
    the code of a reject.
    """

    uid: str
    type: str
    way: str
    stem: str
    options: tuple[str, ...]
    key: str
    fact: str
    start: int
    end: int
    quote: str
    score: float
    warnings: tuple[str, ...]
    decision: str | None
    reason: str

    @property
    def stands(self) -> bool:
        """Whether the article still says what it asks."""
        return self.end > self.start


@dataclass(frozen=True, slots=True)
class Review:
    """An article with its drafts, best first, and its sentences as (start, end, is asked)."""

    uid: str
    version: int
    title: str
    authors: tuple[str, ...]
    published: date | None
    language: str
    bank_slug: str
    bank_title: str
    text: str
    blocks: tuple[BlockView, ...]
    drafts: tuple[DraftView, ...]
    sentences: tuple[tuple[int, int, bool], ...]
    told: tuple[str, ...]


def review(person: Person | None, article_uid: str) -> Review:
    """Return an article and all that was drafted on it; Absent where the person may not edit it."""
    article, bank = standing.editable(article_uid, person)
    session = db.session()
    version = session.get_one(ArticleVersion, (article.id, article.version))
    drafts = _drafts(session, version)
    rows = article_blocks.rows(version.text, version.blocks)
    return Review(
        uid=article.uid,
        version=version.number,
        title=version.title,
        authors=tuple(version.authors),
        published=version.published,
        language=bank.language,
        bank_slug=bank.slug,
        bank_title=bank.title,
        text=version.text,
        blocks=tuple(
            BlockView(row.kind, row.words, row.start, row.end, row.reason, place, row.is_whole)
            for place, row in enumerate(rows)
            if row.kind != TOLD
        ),
        drafts=tuple(sorted(drafts, key=lambda one: -one.score)),
        sentences=tuple(
            (start, end, _is_asked(start, end, drafts)) for start, end in version.sentences
        ),
        told=tuple(row.words for row in rows if row.kind == TOLD),
    )


def _drafts(session: Session, version: ArticleVersion) -> list[DraftView]:
    questions = decisions.drafts_of(session, version.article_id)
    ids = [question.id for question in questions]
    logs = decisions.logs(session, ids)
    rows = session.execute(
        sa.select(QuestionVersion, Fact.statement, Fact.id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Fact, Fact.id == Question.fact_id)
        .where(Question.id.in_(ids), QuestionVersion.number == Question.version)
    )
    contents = {row.question_id: (row, statement, fact) for row, statement, fact in rows}
    proofs = _proofs(session, version)
    return [
        _draft(question, logs[question.id], *contents[question.id][:2],
               proofs[contents[question.id][2]])
        for question in questions
    ]  # fmt: skip


def _proofs(session: Session, version: ArticleVersion) -> dict[int, tuple[int, int, str]]:
    """Return by fact where the text proves it, (0, 0, what it said once) where no more."""
    query = sa.select(Evidence).where(Evidence.article_id == version.article_id)
    proofs: dict[int, tuple[int, int, str]] = {}
    for row in session.scalars(query.order_by(Evidence.id)):
        holds = row.article_version == version.number and row.state != "broken"
        place = (row.start, row.end, row.quote) if holds else (0, 0, row.quote)
        if holds or row.fact_id not in proofs:
            proofs[row.fact_id] = place
    return proofs


def _draft(
    question: Question,
    log: Log,
    version: QuestionVersion,
    statement: str,
    proof: tuple[int, int, str],
) -> DraftView:
    content = Content(question.type, version.stem, version.body)
    start, end, quote = proof
    last = log.last
    decision = log.decision(question)
    return DraftView(
        uid=question.uid,
        type=question.type,
        way=log.drafted.way,
        stem=to_plain(version.stem),
        options=tuple(to_plain(one.get("text", "")) for one in version.body.get("options", ())),
        key=_shown_key(content),
        fact=statement,
        start=start,
        end=end,
        quote=quote,
        score=log.drafted.score or 0.0,
        warnings=tuple(log.drafted.reasons),
        decision=decision,
        reason=str(last.reasons[0]) if last and decision == "reject" and last.reasons else "",
    )


def _shown_key(content: Content) -> str:
    words = key_words(content)
    gaps: Any = content.body.get("gaps", {})
    return words.removeprefix("1: ") if len(gaps) == 1 else words


def _is_asked(start: int, end: int, drafts: Sequence[DraftView]) -> bool:
    return any(one.start < end and one.end > start for one in drafts if one.decision != "reject")
