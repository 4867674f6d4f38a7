"""What a bank can ask: its facts in order, their questions, and where in the article they stand."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

import sqlalchemy as sa

from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.scheduling.queue import Candidate
from quizapp.extensions import db
from quizapp.models import Article, ArticleVersion, Evidence, Fact, Question

KEPT_S = 5.0  # an edit shows in other processes after this many seconds at the most


@dataclass(frozen=True, slots=True)
class Form:
    """A question as the queue sees it."""

    id: int
    uid: str
    version: int
    type: str
    hardness: int


@dataclass(frozen=True, slots=True)
class FactEntry:
    """A fact that can be asked."""

    id: int
    position: int
    sentence: tuple[int, int] | None  # article id, index of the sentence
    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Catalog:
    """A bank's askable facts, by id, in order."""

    bank_id: int
    facts: Mapping[int, FactEntry]
    fact_of: Mapping[int, int]  # question id -> fact id
    candidates: tuple[Candidate, ...]  # the same facts, in order, as new ones


_KEPT: dict[tuple[sa.URL, int], tuple[float, Catalog]] = {}
_MUTEX = Lock()


def of_bank(bank_id: int) -> Catalog:
    """Return what a bank can ask, at most KEPT_S seconds old."""
    key = (db.engine.url, bank_id)
    kept = _KEPT.get(key)
    if kept is None or kept[0] < time.monotonic():
        kept = (time.monotonic() + KEPT_S, _read(bank_id))
        with _MUTEX:
            if len(_KEPT) > 500:
                _KEPT.clear()
            _KEPT[key] = kept
    return kept[1]


def forget() -> None:
    """Read all banks anew; after an import or edit in this process."""
    with _MUTEX:
        _KEPT.clear()


def _read(bank_id: int) -> Catalog:
    forms: dict[int, list[Form]] = {}
    fact_of: dict[int, int] = {}
    rows = db.session.execute(
        sa.select(Question.id, Question.uid, Question.version, Question.type, Question.fact_id)
        .where(Question.bank_id == bank_id, Question.status == "active")
        .order_by(Question.position, Question.id)
    )
    for question_id, uid, version, kind, fact_id in rows:
        if fact_id is None:
            continue
        fact_of[question_id] = fact_id
        if QUESTION_TYPES[kind].GRADED_BY in {"app", "learner"}:
            form = Form(question_id, uid, version, kind, QUESTION_TYPES[kind].HARDNESS)
            forms.setdefault(fact_id, []).append(form)
    sentences = _sentences(bank_id)
    facts = db.session.execute(
        sa.select(Fact.id, Fact.position)
        .where(Fact.bank_id == bank_id, Fact.status == "active")
        .order_by(Fact.position, Fact.id)
    )
    entries = {
        fact_id: FactEntry(fact_id, position, sentences.get(fact_id), tuple(forms[fact_id]))
        for fact_id, position in facts
        if fact_id in forms
    }
    new = tuple(Candidate(fact.id, fact.sentence) for fact in entries.values())
    return Catalog(bank_id, entries, fact_of, new)


def _sentences(bank_id: int) -> dict[int, tuple[int, int]]:
    """Return the sentence on which each fact stands first."""
    found: dict[int, tuple[int, int]] = {}
    rows = db.session.execute(
        sa.select(Evidence.fact_id, Article.id, ArticleVersion.sentences, Evidence.start)
        .join(Article, Article.id == Evidence.article_id)
        .join(
            ArticleVersion,
            sa.and_(
                ArticleVersion.article_id == Article.id,
                ArticleVersion.number == Evidence.article_version,
            ),
        )
        .where(Article.bank_id == bank_id, Evidence.state != "broken")
        .order_by(Evidence.id)
    )
    for fact_id, article_id, sentences, start in rows:
        index = next((n for n, (s, e) in enumerate(sentences) if s <= start < e), 0)
        found.setdefault(fact_id, (article_id, index))
    return found
