"""One import: a file read bit by bit, stored in short transactions, seen at the end."""

import gc
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.formats.contract import Format
from quizapp.core.formats.model import QuestionIn, Warned
from quizapp.core.formats.shared.source import Source
from quizapp.database import Busy, writing
from quizapp.extensions import db
from quizapp.models import Bank, Fact, Import, Question
from quizapp.services.content.banks import free_slug, unique_slug
from quizapp.services.identifiers import new_uid
from quizapp.services.transfer import history_rows, import_ending, undoing
from quizapp.services.transfer.import_content import (
    CutArticle,
    store_articles,
    store_facts,
    store_media,
)
from quizapp.services.transfer.import_matching import Step, Target, plan
from quizapp.services.transfer.import_preparing import Made, sha256_of
from quizapp.services.transfer.import_questions import STAGED, Done, Storing
from quizapp.services.transfer.import_reading import Batch, Choices, Reading, Seen
from quizapp.services.transfer.import_report import Preview, Report

PATIENCE_S = 10.0  # an import waits longer for its turn than a person should
NO_CHOICES = Choices()
GONE = "It is no longer in the file: it was answered, so it is kept as retired."


@dataclass(frozen=True, slots=True)
class Wishes:
    """Where an import should go, as `importing.import_bank` says; `by_id` is who brings it.

    upload: the uid of the upload that the file comes from, by which an import is found again.
    """

    title: str | None = None
    owner_id: int | None = None
    public: bool = False
    origin: str | None = None
    bank_id: int | None = None
    by_id: int | None = None
    upload: str | None = None
    choices: Choices = NO_CHOICES


