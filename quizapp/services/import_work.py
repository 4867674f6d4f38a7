"""One import on its way from a prepared file into the database, in short transactions."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.formats.model import MediaIn, QuestionIn, Warned
from quizapp.core.formats.shared.source import MIB
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Import
from quizapp.services import import_ending
from quizapp.services.banks import free_slug, unique_slug
from quizapp.services.identifiers import new_uid
from quizapp.services.import_content import CutArticle, store_articles, store_facts, store_media
from quizapp.services.import_matching import Target, plan
from quizapp.services.import_preparing import Prepared, sha256_of
from quizapp.services.import_questions import Done, Storing
from quizapp.services.import_report import Report

PATIENCE_S = 10.0  # an import waits longer for its turn than a person should
CHUNK = 1_000  # questions in one transaction
MEDIA_CHUNK = 4 * MIB
GONE = "It is no longer in the file: it was answered, so it is kept as retired."


class _Work:
    """One import on its way from the prepared file into the database."""

    def __init__(
        self,
        prepared: Prepared,
        format_name: str,
        title: str | None,
        owner_id: int | None,
        public: bool,
        origin: str | None,
    ) -> None:
        self.prepared, self.owner_id, self.public, self.origin = prepared, owner_id, public, origin
        self.title = (title or prepared.bank.title).strip()[:300] or "Bank"
        self.own_title = title is None
        self.format = format_name
        self.filename, self.sha256 = "", ""
        self.report = self._empty_report("")
        self._facts = frozenset(fact.key for fact in prepared.facts)
        self._target = Target(None, prepared.system, self._facts)
        self._done = Done()
        self._used: set[int] = set()

    def preview(self) -> Report:
        """Return what storing would do now, and render what it would store."""
        bank = self._find(db.session())
        report = self._empty_report(bank.slug if bank else unique_slug(self.title))
        self._target = Target(bank.id if bank else None, self.prepared.system, self._facts)
        used: set[int] = set()
        for chunk in _chunks(self.prepared.questions):
            steps = plan(db.session(), self._target, chunk, used)
            for step in steps:
                if step.makes_version or step.outcome == "updated":
                    step.content.rendered()
            _count(report, steps)
        db.session.rollback()
        return report

    def store(self, now: datetime) -> None:
        """Store everything, in one transaction where it is small, else in several short ones."""
        articles = [CutArticle.of(article) for article in self.prepared.articles]
        media = [(sha256_of(item.data), item) for item in self.prepared.media]
        batches = list(_media_batches(media))
        chunks = list(_chunks(self.prepared.questions))
        if len(batches) <= 1 and len(chunks) <= 1:
            with writing(PATIENCE_S) as session:
                self._begin(session, articles, now)
                for batch in batches:
                    store_media(session, self._bank_id, batch)
                for chunk in chunks:
                    self._questions(session, chunk, now)
                self._end(session, now)
            return
        with writing(PATIENCE_S) as session:
            self._begin(session, articles, now)
        for batch in batches:
            with writing(PATIENCE_S) as session:
                store_media(session, self._bank_id, batch)
        for chunk in chunks:
            with writing(PATIENCE_S) as session:
                self._questions(session, chunk, now)
        with writing(PATIENCE_S) as session:
            self._end(session, now)

    def _empty_report(self, slug: str) -> Report:
        prepared = self.prepared
        return Report(
            self.format,
            slug,
            read=prepared.read,
            warnings=list(prepared.warnings),
            refused=list(prepared.refused),
            media=len(prepared.media),
        )

    def _find(self, session: Session) -> Bank | None:
        query = sa.select(Bank).where(Bank.deleted_at.is_(None)).order_by(Bank.id).limit(1)
        if self.origin is not None:
            return session.scalar(query.where(Bank.origin == self.origin))
        owner = Bank.owner_id.is_(None) if self.owner_id is None else Bank.owner_id == self.owner_id
        return session.scalar(query.where(Bank.title == self.title, owner))

    def _begin(self, session: Session, articles: Sequence[CutArticle], now: datetime) -> None:
        """Find or make the bank, and store what questions refer to."""
        bank = self._find(session)
        head = self.prepared.bank
        if bank is None:
            slug = free_slug(session, Bank.slug, self.title, "bank")
            bank = Bank(uid=new_uid(), slug=slug, title=self.title, owner_id=self.owner_id)
            bank.origin, bank.visibility = self.origin, "private"  # until all of it is there
            bank.language, bank.notice = head.language, head.notice
            session.add(bank)
        elif self.own_title:
            bank.title, bank.language, bank.notice = self.title, head.language, head.notice
        session.flush()
        record = Import(
            bank_id=bank.id,
            user_id=self.owner_id,
            filename=self.filename[:300],
            sha256=self.sha256,
            format=self.format,
            options={"title": self.title, "public": self.public, "origin": self.origin},
            state="staged",
        )
        session.add(record)
        session.flush()
        self._bank_id, self._import_id = bank.id, record.id
        self.report = self._empty_report(bank.slug)
        rendered = self._target.rendered
        self._target = Target(bank.id, self.prepared.system, self._facts, rendered)
        places = store_articles(session, bank.id, articles, now)
        self._fact_ids = store_facts(session, bank.id, self.prepared.facts, places)

    def _questions(self, session: Session, chunk: Sequence[QuestionIn], now: datetime) -> None:
        steps = plan(session, self._target, chunk, self._used)
        Storing(session, self._target, self._fact_ids, self._import_id, now, self._done).store(steps)
        _count(self.report, steps)

    def _end(self, session: Session, now: datetime) -> None:
        """Store quizzes, take away what left the file, and let the bank be seen."""
        bank = session.get_one(Bank, self._bank_id)
        if self.public:
            bank.visibility = "public"
        for key, words in import_ending.store_quizzes(
            session, bank, self.prepared.quizzes, self._done.ids
        ):
            self.report.warnings.append(Warned(None, key, None, None, f"Quiz {key}: {words}"))
        gone, left = self._leavers(session, bank), set(self._done.left)
        retired, emptied = import_ending.remove(session, [*gone, *self._done.replaced])
        self.report.warnings += [
            Warned(None, name, None, None, GONE) for id_, name in gone.items() if id_ in retired
        ]
        left |= emptied
        if self.origin is not None:
            bank.origin_sha256 = self.sha256
            left |= import_ending.facts_outside(session, bank.id, self._facts)
        import_ending.retire_emptied(session, left)
        import_ending.fold_again(session, self._done.regrouped, now)
        record = session.get_one(Import, self._import_id)
        record.state, record.report = "stored", self.report.as_json()

    def _leavers(self, session: Session, bank: Bank) -> dict[int, str]:
        """Return the questions to take away; none where it is not sure what the file holds."""
        refused = self.prepared.refused
        if self.origin is None or any(one.key is None for one in refused):
            return {}
        import_ending.drop_quizzes(session, bank.id, {quiz.key for quiz in self.prepared.quizzes})
        keys = {item.key for item in (*self.prepared.questions, *refused) if item.key is not None}
        return import_ending.missing(session, bank.id, self.prepared.system, keys)


def _chunks(questions: Sequence[QuestionIn]) -> Iterator[Sequence[QuestionIn]]:
    for at in range(0, len(questions), CHUNK):
        yield questions[at : at + CHUNK]


def _media_batches(media: Sequence[tuple[str, MediaIn]]) -> Iterator[list[tuple[str, MediaIn]]]:
    batch: list[tuple[str, MediaIn]] = []
    size = 0
    for pair in media:
        batch.append(pair)
        size += len(pair[1].data)
        if size > MEDIA_CHUNK:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
