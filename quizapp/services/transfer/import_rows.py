"""Many rows of one table stored at once, past all bookkeeping; types stay what the models say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

Process = Callable[[Any], Any] | None


def insert_rows(session: Session, model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows at once; all name the same columns."""
    if not rows:
        return
    connection = session.connection()
    known = _insert(model.__table__, tuple(rows[0]), connection.dialect)
    if known is None:
        connection.execute(sa.insert(model.__table__), list(rows))
        return
    columns = [_bound(rows, name, process) for name, process in known.columns]
    connection.exec_driver_sql(known.sql, list(zip(*columns, strict=True)))


@dataclass(frozen=True, slots=True)
class _Insert:
    """A statement in the driver's own form, and what makes the driver's values of ours."""

    sql: str
    columns: Sequence[tuple[str, Process]]


@lru_cache(maxsize=64)
def _insert(table: sa.Table, names: tuple[str, ...], dialect: sa.Dialect) -> _Insert | None:
    """Return the statement; None where the model has to fill in a column that is not named."""
    if any(one.default is not None and one.name not in names for one in table.columns):
        return None
    columns = [table.c[name] for name in names]
    quoted = dialect.identifier_preparer
    named = ", ".join(quoted.format_column(column) for column in columns)
    marks = ", ".join(["?" if dialect.positional else "%s"] * len(columns))
    types = [column.type.dialect_impl(dialect) for column in columns]
    return _Insert(
        f"INSERT INTO {quoted.format_table(table)} ({named}) VALUES ({marks})",  # noqa: S608
        [(name, type_.bind_processor(dialect)) for name, type_ in zip(names, types, strict=True)],
    )


def _bound(rows: Sequence[Mapping[str, Any]], name: str, process: Process) -> list[Any]:
    """Return a column as the driver takes it; a value that many rows share is made once."""
    values = [row[name] for row in rows]
    if process is None:
        return values
    bound, last, made = [], object(), None
    for value in values:
        if value is not last:
            last, made = value, process(value)
        bound.append(made)
    return bound
