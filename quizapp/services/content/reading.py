"""An article as a person reads it: sentence by sentence, coloured by what is known of its facts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from quizapp.core.articles import segment
from quizapp.core.statistics.recall import recall_level
from quizapp.extensions import db
from quizapp.models import Article, ArticleVersion, Bank, Evidence, Fact
from quizapp.services.content import banks
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person
from quizapp.services.study import memories

Span = tuple[int, int]
Level = Callable[[tuple[int, ...]], int | None]  # how facts are known, as Piece.level


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or with no index the text between two; a sentence with facts can be opened.

    `level` is 1 weak .. 4 known, 0 for facts never asked, None where there is nothing to colour.
    """

    text: str
    index: int | None = None
    facts: tuple[int, ...] = ()
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph in pieces."""

    kind: str
    pieces: tuple[Piece, ...]

    def holds(self, sentence: int | None) -> bool:
        """Say whether the sentence stands here."""
        return sentence is not None and any(piece.index == sentence for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """An article with what this person knows of it."""

    uid: str
    title: str
    authors: list[str]
    published: date | None
    source: Mapping[str, Any]
    bank_slug: str
    bank_title: str
    notice: str
    language: str
    blocks: list[Block]
    coloured: bool  # whether the person has met any of its facts
    recall: Mapping[int, float] = field(default_factory=dict)  # by fact

    def piece(self, index: int) -> Piece | None:
        """Return a sentence by its number."""
        found = (piece for block in self.blocks for piece in block.pieces if piece.index == index)
        return next(found, None)


def article(uid: str, person: Person | None, now: datetime) -> ReadingPage:
    """Return an article; Absent where there is none or its bank is not this person's to see.

    A sentence takes the colour of the least known of its facts that were met.
    """
    row = db.session.execute(
        sa.select(Article.id, Article.version, Bank)
        .join(Bank, Bank.id == Article.bank_id)
        .where(Article.uid == uid, Bank.deleted_at.is_(None))
    ).first()
    if row is None or not banks.may_view(person, row.Bank):
        raise Absent
    text = text_of(row.id, row.version)
    spans = evidence_of(row.id, row.version)
    known = memories.of_person(person, now, {fact for fact, _ in spans}) if person else []
    recall = {one.fact_id: one.recall for one in known}
    return ReadingPage(
        uid=uid,
        title=text.title,
        authors=list(text.authors),
        published=text.published,
        source=text.source,
        bank_slug=row.Bank.slug,
        bank_title=row.Bank.title,
        notice=row.Bank.notice,
        language=row.Bank.language,
        blocks=blocks_of(text, spans, lambda facts: _level(facts, recall)),
        coloured=bool(recall),
        recall=recall,
    )


def of_shelf(person: Person) -> list[tuple[str, str]]:
    """Return (uid, title) of the articles that the learner studies, the newest bank's first."""
    shelf = memories.shelf(person)
    rows = db.session.execute(
        sa.select(Article.bank_id, Article.uid, ArticleVersion.title)
        .join(
            ArticleVersion,
            sa.and_(
                ArticleVersion.article_id == Article.id, ArticleVersion.number == Article.version
            ),
        )
        .where(Article.bank_id.in_(shelf))
        .order_by(Article.id)
    ).all()
    order = {bank_id: n for n, bank_id in enumerate(shelf)}
    rows = sorted(rows, key=lambda row: order[row.bank_id])
    return [(row.uid, row.title) for row in rows]


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article version cut into blocks and sentences; versions never change."""

    text: str
    title: str
    authors: tuple[str, ...]
    published: date | None
    source: Mapping[str, Any]
    blocks: tuple[tuple[str, int, int, tuple[tuple[int, int, int], ...]], ...]


def text_of(article_id: int, number: int) -> ArticleText:
    """Return a version of an article."""
    return _text(str(db.engine.url), article_id, number)


@lru_cache(maxsize=256)
def _text(_database: str, article_id: int, number: int) -> ArticleText:
    version = db.session.get_one(ArticleVersion, (article_id, number))
    sentences = [(n, start, end) for n, (start, end) in enumerate(version.sentences)]
    return ArticleText(
        version.text,
        version.title,
        tuple(version.authors),
        version.published,
        version.source,
        tuple(
            (
                block.kind,
                block.start,
                block.end,
                tuple(s for s in sentences if block.start <= s[1] < s[2] <= block.end),
            )
            for block in segment.blocks(version.text)
        ),
    )


def evidence_of(article_id: int, number: int) -> list[tuple[int, Span]]:
    """Return where the facts stand that still hold, as (fact, (start, end))."""
    rows = db.session.execute(
        sa.select(Evidence.fact_id, Evidence.start, Evidence.end)
        .join(Fact, Fact.id == Evidence.fact_id)
        .where(
            Evidence.article_id == article_id,
            Evidence.article_version == number,
            Evidence.state != "broken",
            Fact.status == "active",
        )
        .order_by(Fact.position, Fact.id)
    )
    return [(fact_id, (start, end)) for fact_id, start, end in rows]


def blocks_of(text: ArticleText, spans: list[tuple[int, Span]], level: Level) -> list[Block]:
    """Return an article in pieces; each sentence with the facts that stand on it."""
    return [_block(text.text, block, spans, level) for block in text.blocks]


def _block(text: str, block: Any, spans: list[tuple[int, Span]], level: Level) -> Block:
    kind, start, end, sentences = block
    if kind == "heading":
        return Block(kind, (Piece(text[start:end]),))
    return Block(kind, tuple(_pieces(text, (start, end), sentences, spans, level)))


def _pieces(
    text: str,
    within: Span,
    sentences: tuple[tuple[int, int, int], ...],
    spans: list[tuple[int, Span]],
    level: Level,
) -> Iterator[Piece]:
    """Yield sentences and what lies between, so that together they are the paragraph."""
    at, last = within
    for index, start, end in sentences:
        if start < at:
            continue  # overlaps the one before: its words stand there already
        if start > at:
            yield Piece(text[at:start])
        facts = tuple(
            dict.fromkeys(fact for fact, (first, until) in spans if first < end and until > start)
        )
        yield Piece(text[start:end], index, facts, level(facts))
        at = end
    if at < last:
        yield Piece(text[at:last])


def _level(facts: tuple[int, ...], recall: Mapping[int, float]) -> int | None:
    if not facts or not recall:
        return None
    met = [recall[fact] for fact in facts if fact in recall]
    return recall_level(min(met)) if met else 0
