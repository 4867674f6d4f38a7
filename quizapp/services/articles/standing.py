"""What the text of an article proves: which facts hold, moved or broke, and what asks them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.articles.living import Carried, carry
from quizapp.core.articles.model import Span
from quizapp.extensions import db
from quizapp.models import Article, ArticleVersion, Bank, Evidence, Fact, Question, QuestionPart
from quizapp.services.content import banks
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person

STATES = ("broken", "moved", "holds")  # the worst first


@dataclass(frozen=True, slots=True)
class Head:
    """An article as it is now, for whoever may edit its bank."""

    uid: str
    title: str
    text: str
    version: int
    language: str
    bank_slug: str
    bank_title: str
    follows: str | None  # the folder whose next version brings a text of its own


@dataclass(frozen=True, slots=True)
class AskedBy:
    """A question that asks a fact; `in_part` where only a gap or pair of it does."""

    uid: str
    type: str
    name: str
    status: str
    in_part: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """Words that prove a fact, or did: `quote` is of the text where they last stood."""

    evidence: int  # its row
    state: str
    quote: str
    suggestion: Span | None  # in the text looked at, where the state is broken


@dataclass(frozen=True, slots=True)
class FactStanding:
    """A fact with what proves it in the article, and the questions on it that are not retired."""

    uid: str
    statement: str
    proofs: tuple[Proof, ...]
    questions: tuple[AskedBy, ...]

    @property
    def state(self) -> str:
        """The state of its worst proof."""
        found = {proof.state for proof in self.proofs}
        return next(state for state in STATES if state in found)

    @property
    def broken(self) -> list[Proof]:
        """What proves it no more."""
        return [proof for proof in self.proofs if proof.state == "broken"]


@dataclass(frozen=True, slots=True)
class Standing:
    """All facts of an article that are not retired, in the bank's order."""

    head: Head
    facts: tuple[FactStanding, ...]

    def of(self, state: str) -> list[FactStanding]:
        """Return the facts in one of STATES."""
        return [fact for fact in self.facts if fact.state == state]


def editable(uid: str, person: Person | None) -> tuple[Article, Bank]:
    """Return an article whose bank the person may edit, and the bank; else Absent."""
    query = sa.select(Article, Bank).join(Bank, Bank.id == Article.bank_id)
    row = db.session.execute(query.where(Article.uid == uid)).first()
    if row is None or not banks.may_edit(person, row.Bank):
        raise Absent
    return row.Article, row.Bank


def head(person: Person | None, uid: str) -> Head:
    """Return an article; Absent for those who may not edit its bank."""
    return _head(*editable(uid, person))


def standing(person: Person | None, uid: str) -> Standing:
    """Return what an article proves since its last edit; Absent as above."""
    article, bank = editable(uid, person)
    now = _head(article, bank)
    rows = proofs_of(db.session(), article.id)
    stands = {row.id for row in rows if row.article_version == now.version}
    fallen = [row for row in rows if row.id not in stands or row.state == "broken"]
    told = {row.id: Carried(row.state, _span(row)) for row in rows}  # type: ignore[arg-type]
    for id_, one in Carrier(article.id, now.text).carry(db.session(), fallen).items():
        told[id_] = Carried("broken", None, one.span or one.suggestion)
    return Standing(now, _facts(rows, told))


def preview(person: Person | None, uid: str, text: str) -> Standing:
    """Return what the article would prove with this text; nothing is stored. Absent as above."""
    article, bank = editable(uid, person)
    rows = proofs_of(db.session(), article.id)
    told = Carrier(article.id, text).carry(db.session(), rows)
    return Standing(_head(article, bank), _facts(rows, told))


def broken_facts(person: Person | None, uid: str) -> int | None:
    """Return how many facts of an article broke; None for those who may not edit its bank."""
    if person is None or person.is_guest:
        return None  # most readers: without a query
    try:
        article, _bank = editable(uid, person)
    except Absent:
        return None
    query = (
        sa.select(sa.func.count(sa.distinct(Fact.id)))
        .join(Evidence, Evidence.fact_id == Fact.id)
        .where(Evidence.article_id == article.id, Fact.status == "active")
        .where((Evidence.state == "broken") | (Evidence.article_version != article.version))
    )
    return db.session.scalar(query) or 0


