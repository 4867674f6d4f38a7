"""Bringing bank files in: read and render first, then store in short transactions."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.formats import FORMATS, guess
from quizapp.core.formats.contract import Format
from quizapp.core.formats.model import FormatError, MediaIn, QuestionIn, Refused, Warned
from quizapp.core.formats.shared.checking import shown_name
from quizapp.core.formats.shared.source import MIB, Source
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Import
from quizapp.services import catalog, import_ending
from quizapp.services.banks import free_slug, unique_slug
from quizapp.services.identifiers import new_uid
from quizapp.services.import_content import CutArticle, store_articles, store_facts, store_media
from quizapp.services.import_matching import Step, Target, plan
from quizapp.services.import_preparing import Prepared, prepare, sha256_of
from quizapp.services.import_questions import Done, Storing

PATIENCE_S = 10.0  # an import waits longer for its turn than a person should
CHUNK = 1_000  # questions in one transaction
MEDIA_CHUNK = 4 * MIB
KEPT = "It was changed here; the version of this bank was kept."
GONE = "It is no longer in the file: it was answered, so it is kept as retired."


@dataclass(slots=True)
class Report:
    """What an import did; a dry run says what it would do."""

    format: str
    bank: str  # slug
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    by_type: dict[str, int] = field(default_factory=dict)
    warnings: list[Warned] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    media: int = 0

    @property
    def accepted(self) -> int:
        """How many questions were taken, changed or not."""
        return self.created + self.updated + self.unchanged

    def as_json(self) -> dict[str, Any]:
        """Return the object that the command line prints."""
        return {
            "format": self.format,
            "bank": self.bank,
            "read": self.read,
            "accepted": self.accepted,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "by_type": self.by_type,
            "warnings": [asdict(warned) for warned in self.warnings],
            "refused": [_without_key(refused) for refused in self.refused],
            "media": self.media,
        }


def import_bank(
    source: Source,
    *,
    format: str | None = None,
    title: str | None = None,
    owner_id: int | None = None,
    public: bool = False,
    origin: str | None = None,
    dry_run: bool = False,
    now: datetime,
) -> Report:
    """Bring a file in; nothing is stored where no question is accepted, or in a dry run.

    It goes to the bank of this origin, else to the owner's bank of this title (the file's own if
    none is given), else to a new one. Only with an origin, questions that left the file are taken
    away: deleted, or retired once they were used. FormatError where the file cannot be read.
    """
    plugin = _plugin(source, format)
    prepared = prepare(plugin, source)
    work = _Work(prepared, plugin.NAME, title, owner_id, public, origin)
    report = work.preview()
    if dry_run or not report.accepted:
        return report
    work.filename, work.sha256 = source.filename, source.digest()
    work.store(now)
    catalog.forget()
    return work.report


def import_folders(root: Path, now: datetime) -> list[Report]:
    """Import each bank folder in `root` whose content has changed, public and without an owner.

    A bank that was deleted here stays deleted. A folder that cannot be read raises FormatError
    after the others were imported.
    """
    reports, failures = [], []
    for folder in sorted(path for path in root.glob("*") if (path / "bank.yaml").is_file()):
        origin = f"{root.name}/{folder.name}"
        try:
            source = Source.at(folder)
            if _is_current(origin, source):
                continue
            reports.append(import_bank(source, format="bank_yaml", public=True, origin=origin, now=now))
        except FormatError as error:
            failures.append(f"{origin}: {error.message}")
    if failures:
        raise FormatError(" ".join(failures))
    return reports


def _is_current(origin: str, source: Source) -> bool:
    bank = db.session.scalar(sa.select(Bank).where(Bank.origin == origin).order_by(Bank.id))
    if bank is None:
        return False
    return bank.deleted_at is not None or bank.origin_sha256 == source.digest()


def _plugin(source: Source, name: str | None) -> Format:
    plugin = FORMATS.get(name) if name else guess(source)
    if plugin is None or not plugin.READS:
        raise FormatError("The file is in no format that can be read here.")
    return plugin


def _without_key(refused: Refused) -> dict[str, Any]:
    return {name: value for name, value in asdict(refused).items() if name != "key"}


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


def _count(report: Report, steps: Sequence[Step]) -> None:
    """Add the outcomes to the report; a question that was kept is unchanged, with a warning."""
    outcomes = Counter(step.outcome for step in steps)
    report.created += outcomes["created"]
    report.updated += outcomes["updated"]
    report.unchanged += outcomes["unchanged"] + outcomes["kept"]
    for step in steps:
        item = step.item
        report.by_type[item.type] = report.by_type.get(item.type, 0) + 1
        if step.outcome == "kept":
            name = shown_name(item)
            report.warnings.append(Warned(item.position, name, item.line, item.path, KEPT))


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
