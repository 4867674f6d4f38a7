"""A bank's current state, item by item, as every format's writer takes it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from quizapp.core.formats.model import (
    ArticleIn,
    BankFile,
    EvidenceIn,
    FactIn,
    Item,
    Loss,
    MediaIn,
    PoolIn,
    QuestionIn,
    QuizIn,
    RawBlock,
    SlotIn,
)
from quizapp.core.formats.shared.checking import derived_name
from quizapp.core.part_facts import with_part_facts
from quizapp.extensions import db
from quizapp.models import (
    Article,
    ArticleVersion,
    Bank,
    Evidence,
    Fact,
    Media,
    MediaBlob,
    MediaUse,
    Question,
    QuestionPart,
    QuestionTag,
    QuestionVersion,
    Quiz,
    QuizSlot,
)
from quizapp.models import RawBlock as RawRow
from quizapp.services.content.version_rows import OWN
from quizapp.services.people.sessions import Person
from quizapp.services.transfer.history_export import Histories


def bank_items(bank: Bank, losses: list[Loss], learner: Person | None = None) -> Iterator[Item]:
    """Yield the bank, its media, articles, facts, active questions and quizzes, in their order.

    What cannot be put into items at all is added to `losses`. A fact that was made for one
    question alone is not named: the question gets its own again. With a learner, questions carry
    that learner's history instead of the one that they came with.
    """
    outline = _Outline(bank, losses, learner)
    yield BankFile(bank.title, bank.language, bank.notice)
    yield from _media(bank)
    yield from outline.articles()
    yield from outline.facts()
    yield from outline.questions()
    yield from outline.quizzes()


def _media(bank: Bank) -> Iterator[MediaIn]:
    uses = sa.select(MediaUse.name, MediaUse.sha256, Media.mime).join(
        Media, Media.sha256 == MediaUse.sha256
    )
    rows = db.session.execute(uses.where(MediaUse.bank_id == bank.id)).all()
    for name, sha256, mime in sorted(rows):
        blob = sa.select(MediaBlob.data).where(MediaBlob.sha256 == sha256)
        yield MediaIn(name, mime, db.session.scalars(blob).one())


class _Outline:
    """The bank's rows that several kinds of items need: keys of questions, facts and articles."""

    def __init__(self, bank: Bank, losses: list[Loss], learner: Person | None) -> None:
        self._bank, self._losses = bank, losses
        query = (
            sa.select(
                Question,
                QuestionVersion.stem,
                QuestionVersion.body,
                QuestionVersion.edited_at,
            )
            .join(
                QuestionVersion,
                (QuestionVersion.question_id == Question.id)
                & (QuestionVersion.number == Question.version),
            )
            .where(Question.bank_id == bank.id, Question.status == "active")
            .order_by(Question.position, Question.id)
        )
        self._rows = db.session.execute(query).all()
        questions = [question for question, *_ in self._rows]
        self._histories = Histories(learner, questions) if learner else None
        self._keys = _export_keys([question for question, *_ in self._rows])
        self._parts = self._part_facts()
        self._fact_keys = self._named_facts()
        self._articles: dict[int, tuple[str, int, str]] = {}  # id: key, version, text

    def _of_bank(self) -> sa.Select[int]:
        return sa.select(Question.id).where(
            Question.bank_id == self._bank.id, Question.status == "active"
        )

    def _part_facts(self) -> dict[int, dict[str, int]]:
        query = sa.select(QuestionPart).where(QuestionPart.question_id.in_(self._of_bank()))
        found: dict[int, dict[str, int]] = defaultdict(dict)
        for row in db.session.scalars(query):
            found[row.question_id][row.part] = row.fact_id
        return found

    def _named_facts(self) -> dict[int, str]:
        """Return the keys of the facts to write: all but those that one question has alone."""
        asked = Counter(question.fact_id for question, *_ in self._rows)
        asked.update(fact for parts in self._parts.values() for fact in parts.values())
        proved = set(db.session.scalars(
            sa.select(Evidence.fact_id).join(Fact, Fact.id == Evidence.fact_id)
            .where(Fact.bank_id == self._bank.id)
        ))  # fmt: skip
        query = sa.select(Fact.id, Fact.key, Fact.detail).where(
            Fact.bank_id == self._bank.id, Fact.status == "active"
        )
        return {
            id_: key
            for id_, key, detail in db.session.execute(query)
            if not detail.get(OWN) or asked[id_] > 1 or id_ in proved
        }

    def articles(self) -> Iterator[ArticleIn]:
        """Yield the articles in their current versions."""
        query = (
            sa.select(Article.key, ArticleVersion)
            .join(
                ArticleVersion,
                (ArticleVersion.article_id == Article.id)
                & (ArticleVersion.number == Article.version),
            )
            .where(Article.bank_id == self._bank.id)
            .order_by(Article.id)
        )
        for key, version in db.session.execute(query):
            self._articles[version.article_id] = (key, version.number, version.text)
            yield ArticleIn(
                key, version.text, version.title, version.authors, version.published, version.source
            )

    def facts(self) -> Iterator[FactIn]:
        """Yield the facts with what proves them in the current articles; after `articles`."""
        query = sa.select(Fact).where(Fact.bank_id == self._bank.id)
        facts = [fact for fact in db.session.scalars(query) if fact.id in self._fact_keys]
        evidence: dict[int, list[Evidence]] = defaultdict(list)
        for row in db.session.scalars(
            sa.select(Evidence).join(Fact, Fact.id == Evidence.fact_id)
            .where(Fact.bank_id == self._bank.id).order_by(Evidence.id)
        ):  # fmt: skip
            evidence[row.fact_id].append(row)
        for fact in sorted(facts, key=lambda fact: (fact.position, fact.id)):
            proofs = [proof for row in evidence[fact.id] if (proof := self._proof(fact, row))]
            yield FactIn(fact.key, fact.statement, proofs)

    def _proof(self, fact: Fact, row: Evidence) -> EvidenceIn | None:
        key, version, text = self._articles[row.article_id]
        if version != row.article_version or text[row.start : row.end] != row.quote:
            message = f"Fact {fact.key}: its evidence stands in an older version of {key}."
            self._losses.append(Loss(None, fact.key, message))
            return None
        return EvidenceIn(key, row.start, row.end, row.quote)

    def questions(self) -> Iterator[QuestionIn]:
        """Yield the active questions in their current versions, numbered from 1."""
        tags: dict[int, list[str]] = defaultdict(list)
        query = sa.select(QuestionTag).where(QuestionTag.question_id.in_(self._of_bank()))
        for row in db.session.scalars(query):
            tags[row.question_id].append(row.tag)
        blocks = sa.select(RawRow).where(RawRow.question_id.in_(self._of_bank()))
        raw = {row.question_id: row for row in db.session.scalars(blocks)}
        for position, (question, stem, body, edited_at) in enumerate(self._rows, 1):
            block = raw.get(question.id)
            yield QuestionIn(
                position=position,
                type=question.type,
                stem=stem,
                body=self._body(question.id, body),
                key=self._keys[question.id],
                name="" if question.name == derived_name(stem) else question.name,
                fact=self._fact_keys.get(question.fact_id or 0),
                tags=sorted(tags[question.id]),
                category=question.category,
                raw=self._past(question, block),
                changed_at=int(edited_at.timestamp()),
            )

    def _past(self, question: Question, row: RawRow | None) -> RawBlock | None:
        block = RawBlock(row.format, row.raw, row.lossy) if row else None
        return self._histories.of(question, block) if self._histories else block

    def _body(self, question_id: int, body: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = {
            part: self._fact_keys[fact]
            for part, fact in self._parts.get(question_id, {}).items()
            if fact in self._fact_keys
        }
        return with_part_facts(body, facts)

    def quizzes(self) -> Iterator[QuizIn]:
        """Yield the quizzes that can be taken."""
        query = sa.select(Quiz).where(Quiz.bank_id == self._bank.id, Quiz.status == "active")
        for quiz in db.session.scalars(query.order_by(Quiz.id)).all():
            rows = db.session.scalars(
                sa.select(QuizSlot).where(QuizSlot.quiz_id == quiz.id).order_by(QuizSlot.position)
            )
            slots = [slot for row in rows if (slot := self._slot(quiz, row))]
            yield QuizIn(quiz.key or quiz.uid, quiz.title, quiz.settings, slots)

    def _slot(self, quiz: Quiz, row: QuizSlot) -> SlotIn | None:
        if row.question_id is not None and row.question_id in self._keys:
            return SlotIn(question=self._keys[row.question_id], weight=row.weight)
        pool = row.pool
        if pool and pool.get("bank") in (None, self._bank.uid, self._bank.slug):
            draw = PoolIn(pool.get("n", 1), pool.get("tags", []), pool.get("facts", []))
            return SlotIn(pool=draw, weight=row.weight)
        message = f"Quiz {quiz.title}: place {row.position} is not of this bank or not active."
        self._losses.append(Loss(None, quiz.title, message))
        return None


def _export_keys(questions: Sequence[Question]) -> dict[int, str]:
    """Return a key for each question: its external id where no other has it, else its uid."""
    taken: set[str] = set()
    keys = {}
    for question in questions:
        key = question.external_id or question.uid
        if key in taken or not key.isprintable():
            key = question.uid
        taken.add(key)
        keys[question.id] = key
    return keys
