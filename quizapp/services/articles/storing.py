"""An article with its facts and drafts as rows, stored in one go."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.articles import segment
from quizapp.core.articles.model import Drafted, Extracted, FoundFact, Span
from quizapp.core.articles.plain import plain_form
from quizapp.database import writing
from quizapp.models import (
    Article,
    ArticleVersion,
    Bank,
    Evidence,
    Fact,
)
from quizapp.services.articles import article_blocks, draft_rows, living
from quizapp.services.articles.article_blocks import Row
from quizapp.services.content import banks, catalog
from quizapp.services.identifiers import new_uid
from quizapp.services.transfer.import_preparing import sha256_of

PATIENCE_S = 10.0
LONGEST_BANK_TITLE = 300
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # what a language model may still say
_PARTS = ("subject", "relation", "object", "hedges", "conditions", "sentence")


@dataclass(frozen=True, slots=True)
class Added:
    """What was stored: uid of the article, slug of its bank, how many facts and drafts."""

    article: str
    bank: str
    facts: int
    drafts: int


def add(
    found: Extracted, drafted: Drafted, title: str | None, owner_id: int | None, now: datetime
) -> Added:
    """Store in the owner's (or nobody's) bank of this title, which is made where there is none.

    Without a title it is that of the article. ArticleError for what no database stores.
    """
    with writing(PATIENCE_S) as session:
        title = _line(title or found.title)[:LONGEST_BANK_TITLE]
        owner = Bank.owner_id.is_(None) if owner_id is None else Bank.owner_id == owner_id
        titled = sa.select(Bank).where(Bank.title == title, owner, Bank.deleted_at.is_(None))
        bank = session.scalar(titled.order_by(Bank.id).limit(1))
        bank = bank or new_bank(session, title, found.language, owner_id)
        added = store(session, bank, found, drafted, now)
    catalog.forget()
    return added


def new_bank(session: Session, title: str, language: str, owner_id: int | None) -> Bank:
    """Add a bank that only its owner sees."""
    title = _line(title)[:LONGEST_BANK_TITLE]
    slug = banks.free_slug(session, Bank.slug, title, "bank")
    bank = Bank(uid=new_uid(), slug=slug, title=title, language=language, owner_id=owner_id)
    session.add(bank)
    session.flush()
    return bank


def store(session: Session, bank: Bank, found: Extracted, drafted: Drafted, now: datetime) -> Added:
    """Store everything in the caller's transaction; the drafts that could be asked as they are.

    ArticleError for what no database stores.
    """
    text, title = living.checked(found.text, found.title)
    session.execute(sa.select(Bank.id).where(Bank.id == bank.id).with_for_update())
    key = _free_key(session, bank.id, title)
    article = Article(uid=new_uid(), bank_id=bank.id, key=key, version=1)
    session.add(article)
    session.flush()
    session.add(_version(article, text, title, found, drafted, now))
    session.flush()
    facts = store_facts(session, article, 1, text, proofs(drafted))
    drafts = draft_rows.store(session, bank.id, drafted.drafts, facts, now)
    return Added(article.uid, bank.slug, len(facts), len(drafts))


def _free_key(session: Session, bank_id: int, title: str) -> str:
    """Return a key for the article, with which the keys of its facts begin, too."""
    base = banks.slug_of(title) or "article"
    query = sa.union_all(
        sa.select(Article.key).where(Article.bank_id == bank_id, Article.key.startswith(base)),
        sa.select(Fact.key).where(Fact.bank_id == bank_id, Fact.key.startswith(base)),
    )
    taken = set(session.scalars(query))
    free = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(
        key for key in free
        if key not in taken and not any(one.startswith(f"{key}.") for one in taken)
    )  # fmt: skip


def _version(
    article: Article, text: str, title: str, found: Extracted, drafted: Drafted, now: datetime
) -> ArticleVersion:
    return ArticleVersion(
        article_id=article.id,
        number=1,
        text=text,
        sha256=sha256_of(text.encode()),
        title=title,
        authors=list(found.authors),
        published=found.published,
        source=_source(found),
        sentences=segment.sentences(text),
        blocks=article_blocks.placed(text, _blocks(found, drafted)),
        created_at=now,
    )


def _source(found: Extracted) -> dict[str, Any]:
    """Return where it was fetched from, in the words of a bank file; {} where it was brought."""
    if not found.url:
        return {}
    source = {
        "title": found.title,
        "author": ", ".join(found.authors),
        "site": urlsplit(found.url).hostname or "",
        "date": found.published.isoformat() if found.published else "",
        "url": found.url,
    }
    return {name: value for name, value in source.items() if value}


def _blocks(found: Extracted, drafted: Drafted) -> list[Row]:
    return [
        article_blocks.left_out(one.kind, one.text, one.dropped)
        if one.dropped
        else Row(one.kind, 0, 0, plain_form(one.text))
        for one in found.blocks
    ] + [article_blocks.told(words) for words in drafted.told]


def store_facts(
    session: Session,
    article: Article,
    version: int,
    text: str,
    proved: Mapping[str, tuple[Span, dict[str, Any]]],
    before: int = 0,
) -> dict[str, Fact]:
    """Store facts, as `proofs` gives them, with their evidence; returns them by statement.

    version: the one of the article that has this text. before: the number of its last fact.
    """
    last = sa.select(sa.func.max(Fact.position)).where(Fact.bank_id == article.bank_id)
    position = session.scalar(last) or 0
    sound = {
        statement: (span, detail)
        for statement, (span, detail) in proved.items()
        if text[span.start : span.end] == span.quote and not UNSTORABLE.search(statement)
    }
    facts = {
        statement: Fact(
            uid=new_uid(),
            bank_id=article.bank_id,
            key=f"{article.key}.{before + number}",
            statement=statement,
            detail=detail,
            status="active",
            position=position + number,
        )
        for number, (statement, (_, detail)) in enumerate(sound.items(), 1)
    }
    session.add_all(facts.values())
    session.flush()
    session.add_all(
        Evidence(
            fact_id=facts[statement].id,
            article_id=article.id,
            article_version=version,
            start=span.start,
            end=span.end,
            quote=span.quote,
            state="holds",
        )
        for statement, (span, _) in sound.items()
    )
    return facts


def last_number(session: Session, article: Article) -> int:
    """Return the highest number that a fact of the article has in its key."""
    query = sa.select(Fact.key).where(
        Fact.bank_id == article.bank_id, Fact.key.startswith(f"{article.key}.", autoescape=True)
    )
    numbers = [one.rpartition(".")[2] for one in session.scalars(query)]
    return max((int(one) for one in numbers if one.isdecimal()), default=0)


def proofs(drafted: Drafted) -> dict[str, tuple[Span, dict[str, Any]]]:
    """Return the evidence and the parts of each statement, in the order of the article."""
    proved = {fact.statement: (fact.evidence, _detail(fact)) for fact in drafted.facts}
    for draft in drafted.drafts:
        proved.setdefault(draft.fact, (draft.evidence, {}))
    return proved


def _detail(fact: FoundFact) -> dict[str, Any]:
    told = asdict(fact)
    return {name: told[name] for name in _PARTS if told[name]}


def _line(text: str) -> str:
    return " ".join(text.split())