def proofs_of(session: Session, article_id: int) -> Sequence[Evidence]:
    """Return all evidence that stands, or last stood, in an article."""
    query = sa.select(Evidence).where(Evidence.article_id == article_id).order_by(Evidence.id)
    return session.scalars(query).all()


def proved(session: Session, article: Article) -> set[int]:
    """Return the facts that the article's text of now proves."""
    query = sa.select(Evidence.fact_id).where(
        Evidence.article_id == article.id,
        Evidence.article_version == article.version,
        Evidence.state != "broken",
    )
    return set(session.scalars(query))


class Carrier:
    """Carries the evidence of an article to a text; what was once carried is kept."""

    def __init__(self, article_id: int, text: str) -> None:
        self._article_id, self._text = article_id, text
        self._kept: dict[tuple[int, Span], Carried] = {}

    def carry(self, session: Session, rows: Iterable[Evidence]) -> dict[int, Carried]:
        """Return by id what became of evidence, wherever it last stood."""
        places = {row.id: (row.article_version, _span(row)) for row in rows}
        new: dict[int, list[Span]] = defaultdict(list)
        for version, span in places.values():
            if (version, span) not in self._kept:
                new[version].append(span)
        for version, spans in new.items():
            old = session.get_one(ArticleVersion, (self._article_id, version)).text
            for span, one in zip(spans, carry(old, self._text, spans), strict=True):
                self._kept[version, span] = one
        return {id_: self._kept[place] for id_, place in places.items()}


def _span(row: Evidence) -> Span:
    return Span(row.start, row.end, row.quote)


def _head(article: Article, bank: Bank) -> Head:
    version = db.session.get_one(ArticleVersion, (article.id, article.version))
    return Head(
        article.uid,
        version.title,
        version.text,
        version.number,
        bank.language,
        bank.slug,
        bank.title,
        bank.origin,
    )


def _facts(rows: Sequence[Evidence], told: Mapping[int, Carried]) -> tuple[FactStanding, ...]:
    """Return the active facts that these rows prove, each with what became of its proofs."""
    proofs: dict[int, list[Proof]] = defaultdict(list)
    for row in rows:
        one = told[row.id]
        proofs[row.fact_id].append(Proof(row.id, one.state, row.quote, one.suggestion))
    of_rows = sa.select(Evidence.fact_id).where(Evidence.id.in_([row.id for row in rows]))
    query = sa.select(Fact.id, Fact.uid, Fact.statement).where(
        Fact.id.in_(of_rows), Fact.status == "active"
    )
    facts = db.session.execute(query.order_by(Fact.position, Fact.id)).all()
    questions = _questions([fact.id for fact in facts])
    return tuple(
        FactStanding(uid, statement, tuple(proofs[id_]), tuple(questions.get(id_, ())))
        for id_, uid, statement in facts
    )


def _questions(fact_ids: Sequence[int]) -> dict[int, list[AskedBy]]:
    """Return the questions on each fact that are not retired; its own before those in part."""
    own = sa.select(Question.id, Question.fact_id, sa.literal(0).label("in_part")).where(
        Question.fact_id.in_(fact_ids)
    )
    parts = sa.select(QuestionPart.question_id, QuestionPart.fact_id, sa.literal(1)).where(
        QuestionPart.fact_id.in_(fact_ids)
    )
    asked = sa.union(own, parts).subquery()
    columns = (Question.uid, Question.type, Question.name, Question.status)
    rows = db.session.execute(
        sa.select(asked.c.fact_id, *columns, asked.c.in_part)
        .join(Question, Question.id == asked.c.id)
        .where(Question.status.in_(("active", "draft")))
        .order_by(asked.c.in_part, Question.position, Question.id)
    )
    found: dict[int, dict[str, AskedBy]] = defaultdict(dict)
    for fact_id, uid, kind, name, status, in_part in rows:
        found[fact_id].setdefault(uid, AskedBy(uid, kind, name, status, bool(in_part)))
    return {fact_id: list(by_uid.values()) for fact_id, by_uid in found.items()}
