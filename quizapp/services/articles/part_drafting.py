"""Drafting on a part of an article: one that was put back, or a sentence that nothing asks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.articles import segment
from quizapp.core.articles.model import ArticleError, Drafted, Span
from quizapp.core.articles.question_of import question_of
from quizapp.extensions import db
from quizapp.models import Article, ArticleVersion, Bank, Evidence, Fact, QuestionVersion
from quizapp.services.articles import child, decisions, draft_rows, living, standing, storing
from quizapp.services.articles.standing import Carrier

AROUND = 6_000  # characters that are read with the part, for what its words refer to
LIMIT = 60  # drafts on all of that
MOST = 12  # drafts on the part
GONE = "The article is not there any more."


@dataclass(frozen=True, slots=True)
class Part:
    """text[start:end] of a version of an article."""

    article_id: int
    version: int
    text: str
    title: str
    language: str
    start: int
    end: int


def part(options: Mapping[str, Any]) -> Part:
    """Return the part that the options of a drafting name; ArticleError where it is gone."""
    query = sa.select(Article.id, Bank.language).join(Bank, Bank.id == Article.bank_id)
    row = db.session.execute(
        query.where(Article.uid == options["article"], Bank.deleted_at.is_(None))
    ).first()
    if row is None:
        raise ArticleError(GONE)
    version = db.session.get_one(ArticleVersion, (row.id, options["version"]))
    found = Part(
        article_id=row.id,
        version=version.number,
        text=version.text,
        title=version.title,
        language=row.language.replace("_", "-").partition("-")[0].casefold(),
        start=options["start"],
        end=options["end"],
    )
    db.session.rollback()
    return found


def drafted(part: Part) -> Drafted:
    """Return what is drafted on a part by the app's own rules, whoever drafted the article.

    Its neighbours are read with it: a sentence refers to what stands before, and wrong options
    come from around it. Errors as `child.draft`.
    """
    begin, end = _around(part)
    made = child.draft(part.text[begin:end], part.title, part.language, LIMIT)
    facts = [replace(one, evidence=_moved(one.evidence, begin)) for one in made.facts]
    drafts = [replace(one, evidence=_moved(one.evidence, begin)) for one in made.drafts]
    return Drafted(
        tuple(one for one in facts if _is_inside(one.evidence, part)),
        tuple(one for one in drafts if _is_inside(one.evidence, part)),
    )


def store(session: Session, part: Part, drafted: Drafted, now: datetime) -> Sequence[str]:
    """Store the facts and drafts that the article does not have yet; returns the drafts' uids.

    Where the article was edited meanwhile, what proves them is carried over to its text of now.
    """
    article = session.get_one(Article, part.article_id, with_for_update=True)
    session.refresh(article)
    old = _facts(session, article.id)
    new = {
        statement: proof
        for statement, proof in storing.proofs(drafted).items()
        if statement not in old
    }
    before = storing.last_number(session, article)
    facts = storing.store_facts(session, article, part.version, part.text, new, before)
    session.flush()
    _carry(session, article, part.version, facts.values())
    known = _asked(session, article.id)
    fresh = [one for one in drafted.drafts if (one.type, question_of(one)[0]) not in known]
    return draft_rows.store(session, article.bank_id, fresh[:MOST], old | facts, now)


def _around(part: Part) -> tuple[int, int]:
    """Return where the blocks begin and end that are read with the part."""
    blocks = segment.blocks(part.text)
    first = next(place for place, one in enumerate(blocks) if one.end >= part.end)
    last = first
    while True:
        longer = [
            (low, high)
            for low, high in ((first - 1, last), (first, last + 1))
            if low >= 0 and high < len(blocks) and blocks[high].end - blocks[low].start <= AROUND
        ]
        if not longer:
            break
        first, last = longer[0] if part.start - blocks[first].start < AROUND / 2 else longer[-1]
    begin = part.text.rfind("\n", 0, blocks[first].start) + 1  # with the mark of a heading
    return begin, blocks[last].end


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by, span.quote)


def _is_inside(span: Span, part: Part) -> bool:
    return part.start <= span.start and span.end <= part.end


def _facts(session: Session, article_id: int) -> dict[str, Fact]:
    """Return the facts that an article proves or proved, by statement."""
    proved = sa.select(Evidence.fact_id).where(Evidence.article_id == article_id)
    query = sa.select(Fact).where(Fact.id.in_(proved)).order_by(Fact.id.desc())
    return {fact.statement: fact for fact in session.scalars(query)}


def _carry(session: Session, article: Article, version: int, facts: Iterable[Fact]) -> None:
    if article.version == version:
        return
    now = session.get_one(ArticleVersion, (article.id, article.version))
    new = {fact.id for fact in facts}
    rows = [row for row in standing.proofs_of(session, article.id) if row.fact_id in new]
    living.carry_over(session, article, Carrier(article.id, now.text), rows)


def _asked(session: Session, article_id: int) -> set[tuple[str, str]]:
    """Return types and stems of what was drafted on the article, in all versions."""
    types = {one.id: one.type for one in decisions.drafts_of(session, article_id)}
    query = sa.select(QuestionVersion.question_id, QuestionVersion.stem)
    rows = session.execute(query.where(QuestionVersion.question_id.in_(list(types))))
    return {(types[id_], stem) for id_, stem in rows}
