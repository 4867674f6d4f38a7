"""A sentence of an article that a question is written on: it proves the question's fact."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.articles.model import Span
from quizapp.extensions import db
from quizapp.models import Article, ArticleVersion, Evidence, Fact
from quizapp.services.articles import living, standing, storing
from quizapp.services.articles.standing import Carrier
from quizapp.services.content import evidence
from quizapp.services.content.evidence import Passage
from quizapp.services.content.questions import Absent


@dataclass(frozen=True, slots=True)
class Sentence:
    """text[start:end] of a version of an article."""

    article_id: int
    article_uid: str
    version: int
    index: int
    start: int
    end: int
    quote: str
    passage: Passage  # the sentence in its paragraph

    @property
    def name(self) -> str:
        """What `named` finds it by; versions never change, so it stays the same sentence."""
        return f"{self.article_uid}.{self.version}.{self.index}"


def named(bank_id: int, name: str) -> Sentence:
    """Return a sentence of the bank by UID.VERSION.INDEX; Absent where there is none."""
    uid, *numbers = name.split(".")
    if len(numbers) != 2 or not all(one.isascii() and one.isdecimal() for one in numbers):
        raise Absent
    version, index = (int(one[:9]) for one in numbers)
    row = db.session.execute(
        sa.select(Article.id, ArticleVersion)
        .join(ArticleVersion, ArticleVersion.article_id == Article.id)
        .where(Article.uid == uid, Article.bank_id == bank_id, ArticleVersion.number == version)
    ).first()
    if row is None or index >= len(row.ArticleVersion.sentences):
        raise Absent
    text = row.ArticleVersion
    start, end = text.sentences[index]
    passage = evidence.passage(uid, text.title, text.text, text.sentences, start, end)
    return Sentence(row.id, uid, version, index, start, end, passage.quote, passage)


def fact_of(session: Session, sentence: Sentence) -> Fact:
    """Return the fact that says what a sentence says, inside the caller's transaction.

    It is made where there is none, with the sentence as its proof.
    """
    article = _locked(session, sentence)
    proved = sa.select(Evidence.fact_id).where(Evidence.article_id == article.id)
    query = sa.select(Fact).where(
        Fact.id.in_(proved), Fact.bank_id == article.bank_id, Fact.statement == sentence.quote
    )
    fact = session.scalars(query.order_by(Fact.id).limit(1)).first()
    if fact is None:
        row = session.get_one(ArticleVersion, (article.id, sentence.version))
        span, nothing = Span(sentence.start, sentence.end, sentence.quote), dict[str, Any]()
        proof = {sentence.quote: (span, nothing)}
        before = storing.last_number(session, article)
        made = storing.store_facts(session, article, sentence.version, row.text, proof, before)
        fact = made[sentence.quote]
        _carry_over(session, article, sentence, fact.id)
    return fact


def prove(session: Session, fact_id: int, sentence: Sentence) -> None:
    """Let a sentence prove a fact too, inside the caller's transaction.

    Nothing is added where it proves the fact already. Where the article was edited meanwhile, the
    proof is carried over to its text of now; there it may be broken.
    """
    article = _locked(session, sentence)
    if _stands(session, fact_id, sentence):
        return
    session.add(
        Evidence(
            fact_id=fact_id,
            article_id=article.id,
            article_version=sentence.version,
            start=sentence.start,
            end=sentence.end,
            quote=sentence.quote,
            state="holds",
        )
    )
    session.flush()
    _carry_over(session, article, sentence, fact_id)


def _locked(session: Session, sentence: Sentence) -> Article:
    article = session.get_one(Article, sentence.article_id, with_for_update=True)
    session.refresh(article)
    return article


def _stands(session: Session, fact_id: int, sentence: Sentence) -> bool:
    """Say whether a fact is proved by the sentence, or a part of it, here or in a later text."""
    here = sa.and_(
        Evidence.article_version == sentence.version,
        Evidence.start < sentence.end,
        Evidence.end > sentence.start,
    )
    found = session.scalar(
        sa.select(Evidence.id)
        .where(
            Evidence.fact_id == fact_id,
            Evidence.article_id == sentence.article_id,
            sa.or_(here, Evidence.quote == sentence.quote),
        )
        .limit(1)
    )
    return found is not None


def _carry_over(session: Session, article: Article, sentence: Sentence, fact_id: int) -> None:
    if article.version == sentence.version:
        return
    text = session.get_one(ArticleVersion, (article.id, article.version)).text
    rows = [row for row in standing.proofs_of(session, article.id) if row.fact_id == fact_id]
    living.carry_over(session, article, Carrier(article.id, text), rows)
