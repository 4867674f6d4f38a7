"""Banks as learners see them: what is in one, and how far they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Article, ArticleVersion, Bank, Fact, Question
from quizapp.services.content import banks
from quizapp.services.people.sessions import Person


@dataclass(frozen=True, slots=True)
class BankView:
    """A bank in a few figures."""

    id: int
    uid: str
    slug: str
    title: str
    notice: str
    visibility: str
    facts: int
    questions: int
    types: int


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article of a bank."""

    uid: str
    title: str
    authors: list[str]
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BankName:
    """A bank as far as a page names it."""

    id: int
    slug: str
    title: str


def named(slug: str, person: Person | None) -> BankName | None:
    """Return a bank's name; None where there is none or it is not this person's to see."""
    found = banks.find(slug)
    if found is None or not banks.may_view(person, found):
        return None
    return BankName(found.id, found.slug, found.title)


def seen(slug: str, person: Person | None) -> BankView | None:
    """Return a bank by its slug; None where there is none or it is not this person's to see."""
    found = banks.find(slug)
    if found is None or not banks.may_view(person, found):
        return None
    return _view(found)


def first_public() -> BankView | None:
    """Return the bank with which a stranger begins."""
    found = _first()
    return _view(found) if found else None


def first_named() -> BankName | None:
    """Return the same, by name."""
    found = _first()
    return BankName(found.id, found.slug, found.title) if found else None


def _first() -> Bank | None:
    return db.session.scalar(
        sa.select(Bank)
        .where(Bank.visibility == "public", Bank.deleted_at.is_(None))
        .order_by(Bank.id)
        .limit(1)
    )


def visible(person: Person | None) -> list[BankView]:
    """Return the banks that this person may study, the public ones first."""
    return [_view(found) for found in banks.visible_banks(person)]


def visible_names(person: Person | None) -> list[BankName]:
    """Return the same by name alone."""
    return [BankName(one.id, one.slug, one.title) for one in banks.visible_banks(person)]


def articles(bank_id: int) -> list[ArticleView]:
    """Return the articles of a bank in their current versions."""
    rows = db.session.execute(
        sa.select(Article.uid, ArticleVersion.title, ArticleVersion.authors, ArticleVersion.source)
        .join(
            ArticleVersion,
            sa.and_(
                ArticleVersion.article_id == Article.id, ArticleVersion.number == Article.version
            ),
        )
        .where(Article.bank_id == bank_id)
        .order_by(Article.id)
    )
    return [ArticleView(uid, title, list(authors), source) for uid, title, authors, source in rows]


def _view(bank: Bank) -> BankView:
    facts = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(Fact)
        .where(Fact.bank_id == bank.id, Fact.status == "active")
    )
    questions, types = db.session.execute(
        sa.select(sa.func.count(), sa.func.count(sa.distinct(Question.type)))
        .select_from(Question)
        .where(Question.bank_id == bank.id, Question.status == "active")
    ).one()
    return BankView(
        bank.id,
        bank.uid,
        bank.slug,
        bank.title,
        bank.notice,
        bank.visibility,
        int(facts or 0),
        questions,
        types,
    )
