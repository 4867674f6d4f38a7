"""Bringing bank files in: what the command line, pages and the start of the app call."""

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from quizapp.core.formats import FORMATS, guess
from quizapp.core.formats.contract import Format
from quizapp.core.formats.model import FormatError
from quizapp.core.formats.shared.source import Source
from quizapp.extensions import db
from quizapp.models import Bank
from quizapp.services.content import catalog
from quizapp.services.transfer import history_import
from quizapp.services.transfer.history_storing import Aim
from quizapp.services.transfer.import_reading import Seen
from quizapp.services.transfer.import_report import Report
from quizapp.services.transfer.import_work import Wishes, Work


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
    seen: Seen | None = None,
    history_of: int | None = None,
    with_weights: bool = False,
) -> Report:
    """Bring a file in; nothing is stored where no question is accepted, or in a dry run.

    It goes to the bank of this origin, else to the owner's bank of this title (the file's own if
    none is given), else to a new one. Only with an origin, questions that left the file are taken
    away: deleted, or retired once they were used. FormatError where the file cannot be read.
    history_of: the learner who takes over the history in it, and with_weights the weights, too.
    """
    wishes = Wishes(title=title, owner_id=owner_id, public=public, origin=origin)
    plugin = plugin_for(source, format)
    work = Work(plugin, source, wishes, seen)
    if dry_run:
        return work.preview().report
    report = work.store(now)
    catalog.forget()
    if history_of is not None and report.accepted:
        aim = Aim(history_of, work.bank_id, work.import_id, uses_weights=with_weights)
        report.history = history_import.bring(plugin, source, aim, now)
    return report


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
            if not _is_current(origin, source):
                reports.append(import_bank(source, public=True, origin=origin, now=now))
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


def plugin_for(source: Source, name: str | None) -> Format:
    """Return the format of that name, else the likeliest; FormatError where none can be read."""
    if source.is_single and not source.size:
        raise FormatError("The file is empty.")
    plugin = FORMATS.get(name) if name else guess(source)
    if plugin is None or not plugin.READS:
        raise FormatError("The file is in no format that can be read here.")
    return plugin