class Work:
    """A file, what it becomes in its bank, and the report on it. Each is used once."""

    def __init__(
        self, plugin: Format, source: Source, wishes: Wishes, seen: Seen | None = None
    ) -> None:
        self._source, self._wishes, self._format = source, wishes, plugin.NAME
        self._reading = Reading(plugin, source, wishes.choices, seen)
        self._done = Done()
        self._used: set[int] = set()
        self._fact_ids: dict[str, int] = {}
        self._facts_stored = 0
        self._is_new = self._is_staged = False
        self._bank_id = self._import_id = 0
        self.import_id = self.bank_id = 0  # of what was stored

    def preview(self) -> Preview:
        """Return what storing would do now; nothing is stored."""
        session = db.session()
        report = Report(self._format, "")
        preview = Preview(report)
        for batch in self._reading.batches():
            bank = self._find(session)
            steps = plan(
                session, self._target(bank.id if bank else None), batch.questions, self._used
            )
            report.count(steps)
            preview.add(steps)
            self._count_history(preview, batch)
            report.bank = bank.slug if bank else unique_slug(self._title)
            session.rollback()
        self._tell(report)
        preview.guessed, preview.title = self._reading.guessed, self._title
        return preview

    def _count_history(self, preview: Preview, batch: Batch) -> None:
        reviews, cards = history_rows.in_items(batch.questions)
        preview.history["reviews"] += reviews
        preview.history["cards"] += cards

    def store(self, now: datetime) -> Report:
        """Store everything, in one transaction where it is small, else in several short ones.

        In the second case new questions, or the new bank, are seen by others at the end only. What
        was staged is taken away again where the file cannot be read on or holds no question.
        """
        self._report = Report(self._format, "")
        batches = self._reading.batches()
        first, second = next(batches), next(batches, None)
        try:
            if second is None:
                self._store_whole(first, now)
            else:
                with _few_to_collect():
                    self._store_staged([first, second], batches, now)
        except sa.exc.IntegrityError as error:  # another import made the same rows just now
            raise Busy from error
        self._tell(self._report)
        return self._report

    def _store_whole(self, batch: Batch, now: datetime) -> None:
        if not batch.questions:
            return
        parts = self._prepared(batch)
        with writing(PATIENCE_S) as session:
            self._begin(session, now)
            self._batch(session, batch, parts, now)
            self._end(session, now)

    def _store_staged(self, first: list[Batch], rest: Iterator[Batch], now: datetime) -> None:
        self._is_staged = True
        try:
            with writing(PATIENCE_S) as session:
                self._begin(session, now)
            for batch in chain(first, rest):  # one after another: the file may be large
                parts = self._prepared(batch)
                with writing(PATIENCE_S) as session:
                    self._batch(session, batch, parts, now)
            if self._report.accepted:
                with writing(PATIENCE_S) as session:
                    self._end(session, now)
        finally:
            if self._import_id and not (self._report.accepted and self._done.is_ended):
                undoing.abandon(self._import_id, now)

    @property
    def _title(self) -> str:
        return _storable(self._wishes.title or self._reading.bank.title)[:300] or "Bank"

    def _target(self, bank_id: int | None) -> Target:
        reading, renders = self._reading, not self._is_staged
        return Target(
            bank_id, reading.system, reading.facts, self._is_new, self._import_id, renders
        )

    def _tell(self, report: Report) -> None:
        """Put into the report what was seen while reading."""
        reading = self._reading
        report.read, report.media = reading.read, reading.media
        report.warnings = [*reading.warnings, *report.warnings]
        report.refused = list(reading.refused)
        report.bank = report.bank or unique_slug(self._title)

    def _find(self, session: Session) -> Bank | None:
        query = sa.select(Bank).where(Bank.deleted_at.is_(None)).order_by(Bank.id).limit(1)
        if self._wishes.bank_id is not None:
            return session.scalar(query.where(Bank.id == self._wishes.bank_id))
        if self._wishes.origin is not None:
            return session.scalar(query.where(Bank.origin == self._wishes.origin))
        owner_id = self._wishes.owner_id
        owner = Bank.owner_id.is_(None) if owner_id is None else Bank.owner_id == owner_id
        return session.scalar(query.where(Bank.title == self._title, owner))

    def _begin(self, session: Session, now: datetime) -> None:
        """Find or make the bank, and note the import."""
        wishes, head = self._wishes, self._reading.bank
        bank = self._find(session) or self._new_bank(session, now)
        if self._reading.names_itself and wishes.title is None and wishes.bank_id is None:
            bank.title, bank.language, bank.notice = self._title, head.language, head.notice
        record = Import(
            bank_id=bank.id,
            user_id=wishes.by_id or wishes.owner_id,
            filename=_storable(self._source.filename)[:300],
            sha256=self._source.digest(),
            format=self._format,
            options={
                "made_bank": self._is_new,
                "title": wishes.title,
                "origin": wishes.origin,
                "upload": wishes.upload,
            },
            state="staged",
            at=now,
        )
        session.add(record)
        session.flush()
        self._bank_id, self._import_id, self._report.bank = bank.id, record.id, bank.slug
        self.import_id, self.bank_id = record.id, bank.id

    def _new_bank(self, session: Session, now: datetime) -> Bank:
        if self._wishes.bank_id is not None:
            raise LookupError("the bank that it was to go to is gone")
        slug = free_slug(session, Bank.slug, self._title, "bank")
        head = self._reading.bank
        bank = Bank(uid=new_uid(), slug=slug, title=self._title, owner_id=self._wishes.owner_id)
        bank.language, bank.notice = head.language, head.notice
        bank.visibility = "private"
        bank.deleted_at = now if self._is_staged else None  # nobody sees it before all is there
        session.add(bank)
        session.flush()
        self._is_new = True
        return bank

    def _prepared(self, batch: Batch) -> "_Prepared":
        """Do what takes time before the transaction: cut, hash, and render what will be stored."""
        target = self._target(self._bank_id or None)
        if not self._import_id:
            bank = self._find(db.session())
            target = self._target(bank.id if bank else None)
        steps = plan(db.session(), target, batch.questions, set(self._used))
        for step in steps:
            if step.makes_version or step.outcome == "updated":
                step.content.texts()
        db.session.rollback()
        articles = [CutArticle.of(article) for article in batch.articles]
        media = [(sha256_of(item.data), item) for item in batch.media]
        is_sure = self._is_new and self._import_id  # nobody else can change what is not seen yet
        return _Prepared(articles, media, target.made, steps if is_sure else None)

    def _batch(self, session: Session, batch: Batch, parts: "_Prepared", now: datetime) -> None:
        session.get_one(Bank, self._bank_id, with_for_update=True)  # imports take turns
        if session.get_one(Import, self._import_id).state != "staged":
            raise Busy  # it was taken for forsaken and cleared away meanwhile
        store_media(session, self._bank_id, parts.media)
        if batch.articles or batch.facts:
            places = store_articles(session, self._bank_id, parts.articles, now)
            facts, before = batch.facts, self._facts_stored
            self._fact_ids |= store_facts(session, self._bank_id, facts, places, before)
            self._facts_stored += len(facts)
        self._questions(session, batch.questions, parts, now)

    def _questions(
        self, session: Session, questions: Sequence[QuestionIn], parts: "_Prepared", now: datetime
    ) -> None:
        target = replace(self._target(self._bank_id), made=parts.made)
        steps = parts.steps or plan(session, target, questions, self._used)
        status = STAGED if self._is_staged and not self._is_new else "active"
        storing = Storing(session, target, self._fact_ids, now, self._done, status)
        storing.store(steps)
        self._report.count(steps)

    def _end(self, session: Session, now: datetime) -> None:
        """Store quizzes, take away what left the file, and let everything be seen."""
        bank, wishes = session.get_one(Bank, self._bank_id), self._wishes
        record = session.get_one(Import, self._import_id)
        if record.state != "staged":
            raise Busy  # as in `_batch`
        self._show(session, bank)
        if wishes.public and (self._is_new or wishes.origin is None):
            bank.visibility = "public"  # a folder does not undo what an admin chose since
        quizzes, ids = self._reading.quizzes, self._done.ids
        for key, words in import_ending.store_quizzes(session, bank, quizzes, ids):
            self._report.warnings.append(Warned(None, key, None, None, f"Quiz {key}: {words}"))
        gone = self._leavers(session, bank)
        retired, left = import_ending.remove(session, list(gone))
        left |= import_ending.retire(session, self._done.replaced)  # kept, so that undo finds them
        record.options = {**record.options, "replaced": list(self._done.replaced)}
        self._report.warnings += [
            Warned(None, name, None, None, GONE) for id_, name in gone.items() if id_ in retired
        ]
        left |= self._done.left
        if wishes.origin is not None:
            bank.origin, bank.origin_sha256 = wishes.origin, record.sha256
            left |= import_ending.facts_outside(session, bank.id, self._reading.facts)
        import_ending.retire_emptied(session, left)
        import_ending.fold_again(session, self._done.regrouped, now)
        record.state, record.report = "stored", self._report.sums()
        self._done.is_ended = True

    def _show(self, session: Session, bank: Bank) -> None:
        """Let what was staged be seen."""
        if not self._is_staged:
            return
        if self._is_new:
            bank.deleted_at = None
            return
        mine = sa.and_(Question.import_id == self._import_id, Question.status == STAGED)
        facts = sa.select(Question.fact_id).where(mine)
        session.execute(
            sa.update(Fact)
            .where(Fact.id.in_(facts), Fact.status == STAGED)
            .values(status="active")
            .execution_options(synchronize_session=False)
        )
        session.execute(
            sa.update(Question)
            .where(mine)
            .values(status="active")
            .execution_options(synchronize_session=False)
        )

    def _leavers(self, session: Session, bank: Bank) -> dict[int, str]:
        """Return the questions to take away; none where it is not sure what the file holds."""
        reading = self._reading
        if self._wishes.origin is None or reading.keyless:
            return {}
        import_ending.drop_quizzes(session, bank.id, {quiz.key for quiz in reading.quizzes})
        return import_ending.missing(session, bank.id, reading.system, reading.keys)


@dataclass(frozen=True, slots=True)
class _Prepared:
    articles: Sequence[CutArticle]
    media: Sequence[tuple[str, Any]]
    made: Made
    steps: Sequence[Step] | None


@contextmanager
def _few_to_collect() -> Iterator[None]:
    """Spare the garbage collector the objects of the app, which it would walk over all the time.

    A large import makes millions that die by themselves; that costs it a tenth of its time.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _storable(text: str) -> str:
    """Return a title or file name as any database takes it."""
    text = text.encode("utf-8", "replace").decode().replace("\x00", "")
    return unicodedata.normalize("NFC", text).strip()
