"""How far a class is with an article: what of each sentence is asked, and what of it is known."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Final

import sqlalchemy as sa

from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.statistics.recall import recall_level
from quizapp.extensions import db
from quizapp.models import Evidence, Fact, Question, QuestionPart
from quizapp.services.content import reading
from quizapp.services.content.reading import Block
from quizapp.services.courses import access, course_articles, fact_recall
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.course_articles import CourseArticle
from quizapp.services.courses.fact_recall import FactRecall
from quizapp.services.people.sessions import Person

# Asked and known; asked and not yet known, in three; asked but hardly answered; not asked.
STATES: Final = ("known", "likely", "fading", "weak", "few", "unasked")
GROUPS: Final = {  # the four that people look for
    "known": ("known",),
    "not_yet": ("likely", "fading", "weak"),
    "few": ("few",),
    "unasked": ("unasked",),
}
_BY_LEVEL: Final = ("", "weak", "fading", "likely", "known")
ENOUGH: Final = 0.5  # of the class: of what fewer have answered, nothing is said
KEPT_S: Final = 30.0
MANY: Final = 20_000  # memories; the sums over fewer are made anew each time
MOST_KEPT: Final = 100
_TYPES: Final = [name for name, kind in QUESTION_TYPES.items() if kind.GRADED_BY != "nobody"]


@dataclass(frozen=True, slots=True)
class CoveredFact:
    """A fact that the text proves: ids of the questions that ask it, ids of drafts that may."""

    id: int
    uid: str
    key: str
    statement: str
    questions: frozenset[int]
    drafts: frozenset[int]
    recall: FactRecall | None  # None where nobody in the class has answered


@dataclass(frozen=True, slots=True)
class CoveredSentence:
    """A sentence with one of STATES.

    fact: the one by which it is judged, the least known of those that enough have answered. None
    where there is none such; then `answered` is the most who have answered one of its facts.
    """

    index: int
    text: str
    state: str
    facts: tuple[CoveredFact, ...]
    fact: CoveredFact | None
    answered: int

    @property
    def recall(self) -> float | None:
        """The class's mean recall of it, 0..1; None where too few have answered."""
        return self.fact.recall.recall if self.fact and self.fact.recall else None

    @property
    def questions(self) -> int:
        """How many questions ask it."""
        return len(frozenset[int]().union(*(fact.questions for fact in self.facts)))

    @property
    def drafts(self) -> int:
        """How many drafts wait for a decision."""
        return len(frozenset[int]().union(*(fact.drafts for fact in self.facts)))


@dataclass(frozen=True, slots=True)
class Coverage:
    """An article with all its sentences by number; learners: how many the class has."""

    article: CourseArticle
    title: str
    blocks: list[Block]
    sentences: Mapping[int, CoveredSentence]
    learners: int

    @property
    def counts(self) -> dict[str, int]:
        """How many sentences are in each of STATES."""
        states = [one.state for one in self.sentences.values()]
        return {state: states.count(state) for state in STATES}

    def of(self, group: str) -> list[CoveredSentence]:
        """Return the sentences in one of GROUPS, else all, as they follow each other."""
        states = GROUPS.get(group, STATES)
        return [one for one in self.sentences.values() if one.state in states]


def of_article(course: CourseView, person: Person, uid: str, now: datetime) -> Coverage:
    """Return one article of the course; Absent where the course has none of this uid."""
    return of_articles(course, [course_articles.find(course, person, uid)], now)[0]


def of_articles(
    course: CourseView, articles: Sequence[CourseArticle], now: datetime
) -> list[Coverage]:
    """Return articles of the course: a few queries for all of them, and two more for each."""
    proved = _proved(articles)
    known = _known(course.id, articles, proved, now)
    facts = _facts(proved, known.facts)
    return [_coverage(one, facts, known.learners) for one in articles]


@dataclass(frozen=True, slots=True)
class _Known:
    learners: int
    facts: Mapping[int, FactRecall]


_Key = tuple[sa.URL, int, tuple[tuple[int, int], ...]]
_KEPT: dict[_Key, tuple[float, _Known]] = {}
_MUTEX = Lock()


