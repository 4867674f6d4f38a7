"""One import on its way from a prepared file into the database, in short transactions."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.formats.model import MediaIn, QuestionIn, Warned
from quizapp.core.formats.shared.source import MIB
from quizapp.database import Busy, writing
from quizapp.extensions import db
from quizapp.models import Bank, Import
from quizapp.services.content.banks import free_slug, unique_slug
from quizapp.services.identifiers import new_uid
from quizapp.services.transfer import import_ending
from quizapp.services.transfer.import_content import (
    CutArticle,
    store_articles,
    store_facts,
    store_media,
)
from quizapp.services.transfer.import_matching import Target, plan
from quizapp.services.transfer.import_preparing import Prepared, sha256_of
from quizapp.services.transfer.import_questions import Done, Storing
from quizapp.services.transfer.import_report import Report

PATIENCE_S = 10.0  # an import waits longer for its turn than a person should
CHUNK = 500  # questions in one transaction
MEDIA_CHUNK = 4 * MIB
FEW = 20  # media files that one transaction may hold besides all the rest
GONE = "It is no longer in the file: it was answered, so it is kept as retired."


@dataclass(frozen=True, slots=True)
class Wishes:
    """Where an import should go, as `importing.import_bank` says."""

    title: str | None
    owner_id: int | None
    public: bool
    origin: str | None


class Work:
    """A prepared file, what it becomes in its bank, and the report on it."""

    def __init__(self, prepared: Prepared, format_name: str, wishes: Wishes) -> None:
        self._prepared, self._wishes, self._format = prepared, wishes, format_name
        self._title = _storable(wishes.title or prepared.bank.title)[:300] or "Bank"
        self._facts = frozenset(fact.key for fact in prepared.facts)
        self._target = Target(None, prepared.system, self._facts)
        self._done = Done()
        self._used: set[int] = set()
        self._is_new = False

    def preview(self) -> Report:
        """Return what storing would do now, and render what it would store."""
        bank = self._find(db.session())
        report = self._empty_report(bank.slug if bank else unique_slug(self._title))
        self._target = Target(bank.id if bank else None, self._prepared.system, self._facts)
        used: set[int] = set()
        for chunk in _chunks(self._prepared.questions):
            steps = plan(db.session(), self._target, chunk, used)
            for step in steps:
                if step.makes_version or step.outcome == "updated":
                    step.content.rendered()
            report.count(steps)
        db.session.rollback()
        return report

    def store(self, filename: str, sha256: str, now: datetime) -> Report:
        """Store everything, in one transaction where it is small, else in several short ones.

        The bank of a new file is seen by others at the end only.
        """
        articles = [CutArticle.of(article) for article in self._prepared.articles]
        name = _storable(filename)[:300]
        record = Import(filename=name, sha256=sha256, format=self._format, state="staged")
        steps: list[Callable[[Session], None]] = [partial(self._begin, record, articles, now)]
        media = [(sha256_of(item.data), item) for item in self._prepared.media]
        batches = list(_media_batches(media))
        steps += [partial(self._media, batch) for batch in batches]
        steps += [partial(self._questions, some, now) for some in _chunks(self._prepared.questions)]
        steps.append(partial(self._end, now))
        whole = len(batches) <= 1 and len(self._prepared.questions) <= CHUNK
        try:
            for some in [steps] if whole else [[step] for step in steps]:
                with writing(PATIENCE_S) as session:
                    for step in some:
                        step(session)
        except sa.exc.IntegrityError as error:  # another import made the same rows just now
            raise Busy from error
        return self.report

    def _media(self, batch: Sequence[tuple[str, MediaIn]], session: Session) -> None:
        store_media(session, self._bank_id, batch)

    def _empty_report(self, slug: str) -> Report:
        prepared = self._prepared
        return Report(
            self._format,
            slug,
            read=prepared.read,
            warnings=list(prepared.warnings),
            refused=list(prepared.refused),
            media=len(prepared.media),
        )

    def _find(self, session: Session) -> Bank | None:
        query = sa.select(Bank).where(Bank.deleted_at.is_(None)).order_by(Bank.id).limit(1)
        if self._wishes.origin is not None:
            return session.scalar(query.where(Bank.origin == self._wishes.origin))
        owner_id = self._wishes.owner_id
        owner = Bank.owner_id.is_(None) if owner_id is None else Bank.owner_id == owner_id
        return session.scalar(query.where(Bank.title == self._title, owner))

    def _begin(
        self, record: Import, articles: Sequence[CutArticle], now: datetime, session: Session
    ) -> None:
        """Find or make the bank, and store what questions refer to."""
        bank = self._find(session) or self._new_bank(session)
        if self._wishes.title is None:
            head = self._prepared.bank
            bank.title, bank.language, bank.notice = self._title, head.language, head.notice
        record.bank_id, record.user_id = bank.id, self._wishes.owner_id
        record.options = asdict(self._wishes)
        session.add(record)
        session.flush()
        self._bank_id, self._import_id = bank.id, record.id
        self.report = self._empty_report(bank.slug)
        rendered = self._target.rendered
        self._target = Target(bank.id, self._prepared.system, self._facts, rendered)
        places = store_articles(session, bank.id, articles, now)
        self._fact_ids = store_facts(session, bank.id, self._prepared.facts, places)

    def _new_bank(self, session: Session) -> Bank:
        slug = free_slug(session, Bank.slug, self._title, "bank")
        head = self._prepared.bank
        bank = Bank(uid=new_uid(), slug=slug, title=self._title, owner_id=self._wishes.owner_id)
        bank.language, bank.notice = head.language, head.notice
        bank.origin, bank.visibility = self._wishes.origin, "private"  # until all of it is there
        session.add(bank)
        session.flush()
        self._is_new = True
        return bank

    def _questions(self, chunk: Sequence[QuestionIn], now: datetime, session: Session) -> None:
        session.get_one(Bank, self._bank_id, with_for_update=True)  # imports take turns
        steps = plan(session, self._target, chunk, self._used)
        ids = self._fact_ids
        storing = Storing(session, self._target, ids, self._import_id, now, self._done)
        storing.store(steps)
        self.report.count(steps)

    def _end(self, now: datetime, session: Session) -> None:
        """Store quizzes, take away what left the file, and let the bank be seen."""
        bank, wishes = session.get_one(Bank, self._bank_id), self._wishes
        record = session.get_one(Import, self._import_id)
        if wishes.public and (self._is_new or wishes.origin is None):
            bank.visibility = "public"  # a folder does not undo what an admin chose since
        quizzes, ids = self._prepared.quizzes, self._done.ids
        for key, words in import_ending.store_quizzes(session, bank, quizzes, ids):
            self.report.warnings.append(Warned(None, key, None, None, f"Quiz {key}: {words}"))
        gone = self._leavers(session, bank)
        retired, left = import_ending.remove(session, [*gone, *self._done.replaced])
        self.report.warnings += [
            Warned(None, name, None, None, GONE) for id_, name in gone.items() if id_ in retired
        ]
        left |= self._done.left
        if wishes.origin is not None:
            bank.origin_sha256 = record.sha256
            left |= import_ending.facts_outside(session, bank.id, self._facts)
        import_ending.retire_emptied(session, left)
        import_ending.fold_again(session, self._done.regrouped, now)
        record.state, record.report = "stored", self.report.as_json()

    def _leavers(self, session: Session, bank: Bank) -> dict[int, str]:
        """Return the questions to take away; none where it is not sure what the file holds."""
        held = self._prepared
        keys: list[str | None] = [item.key for item in held.questions]
        keys += [item.key for item in held.refused]
        if self._wishes.origin is None or None in keys:
            return {}
        import_ending.drop_quizzes(session, bank.id, {quiz.key for quiz in held.quizzes})
        sure = {key for key in keys if key is not None}
        return import_ending.missing(session, bank.id, held.system, sure)


def _storable(text: str) -> str:
    """Return a title or file name as any database takes it."""
    text = text.encode("utf-8", "replace").decode().replace("\x00", "")
    return unicodedata.normalize("NFC", text).strip()


def _chunks(questions: Sequence[QuestionIn]) -> Iterator[Sequence[QuestionIn]]:
    for at in range(0, len(questions), CHUNK):
        yield questions[at : at + CHUNK]


def _media_batches(
    media: Sequence[tuple[str, MediaIn]],
) -> Iterator[list[tuple[str, MediaIn]]]:
    batch: list[tuple[str, MediaIn]] = []
    for pair in media:
        batch.append(pair)
        if sum(len(item.data) for _, item in batch) > MEDIA_CHUNK or len(batch) >= FEW:
            yield batch
            batch = []
    if batch:
        yield batch
