"""`flask ops`: start, back up, restore and check the instance."""

import logging
import os
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path

import click
import flask_migrate
from flask import Flask, current_app

from quizapp.cli import serving
from quizapp.cli.output import AnsweringGroup, emit, json_option, refuse, refusing
from quizapp.core.formats.model import FormatError
from quizapp.extensions import db
from quizapp.services.operations import operations, work
from quizapp.services.people import setup
from quizapp.services.transfer import importing

group = AnsweringGroup("ops", help="Start, back up, restore and check the instance.")


def now() -> datetime:
    """Return the time; services take it as an argument."""
    return datetime.now(UTC)


@group.command("serve")
def serve() -> None:
    """Migrate, import questions/, and serve until stopped (what `make run` does)."""
    os.umask(0o077)  # the database holds what people answered
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with refusing(False, serving.CannotListen):
        host, port = serving.host_and_port()
        serving.check_port(host, port)
        prepare(app)
        token = setup.make_link(now())
    url = serving.address(app.config["QUIZAPP_URL"])

    def ready(stop: threading.Event) -> None:
        if not serving.wait_until_healthy(host, port, stop):
            return
        click.echo(f"quizapp: {url} (Ctrl-C ends it)")
        if token:
            click.echo(f"Nobody runs this instance yet. Become its admin: {url}/links/{token}")
            click.echo("The link works once, for 24 hours.")

    db.session.remove()
    db.engine.dispose()
    raise SystemExit(serving.run_together([serving.gunicorn(host, port), serving.worker()], ready))


def prepare(app: Flask) -> None:
    """Bring the tables up to date and import what has changed under questions/."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    flask_migrate.upgrade()
    try:
        reports = importing.import_folders(serving.ROOT / "questions", now())
    except FormatError as error:  # one bad folder must not keep everybody out
        click.echo(f"not imported: {error.message}", err=True)
        return
    for report in reports:
        click.echo(f"imported {report.bank}: {report.accepted} of {report.read} questions")
        for kept in report.warnings:
            click.echo(f"  {kept.name}: {kept.message}", err=True)
        for refused in report.refused:
            click.echo(f"  {refused.name}: {refused.message}", err=True)


@group.command("work")
@click.option("--once", is_flag=True, help="End when nothing is due.")
def work_command(once: bool) -> None:
    """Run jobs until stopped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    worker = work.Worker(f"{socket.gethostname()[:40]}:{os.getpid()}", app.app_context, now)
    serving.catch_signals(worker.stop)
    worker.run(once)


@group.command("backup")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
def backup(path: Path, as_json: bool) -> None:
    """Write a consistent copy of the database to PATH, while the app runs."""
    with refusing(as_json, operations.Refused, OSError):
        emit(operations.backup(path), as_json)


@group.command("restore")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the database that is there, and keep it.")
@json_option
def restore(path: Path, force: bool, as_json: bool) -> None:
    """Put the backup at PATH in the database's place; stop the app first."""
    with refusing(as_json, operations.Refused, OSError):
        answer = operations.restore(path, now(), force)
    if not answer["current"]:
        click.echo(
            "an older version's backup: `make run` or `flask db upgrade` migrates it", err=True
        )
    emit(answer, as_json)


@group.command("check")
@json_option
def check(as_json: bool) -> None:
    """Look for damage: the file, foreign keys, cards against the log, migrations."""
    with refusing(as_json):
        answer = operations.check()
    wrong = [name for name, found in answer.items() if found != "ok"]
    if wrong:
        refuse(f"not in order: {', '.join(wrong)}", as_json, answer)
    emit(answer, as_json)
