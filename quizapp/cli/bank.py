"""`flask bank`: bring question banks in and take them out."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import current_app

from quizapp.cli.output import AnsweringGroup, emit, json_option, refuse, refusing
from quizapp.core.formats import FORMATS
from quizapp.core.formats.model import FormatError
from quizapp.core.formats.shared.source import Source
from quizapp.extensions import db
from quizapp.models import User
from quizapp.services.content import banks
from quizapp.services.people import sessions
from quizapp.services.people.addresses import email_key
from quizapp.services.transfer import exporting, importing
from quizapp.services.transfer.import_reading import Seen
from quizapp.services.transfer.import_report import Report

group = AnsweringGroup("bank", help="Bring question banks in and take them out.")

READABLE = [name for name, plugin in FORMATS.items() if plugin.READS]
WRITABLE = [name for name, plugin in FORMATS.items() if plugin.WRITES]


@group.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(READABLE), help="Instead of a guess.")
@click.option("--bank", "title", metavar="TITLE", help="Instead of the title in the file.")
@click.option("--owner", metavar="EMAIL", help="Who owns a new bank; nobody if left out.")
@click.option("--public", is_flag=True, help="Let everybody see the bank.")
@click.option("--dry-run", is_flag=True, help="Store nothing, only say what would happen.")
@click.option("--history-of", metavar="EMAIL", help="Whose answers an Anki package holds.")
@click.option("--weights", is_flag=True, help="Put the weights that Anki fitted to use, too.")
@json_option
def import_command(
    *,
    path: Path,
    format_: str | None,
    title: str | None,
    owner: str | None,
    public: bool,
    dry_run: bool,
    history_of: str | None,
    weights: bool,
    as_json: bool,
) -> None:
    """Bring in the bank at PATH, a file or a folder; what it held before is updated."""
    with refusing(as_json, FormatError, OSError):
        try:
            report = importing.import_bank(
                Source.at(path, current_app.config["SHELL_LIMITS"]),
                format=format_,
                title=title,
                owner_id=_owner_id(owner, as_json) if owner else None,
                public=public,
                dry_run=dry_run,
                now=datetime.now(UTC),
                seen=_teller(),
                history_of=_owner_id(history_of, as_json) if history_of else None,
                with_weights=weights,
            )
        except FormatError as error:
            where = f"line {error.line}: " if error.line else ""
            refuse(
                f"{click.format_filename(path)}: {where}{error.message}",
                as_json,
                {"line": error.line},
            )
    _tell(report)
    if not report.accepted:
        refuse("No question could be accepted; nothing was stored.", as_json, report.as_json())
    emit(report.as_json() if as_json else _summary(report), as_json)


@group.command("export")
@click.argument("bank")
@click.option("--format", "format_", type=click.Choice(WRITABLE), required=True)
@click.option("--output", type=click.Path(path_type=Path), required=True)
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--history-of", metavar="EMAIL", help="Whose answers an Anki package is to hold.")
@json_option
def export_command(
    *, bank: str, format_: str, output: Path, force: bool, history_of: str | None, as_json: bool
) -> None:
    """Write BANK, a slug or the title of only one bank, to a file or folder."""
    with refusing(as_json, exporting.ExportRefused):
        found = banks.find_named(bank)
        if found is None:
            refuse(f"There is no one bank with the slug or title {bank!r}.", as_json)
        learner = sessions.person(_owner_id(history_of, as_json)) if history_of else None
        exported = exporting.export_bank(found, format_, output, force, learner)
    for loss in exported.losses:
        click.echo(f"lost: {loss.name or 'the whole bank'}: {loss.message}", err=True)
    emit(exported.as_json() if as_json else {"written": exported.written}, as_json)


@group.command("formats")
@json_option
def formats_command(as_json: bool) -> None:
    """List the formats that can be read or written."""
    listed = [
        {
            "name": plugin.NAME,
            "label": plugin.LABEL,
            "suffixes": list(plugin.SUFFIXES),
            "reads": plugin.READS,
            "writes": plugin.WRITES,
        }
        for plugin in FORMATS.values()
    ]
    if as_json:
        emit({"formats": listed}, as_json)
        return
    for one in listed:
        click.echo(f"{one['name']}: {one['label']}")


def _teller() -> Seen | None:
    """Return what tells on stderr, twice a second, how many questions were read; on a terminal."""
    if not sys.stderr.isatty():
        return None
    began = last = time.monotonic()

    def seen(questions: int) -> None:
        nonlocal last
        if time.monotonic() - max(last, began + 0.5) >= 0.5:
            last = time.monotonic()
            click.echo(f"\r{questions:,} questions read", nl=False, err=True)

    return seen


def _owner_id(email: str, as_json: bool) -> int:
    owner_id = db.session.scalar(sa.select(User.id).where(User.email_key == email_key(email)))
    if owner_id is None:
        refuse(f"Nobody has the address {email}.", as_json)
    return owner_id


def _tell(report: Report) -> None:
    """Print warnings and refusals on stderr."""
    for kind, listed in (("warning", report.warnings), ("refused", report.refused)):
        for one in listed:
            line = f", line {one.line}" if one.line else ""
            click.echo(f"{kind}: {one.name}{line}: {one.message}", err=True)


def _summary(report: Report) -> dict[str, Any]:
    names = ("bank", "read", "accepted", "created", "updated", "unchanged", "media")
    told = report.as_json()
    history = report.history or {}
    taken = {"reviews": history["reviews"], "cards": history["cards"]} if history else {}
    return {name: told[name] for name in names} | {"refused": len(report.refused)} | taken
