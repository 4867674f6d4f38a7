"""Backup, restore and check of the whole instance, on either database."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from quizapp.extensions import db
from quizapp.services.content import regrouping
from quizapp.services.operations import operations_postgresql, operations_sqlite
from quizapp.services.operations.operations_errors import Refused
from quizapp.services.study import replay_check

__all__ = ["Refused", "backup", "check", "restore"]

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"
MOST_FINDINGS = 20


def backup(path: Path) -> dict[str, Any]:
    """Write a consistent copy of the database to `path`, also while people answer.

    The copy appears under its name only when it is whole and on the disk.
    """
    target = path.resolve()
    if not target.parent.is_dir():
        raise Refused(f"there is no folder {target.parent}")
    _engine_part().backup(db.engine.url, target)
    return {"backup": str(target), "bytes": target.stat().st_size}


def restore(path: Path, now: datetime, force: bool = False) -> dict[str, Any]:
    """Put a backup in the place of the database; what was there is kept beside it.

    The backup is verified first. The app has to be stopped: on SQLite a running one is refused.
    """
    source = path.resolve()
    if not source.is_file():
        raise Refused(f"there is no file {source}")
    db.session.remove()
    db.engine.dispose()
    part, url = _engine_part(), db.engine.url
    revision = part.verify(url, source)
    known = {script.revision for script in _scripts().walk_revisions()}
    if revision not in known:
        raise Refused(
            f"the backup's migration {revision} is not known here: it is of a newer version"
        )
    if part.exists(url) and not force:
        raise Refused("there is a database already: --force replaces it and keeps the old one")
    kept = part.restore(url, source, f"before-restore-{now:%Y%m%dT%H%M%SZ}")
    return {
        "restored": str(source),
        "kept": kept,
        "migration": revision,
        "current": revision == _scripts().get_current_head(),
    }


def check() -> dict[str, Any]:
    """Look for damage; each part of the answer is "ok" or a list of what is wrong."""
    parts: dict[str, Callable[[], list[Any]]] = {
        "integrity": lambda: _engine_part().integrity(db.session.connection()),
        "foreign_keys": lambda: _engine_part().foreign_keys(db.session.connection()),
        "replay": _replay,
        "migrations": _migrations,
    }
    answer: dict[str, Any] = {}
    for name, look in parts.items():
        try:
            answer[name] = look()[:MOST_FINDINGS] or "ok"
        except sa.exc.DBAPIError as error:
            answer[name] = [str(error.orig)]
        db.session.rollback()
    return answer


def _engine_part() -> Any:
    return operations_sqlite if db.engine.dialect.name == "sqlite" else operations_postgresql


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def _replay() -> list[Any]:
    found = replay_check.check(regrouping.pending_facts())
    if not found.different:
        return []
    return [
        f"{found.different} of {found.cards} cards or days differ from the log",
        *found.examples,
    ]


def _migrations() -> list[Any]:
    row = db.session.execute(sa.text("select version_num from alembic_version")).first()
    head = _scripts().get_current_head()
    return [] if row and row[0] == head else [f"at {row[0] if row else None}, newest is {head}"]
