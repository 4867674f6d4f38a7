"""The passage of the article that proves a fact: its paragraph, with the sentence to mark."""

import time
from dataclasses import dataclass
from threading import Lock

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Article, ArticleVersion, Evidence

KEPT_S = 30.0  # evidence changes only when an article is edited


@dataclass(frozen=True, slots=True)
class Passage:
    """A quote in its paragraph: before + quote + after is the whole paragraph."""

    article: str  # uid
    title: str
    paragraph: int  # 1-based, headings not counted
    sentence: int  # index into the article's sentences
    start: int
    end: int
    before: str
    quote: str
    after: str


_KEPT: dict[tuple[sa.URL, int], tuple[float, Passage | None]] = {}
_MUTEX = Lock()


def of_fact(fact_id: int | None) -> Passage | None:
    """Return the passage that proves a fact, None where it has none."""
    if fact_id is None:
        return None
    key = (db.engine.url, fact_id)
    kept = _KEPT.get(key)
    if kept is None or kept[0] < time.monotonic():
        kept = (time.monotonic() + KEPT_S, _read(fact_id))
        with _MUTEX:
            if len(_KEPT) > 20_000:
                _KEPT.clear()
            _KEPT[key] = kept
    return kept[1]


def forget() -> None:
    """Read all passages anew; after an edit in this process."""
    with _MUTEX:
        _KEPT.clear()


def _read(fact_id: int) -> Passage | None:
    row = db.session.execute(
        sa.select(
            Article.uid,
            ArticleVersion.title,
            ArticleVersion.text,
            ArticleVersion.sentences,
            Evidence.start,
            Evidence.end,
        )
        .join(Article, Article.id == Evidence.article_id)
        .join(
            ArticleVersion,
            sa.and_(
                ArticleVersion.article_id == Evidence.article_id,
                ArticleVersion.number == Evidence.article_version,
            ),
        )
        .where(Evidence.fact_id == fact_id, Evidence.state != "broken")
        .order_by(Evidence.id)
        .limit(1)
    ).first()
    return passage(*row) if row else None


def passage(
    uid: str, title: str, text: str, sentences: list[list[int]], start: int, end: int
) -> Passage:
    """Cut the paragraph around text[start:end] out of an article's text."""
    first = text.rfind("\n\n", 0, start)
    first = 0 if first < 0 else first + 2
    last = text.find("\n\n", end)
    last = len(text) if last < 0 else last
    before_it = text[:first].split("\n\n")[:-1]
    number = sum(not block.startswith("## ") for block in before_it) + 1
    sentence = next((n for n, (s, e) in enumerate(sentences) if s <= start < e), 0)
    return Passage(
        uid, title, number, sentence, start, end, text[first:start], text[start:end], text[end:last]
    )
