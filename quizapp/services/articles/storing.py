"""An article with its facts and drafts as rows, stored in one go.

Blocks of a version: [kind, start, end] of the text, [kind, start, start, text, reason code] where
one was left out, and ["told", 0, 0, words] for what drafting had to say.
"""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.articles import segment
from quizapp.core.articles.model import Drafted, Extracted, FoundFact, Span
from quizapp.database import writing
from quizapp.models import (
    Article,
    ArticleVersion,
    Bank,
    Evidence,
    Fact,
)
from quizapp.services.articles import draft_rows, living
from quizapp.services.content import banks, catalog
from quizapp.services.identifiers import new_uid
from quizapp.services.transfer.import_preparing import sha256_of

PATIENCE_S = 10.0
LONGEST_BANK_TITLE = 300
LONGEST_LEFT_OUT = 2000  # characters of a block that was left out
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
    facts = _store_facts(session, article, text, drafted)
    drafts = draft_rows.store(session, bank.id, drafted.drafts, facts, now)
    return Added(article.uid, bank.slug, len(facts), drafts)


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
        blocks=_blocks(text, found) + [["told", 0, 0, words] for words in drafted.told],
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


def _blocks(text: str, found: Extracted) -> list[list[Any]]:
    cut = iter(segment.blocks(text))
    rows: list[list[Any]] = []
    at = 0
    for block in found.blocks:
        if block.dropped:
            rows.append([block.kind, at, at, block.text[:LONGEST_LEFT_OUT], block.dropped])
        elif kept := next(cut, None):
            rows.append([kept.kind, kept.start, kept.end])
            at = kept.end
    return rows + [[one.kind, one.start, one.end] for one in cut]


def _store_facts(
    session: Session, article: Article, text: str, drafted: Drafted
) -> dict[str, Fact]:
    """Store the facts with their evidence; returns them by statement."""
    last = sa.select(sa.func.max(Fact.position)).where(Fact.bank_id == article.bank_id)
    before = session.scalar(last) or 0
    proofs = {
        statement: (span, detail)
        for statement, (span, detail) in _proofs(drafted).items()
        if text[span.start : span.end] == span.quote and not UNSTORABLE.search(statement)
    }
    facts = {
        statement: Fact(
            uid=new_uid(),
            bank_id=article.bank_id,
            key=f"{article.key}.{number}",
            statement=statement,
            detail=detail,
            status="active",
            position=before + number,
        )
        for number, (statement, (_, detail)) in enumerate(proofs.items(), 1)
    }
    session.add_all(facts.values())
    session.flush()
    session.add_all(
        Evidence(
            fact_id=facts[statement].id,
            article_id=article.id,
            article_version=1,
            start=span.start,
            end=span.end,
            quote=span.quote,
            state="holds",
        )
        for statement, (span, _) in proofs.items()
    )
    return facts


def _proofs(drafted: Drafted) -> dict[str, tuple[Span, dict[str, Any]]]:
    """Return the evidence and the parts of each statement, in the order of the article."""
    proofs = {fact.statement: (fact.evidence, _detail(fact)) for fact in drafted.facts}
    for draft in drafted.drafts:
        proofs.setdefault(draft.fact, (draft.evidence, {}))
    return proofs


def _detail(fact: FoundFact) -> dict[str, Any]:
    told = asdict(fact)
    return {name: told[name] for name in _PARTS if told[name]}


def _line(text: str) -> str:
    return " ".join(text.split())
