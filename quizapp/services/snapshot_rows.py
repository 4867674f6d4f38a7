"""How a row of `snapshots` is written: in place of the one that is there."""

from functools import lru_cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from quizapp.models import Snapshot


@lru_cache(maxsize=4)
def upsert(dialect: str, unless_newer: bool = False) -> Any:
    """Return the statement that stores a snapshot; with `unless_newer` an older one stays out."""
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(Snapshot)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["kind", "subject"],
        set_={"data": new.data, "as_of": new.as_of},
        where=Snapshot.as_of <= new.as_of if unless_newer else None,
    )
