"""Articles, facts and media of an import, stored inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.articles.segment import blocks, sentences
from quizapp.core.formats.model import ArticleIn, EvidenceIn, FactIn, MediaIn
from quizapp.models import Article, ArticleVersion, Evidence, Fact, Media, MediaBlob, MediaUse
from quizapp.services.identifiers import new_uid
from quizapp.services.transfer.import_preparing import sha256_of
from quizapp.services.transfer.import_rows import insert_rows

Place = tuple[int, int]  # an article's id and its current version


@dataclass(frozen=True, slots=True)
class CutArticle:
    """An article with its text already cut, so that nobody waits for that."""

    item: ArticleIn
    sentences: list[list[int]]
    blocks: list[list[Any]]

    @classmethod
    def of(cls, item: ArticleIn) -> "CutArticle":
        """Cut the text of an article."""
        cut = [[block.kind, block.start, block.end] for block in blocks(item.text)]
        return cls(item, sentences(item.text), cut)


def store_articles(
    session: Session, bank_id: int, articles: Sequence[CutArticle], now: datetime
) -> dict[str, Place]:
    """Store new articles and new versions of changed ones; returns all of the file by key."""
    query = sa.select(Article).where(Article.bank_id == bank_id)
    stored = {article.key: article for article in session.scalars(query)}
    places = {}
    for cut in articles:
        article = stored.get(cut.item.key)
        if article is None:
            article = Article(uid=new_uid(), bank_id=bank_id, key=cut.item.key, version=1)
            session.add(article)
            session.flush()
            session.add(_version(article, cut, now))
        elif not _same(session.get_one(ArticleVersion, (article.id, article.version)), cut.item):
            article.version += 1
            session.add(_version(article, cut, now))
        places[cut.item.key] = (article.id, article.version)
    session.flush()
    return places


def _same(version: ArticleVersion, item: ArticleIn) -> bool:
    return (
        version.text == item.text
        and version.title == item.title
        and version.authors == list(item.authors)
        and version.published == item.published
        and version.source == dict(item.source)
    )


def _version(article: Article, cut: CutArticle, now: datetime) -> ArticleVersion:
    item = cut.item
    return ArticleVersion(
        article_id=article.id,
        number=article.version,
        text=item.text,
        sha256=sha256_of(item.text.encode()),
        title=item.title,
        authors=list(item.authors),
        published=item.published,
        source=dict(item.source),
        sentences=cut.sentences,
        blocks=cut.blocks,
        created_at=now,
    )


def store_facts(
    session: Session,
    bank_id: int,
    facts: Sequence[FactIn],
    articles: Mapping[str, Place],
    before: int = 0,
) -> dict[str, int]:
    """Store facts with their evidence; returns them by key. `before`: how many came before."""
    columns = (Fact.id, Fact.key, Fact.statement, Fact.position, Fact.status)
    rows = session.execute(sa.select(*columns).where(Fact.bank_id == bank_id))
    stored = {key: (id_, tuple(values)) for id_, key, *values in rows}
    new, changed = [], []
    for position, fact in enumerate(facts, before + 1):
        values = {"statement": fact.statement, "position": position, "status": "active"}
        if fact.key not in stored:
            new.append(
                {"uid": new_uid(), "bank_id": bank_id, "key": fact.key, "detail": {}, **values}
            )
        elif stored[fact.key][1] != tuple(values.values()):
            changed.append({"id": stored[fact.key][0], **values})
    ids = insert_returning(session, Fact, new)
    if changed:
        session.execute(sa.update(Fact), changed)
    by_key = {key: row[0] for key, row in stored.items()}
    by_key |= {str(row["key"]): id_ for row, id_ in zip(new, ids, strict=True)}
    found = {fact.key: by_key[fact.key] for fact in facts}
    _store_evidence(session, {found[fact.key]: fact.evidence for fact in facts}, articles)
    return found


def _store_evidence(
    session: Session, claims: Mapping[int, Sequence[EvidenceIn]], articles: Mapping[str, Place]
) -> None:
    """Make the evidence of these facts what the file says, touching only facts that differ."""
    columns = (
        Evidence.fact_id, Evidence.article_id, Evidence.article_version,
        Evidence.start, Evidence.end, Evidence.quote,
    )  # fmt: skip
    bank = sa.select(Fact.bank_id).where(Fact.id.in_(list(claims)[:1])).scalar_subquery()
    query = sa.select(*columns).join(Fact, Fact.id == Evidence.fact_id).where(Fact.bank_id == bank)
    stored: dict[int, list[tuple[Any, ...]]] = {}
    for fact_id, *values in session.execute(query.order_by(Evidence.id)):
        stored.setdefault(fact_id, []).append(tuple(values))
    wrong, rows = [], []
    for fact_id, listed in claims.items():
        wanted = [(*articles[one.article], one.start, one.end, one.quote) for one in listed]
        if wanted != stored.get(fact_id, []):
            wrong.append(fact_id)
            rows += [(fact_id, *values, "holds") for values in wanted]
    for some in in_chunks(wrong):
        session.execute(sa.delete(Evidence).where(Evidence.fact_id.in_(some)))
    if rows:
        names = ("fact_id", "article_id", "article_version", "start", "end", "quote", "state")
        insert_rows(session, Evidence, [dict(zip(names, row, strict=True)) for row in rows])


def store_media(session: Session, bank_id: int, media: Sequence[tuple[str, MediaIn]]) -> None:
    """Store files, given with their SHA-256, once by content, and make them the bank's names."""
    for sha256, item in media:
        if session.get(Media, sha256) is None:
            session.add(Media(sha256=sha256, mime=item.mime, size=len(item.data)))
            session.flush()
            insert_rows(session, MediaBlob, [{"sha256": sha256, "data": item.data}])
        uses = sa.select(MediaUse.sha256).where(
            MediaUse.bank_id == bank_id, MediaUse.name == item.name
        )
        if list(session.scalars(uses)) != [sha256]:
            session.execute(
                sa.delete(MediaUse).where(MediaUse.bank_id == bank_id, MediaUse.name == item.name)
            )
            row = {"bank_id": bank_id, "sha256": sha256, "name": item.name}
            insert_rows(session, MediaUse, [row])


def insert_returning(session: Session, model: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert many rows at once and return their ids in the same order."""
    if not rows:
        return []
    table = model.__table__
    statement = sa.insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(session.connection().execute(statement, list(rows)).scalars())


def reserved_ids(session: Session, model: Any, number: int) -> list[int]:
    """Return ids that the next rows of a table may take; only in a transaction that writes.

    With them rows go in without asking the database for each, many times as fast.
    """
    if not number:
        return []
    connection = session.connection()
    if connection.dialect.name == "sqlite":  # this transaction is the only one that writes
        last = connection.execute(sa.select(sa.func.max(model.id))).scalar() or 0
        return list(range(last + 1, last + 1 + number))
    name = sa.func.pg_get_serial_sequence(model.__tablename__, "id")
    query = sa.select(sa.func.nextval(name)).select_from(sa.func.generate_series(1, number))
    return list(connection.execute(query).scalars())


def in_chunks(values: Sequence[Any], size: int = 500) -> list[Sequence[Any]]:
    """Cut a list into pieces that fit into one statement."""
    return [values[at : at + size] for at in range(0, len(values), size)]
