"""Renumbering a guest's rows of the logs for the account that takes them over."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa

from quizapp.models import (
    Attempt,
    AttemptItem,
    AttemptSave,
    Import,
    LoggedResponse,
    Parameters,
    Review,
)
from quizapp.models.memory import Regrade
from quizapp.services.study import responses

Row = dict[str, Any]
HISTORY: Final = "history"  # what an import says of the reviews that came with it


def rows_of(connection: sa.Connection, table: Any, user_id: int) -> list[Row]:
    """Return a person's rows of a table, in the order of its key."""
    columns = table.__table__
    result = connection.execute(
        sa.select(columns).where(columns.c.user_id == user_id).order_by(*columns.primary_key)
    )
    return [dict(row) for row in result.mappings()]


class Move:
    """The guest's numbered rows on their way into the account's logs."""

    def __init__(self, connection: sa.Connection, guest_id: int, account_id: int) -> None:
        self.connection, self.guest_id, self.account_id = connection, guest_id, account_id
        tables = {"response": LoggedResponse, "review": Review, "attempt": Attempt}
        self.rows = {kind: rows_of(connection, table, guest_id) for kind, table in tables.items()}
        self.seq = self._numbers()

    def _numbers(self) -> dict[tuple[str, int], int]:
        """Map each row to its new number, in time order; on a tie the old order holds."""
        keys = {"response": ("answered_at", "seq"), "review": ("at", "seq")}
        keys["attempt"] = ("started_at", "n")
        events = sorted(
            (row[at], row[number], kind)
            for kind, (at, number) in keys.items()
            for row in self.rows[kind]
        )
        first = responses.take_seq(self.connection, self.account_id, len(events))
        return {(kind, old): first + n for n, (_, old, kind) in enumerate(events)}

    def logs(self) -> int:
        """Write the rows anew under the account; returns how many answers there were."""
        versions = self._parameters()
        self._attempts()
        self._write(LoggedResponse, self.rows["response"], seq="response", attempt_n="attempt")
        self._write(Regrade, rows_of(self.connection, Regrade, self.guest_id), seq="response")
        reviews = [
            {**row, "params_version": versions[row["params_version"]]}
            for row in self.rows["review"]
        ]
        links = {"seq": "review", "response_seq": "response", "voids_seq": "review"}
        self._write(Review, reviews, **links)
        self._histories()
        return len(self.rows["response"])

    def _histories(self) -> None:
        """Tell imports the new numbers of the histories that they brought, to take them back by."""
        imports = self.connection.execute(
            sa.select(Import.id, Import.options).where(Import.user_id == self.guest_id)
        ).all()
        for import_id, options in imports:
            noted = options.get(HISTORY) or {}
            if noted.get("user") == self.guest_id:
                moved = {**noted, "user": self.account_id, "seqs": self._spans(noted["seqs"])}
                self.connection.execute(
                    sa.update(Import)
                    .where(Import.id == import_id)
                    .values(options={**options, HISTORY: moved})
                )

    def _spans(self, spans: Iterable[Iterable[int]]) -> list[list[int]]:
        """Return first and last numbers between which all that was brought lies in these spans."""
        old = {seq for first, last in spans for seq in range(first, last + 1)}
        brought = sorted(
            (self.seq["review", row["seq"]], row["seq"] in old)
            for row in self.rows["review"]
            if row["kind"] in ("import", "reset")
        )
        runs = (list(run) for inside, run in groupby(brought, itemgetter(1)) if inside)
        return [[run[0][0], run[-1][0]] for run in runs]

    def _attempts(self) -> None:
        """Write the attempts; number the tries of each quiz after the account's own."""
        highest = dict(
            self.connection.execute(
                sa.select(Attempt.quiz_id, sa.func.max(Attempt.number))
                .where(Attempt.user_id == self.account_id)
                .group_by(Attempt.quiz_id)
            ).all()  # type: ignore[arg-type]
        )
        attempts = [
            {**row, "number": row["number"] + highest.get(row["quiz_id"], 0)}
            for row in self.rows["attempt"]
        ]
        self._write(Attempt, attempts, n="attempt")
        for table in (AttemptItem, AttemptSave):
            self._write(table, rows_of(self.connection, table, self.guest_id), n="attempt")

    def _parameters(self) -> dict[int, int]:
        """Bring the weights along that the guest's reviews name; 0 is everybody's."""
        rows = rows_of(self.connection, Parameters, self.guest_id)
        last = self.connection.scalar(
            sa.select(sa.func.max(Parameters.version)).where(Parameters.user_id == self.account_id)
        )
        versions = {row["version"]: row["version"] + (last or 0) for row in rows}
        self._write(Parameters, [{**row, "version": versions[row["version"]]} for row in rows])
        return {0: 0, **versions}

    def _write(self, table: Any, rows: Iterable[Row], **numbered: str) -> None:
        """Insert rows for the account, the named columns renumbered."""
        renumbered = [
            {
                **row,
                "user_id": self.account_id,
                **{
                    column: self.seq[(kind, row[column])]
                    for column, kind in numbered.items()
                    if row[column] is not None
                },
            }
            for row in rows
        ]
        if renumbered:
            self.connection.execute(sa.insert(table), renumbered)