def _known(
    course_id: int, articles: Sequence[CourseArticle], proved: sa.Select[Any], now: datetime
) -> _Known:
    """Return what the class knows; of a big class at most KEPT_S old.

    Who goes from sentence to sentence waits for the sums over 100,000 memories once.
    """
    key = (db.engine.url, course_id, tuple((one.id, one.version) for one in articles))
    kept = _KEPT.get(key)
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    found = _Known(len(access.learners(course_id)), fact_recall.of_class(course_id, proved, now))
    if sum(one.answered for one in found.facts.values()) >= MANY:
        with _MUTEX:
            if len(_KEPT) >= MOST_KEPT:
                _KEPT.clear()
            _KEPT[key] = (time.monotonic() + KEPT_S, found)
    return found


def _proved(articles: Iterable[CourseArticle]) -> sa.Select[Any]:
    """Select the ids of the facts that the texts of now prove."""
    here = [(one.id, one.version) for one in articles]
    return sa.select(Evidence.fact_id).where(
        sa.tuple_(Evidence.article_id, Evidence.article_version).in_(here),
        Evidence.state != "broken",
    )


def _facts(proved: sa.Select[Any], known: Mapping[int, FactRecall]) -> dict[int, CoveredFact]:
    asked = _questions(proved)
    rows = db.session.execute(
        sa.select(Fact.id, Fact.uid, Fact.key, Fact.statement).where(
            Fact.id.in_(proved), Fact.status == "active"
        )
    )
    return {
        row.id: CoveredFact(
            *row,
            frozenset(asked.get((row.id, "active"), ())),
            frozenset(asked.get((row.id, "draft"), ())),
            known.get(row.id),
        )
        for row in rows
    }


def _questions(proved: sa.Select[Any]) -> dict[tuple[int, str], list[int]]:
    """Return by (fact, status) the questions that ask it, alone or in one of their parts."""
    of_fact = sa.union(
        sa.select(Question.fact_id, Question.id).where(Question.fact_id.in_(proved)),
        sa.select(QuestionPart.fact_id, QuestionPart.question_id).where(
            QuestionPart.fact_id.in_(proved)
        ),
    ).subquery()
    rows = db.session.execute(
        sa.select(of_fact.c.fact_id, Question.status, Question.id)
        .join(Question, Question.id == of_fact.c.id)
        .where(Question.status.in_(("active", "draft")), Question.type.in_(_TYPES))
    )
    found: dict[tuple[int, str], list[int]] = {}
    for fact_id, status, question_id in rows:
        found.setdefault((fact_id, status), []).append(question_id)
    return found


def _coverage(article: CourseArticle, facts: Mapping[int, CoveredFact], learners: int) -> Coverage:
    text = reading.text_of(article.id, article.version)
    spans = reading.evidence_of(article.id, article.version)
    blocks = reading.blocks_of(text, spans, lambda _facts: None)
    pieces = [piece for block in blocks for piece in block.pieces]
    sentences = {
        piece.index: _sentence(
            piece.index, piece.text, [facts[one] for one in piece.facts if one in facts], learners
        )
        for piece in pieces
        if piece.index is not None
    }
    return Coverage(article, text.title, blocks, sentences, learners)


def _sentence(
    index: int, text: str, facts: Sequence[CoveredFact], learners: int
) -> CoveredSentence:
    """Judge a sentence as a learner's own page does: by the least known of its facts."""
    met = [(one.recall, one) for one in facts if one.questions and one.recall]
    enough = [pair for pair in met if pair[0].answered >= learners * ENOUGH]
    if enough:
        recall, fact = min(enough, key=lambda pair: pair[0].recall)
        state = _BY_LEVEL[recall_level(recall.recall)]
        return CoveredSentence(index, text, state, tuple(facts), fact, recall.answered)
    answered = max((recall.answered for recall, _ in met), default=0)
    state = "few" if any(fact.questions for fact in facts) else "unasked"
    return CoveredSentence(index, text, state, tuple(facts), None, answered)
