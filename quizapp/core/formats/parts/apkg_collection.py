"""Anki's collection, an SQLite file of unknown origin, opened so that it can do no harm."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from quizapp.core.formats.model import FormatError
from quizapp.core.formats.parts.apkg_notetypes import decks_of, of_models, of_tables
from quizapp.core.formats.parts.apkg_values import loaded, text, whole
from quizapp.core.formats.shared.source import MIB

TABLES = (
    "col", "notes", "cards", "revlog", "notetypes", "fields", "templates", "decks", "config",
    "deck_config",
)  # fmt: skip
NEEDED = frozenset({"col", "notes", "cards"})
OLDEST, WITH_TABLES = 11, 15  # schemas: the oldest that is read, the first with tables of its own
MAX_STEPS = 600_000_000  # of SQLite's machine: several seconds, and far more than any deck needs
MAX_VALUE = 16 * MIB
MAX_ROWS = 100_000
MAX_CARDS = 5_000  # of one note
MAX_REVIEWS = 20_000  # of one card, the newest: fifty years of one a day
_STEPS = 100_000
_LIMITS = (
    (sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE),
    (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 100_000),
    (sqlite3.SQLITE_LIMIT_COLUMN, 200),
    (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 50),
    (sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 5),
    (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
    (sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 1),
    (sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0),
)
_FAULTS = (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError)
_DAMAGED = "The collection is damaged and cannot be read."
CARD = "id ord mod type queue due ivl factor reps lapses left odue odid flags data".split()  # noqa: SIM905
_ROWS = (
    "SELECT n.id, n.guid, n.mid, n.mod, n.tags, n.flds, c.did, c.id, c.ord, c.mod, c.type, "
    "c.queue, c.due, c.ivl, c.factor, c.reps, c.lapses, c.left, c.odue, c.odid, c.flags, c.data "
    "FROM notes n LEFT JOIN cards c ON c.nid = n.id ORDER BY n.id, c.ord, c.id"
)
_OF_NOTE = 6  # of these columns
_REVIEWS = (
    "SELECT id, ease, ivl, lastIvl, factor, time, type FROM revlog WHERE cid = ? "
    "ORDER BY id DESC LIMIT ?"
)
_STUDIED = (
    "SELECT CASE WHEN odid > 0 THEN odid ELSE did END, count(*) FROM cards WHERE reps > 0 "
    "GROUP BY 1"
)


@dataclass(slots=True)
class Note:
    """One note with its cards: each the values of CARD, and "deck", where it is at home."""

    id: int
    guid: str
    notetype_id: int
    mod: int
    tags: list[str]
    values: list[str]
    cards: list[dict[str, Any]] = field(default_factory=list)


class Collection:
    """What the file holds; FormatError wherever it turns out to be unreadable."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        _check_schema(file)
        head = self._rows("SELECT ver, crt, conf, models, decks FROM col LIMIT 1")
        if not head:
            raise FormatError(_DAMAGED)
        version, crt, conf, models, decks = head[0]
        if whole(version) < OLDEST:
            message = f"It was made by a very old Anki (schema {whole(version)}); open it in a "
            raise FormatError(message + "newer Anki and export it again.")
        self.crt = whole(crt)
        has_tables = whole(version) >= WITH_TABLES and self._has("notetypes")
        self._has_tables = has_tables
        config = self._config() if has_tables else loaded(conf)
        self.rollover = whole(config.get("rollover", 4))
        self.offset = config.get("creationOffset")
        self.notetypes = of_tables(self._rows) if has_tables else of_models(loaded(models))
        self.decks = self._deck_names() if has_tables else decks_of(loaded(decks))

    def notes(self) -> Iterator[Note]:
        """Yield the notes in the order in which they were made."""
        note: Note | None = None
        for row in self._each(_ROWS):
            if note is None or row[0] != note.id:
                if note is not None:
                    yield note
                note = _note(row)
            if row[_OF_NOTE + 1] is not None and len(note.cards) < MAX_CARDS:
                note.cards.append(self._card(row[_OF_NOTE:]))
        if note is not None:
            yield note

    def reviews(self, card: int) -> list[list[int]]:
        """Return the log of a card's reviews: id, ease, ivl, lastIvl, factor, time, type each."""
        if not self._has("revlog"):
            return []
        return [[whole(value) for value in row] for row in self._rows(_REVIEWS, card, MAX_REVIEWS)][
            ::-1
        ]

    def studied_by_deck(self) -> dict[int, int]:
        """Return how many cards of each deck were ever answered."""
        return {whole(deck): whole(count) for deck, count in self._rows(_STUDIED)}

    def preset_tables(self) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]] | None:
        """Return (id, settings) of presets and (id, kind) of decks; None where both are texts."""
        if not self._has_tables or not self._has("deck_config"):
            return None
        presets = self._rows("SELECT id, config FROM deck_config")
        return presets, self._rows("SELECT id, kind FROM decks")

    def preset_texts(self) -> tuple[str, str]:
        """Return the presets and the decks as the JSON of older Ankis."""
        presets, decks = self._rows("SELECT dconf, decks FROM col LIMIT 1")[0]
        return text(presets), text(decks)

    def deck_names(self) -> set[str]:
        """Return the names of the decks in which cards are at home."""
        rows = self._rows("SELECT DISTINCT CASE WHEN odid > 0 THEN odid ELSE did END FROM cards")
        return {self.decks.get(whole(row[0]), "") for row in rows}

    def strays(self) -> int:
        """Return how many cards are there whose note is not."""
        query = "SELECT count(*) FROM cards WHERE nid NOT IN (SELECT id FROM notes)"
        return whole(self._rows(query)[0][0])

    def _card(self, row: tuple[Any, ...]) -> dict[str, Any]:
        deck, *values = row
        card: dict[str, Any] = {
            name: text(value) if name == "data" else whole(value)
            for name, value in zip(CARD, values, strict=True)
        }
        card["deck"] = self.decks.get(card["odid"] or whole(deck), "")
        return card

    def _has(self, table: str) -> bool:
        query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        return bool(self._rows(query, table))

    def _config(self) -> dict[str, Any]:
        if not self._has("config"):
            return {}
        query = "SELECT key, val FROM config WHERE key IN ('rollover', 'creationOffset')"
        found: dict[str, Any] = {}
        for key, value in self._rows(query):
            with contextlib.suppress(ValueError):
                found[text(key)] = json.loads(text(value)[:100])
        return found

    def _deck_names(self) -> dict[int, str]:
        rows = self._rows("SELECT id, name FROM decks")
        return {whole(id_): text(name).replace("\x1f", "::") for id_, name in rows}

    def _rows(self, query: str, *values: int | str) -> list[tuple[Any, ...]]:
        rows = list(islice(self._each(query, *values), MAX_ROWS + 1))
        if len(rows) > MAX_ROWS:
            raise FormatError("The collection has more decks or note types than can be.")
        return rows

    def _each(self, query: str, *values: int | str) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._file.execute(query, values)
        except _FAULTS as error:
            raise _fault(error) from error


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Collection]:
    """Open a collection, for reading only; FormatError where that is impossible or unsafe."""
    try:
        file = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error as error:
        raise _fault(error) from error
    with contextlib.closing(file):
        for limit, most in _LIMITS:
            file.setlimit(limit, most)
        left = MAX_STEPS // _STEPS

        def one_step() -> int:
            nonlocal left
            left -= 1
            return int(left < 0)

        file.set_progress_handler(one_step, _STEPS)
        file.text_factory = lambda data: data.decode("utf-8", "replace")
        file.create_collation("unicase", _by_case)
        try:
            for setting in ("trusted_schema = OFF", "query_only = ON", "mmap_size = 0"):
                file.execute(f"PRAGMA {setting}")
        except sqlite3.Error as error:
            raise _fault(error) from error
        yield Collection(file)


def _check_schema(file: sqlite3.Connection) -> None:
    """Refuse a schema in which reading a table could run anything."""
    try:
        rows = list(file.execute("SELECT type, name, sql FROM sqlite_master"))
        kinds = {str(name).lower(): (kind, str(sql)) for kind, name, sql in rows}
        if {kind for kind, _, _ in rows} & {"view", "trigger"}:
            raise FormatError("The collection holds views or triggers, which is not safe.")
        if not kinds.keys() >= NEEDED:
            raise FormatError("This is not an Anki collection.")
        for name in TABLES:
            kind, sql = kinds.get(name, ("table", ""))
            made = file.execute(f"PRAGMA table_xinfo({name})") if sql else ()
            if kind != "table" or "virtual" in sql[:40].lower() or any(row[6] for row in made):
                raise FormatError(f"The table {name} of the collection is not a plain one.")
    except FormatError:
        raise
    except _FAULTS as error:
        raise _fault(error) from error


def _fault(error: Exception) -> FormatError:
    if isinstance(error, sqlite3.OperationalError) and "interrupted" in str(error):
        return FormatError("The collection takes too long to read; that is not safe.")
    return FormatError(_DAMAGED)


def _by_case(one: str, other: str) -> int:
    left, right = one.casefold(), other.casefold()
    return (left > right) - (left < right)


def _note(row: tuple[Any, ...]) -> Note:
    id_, guid, kind, mod, tags, values = row[:_OF_NOTE]
    return Note(
        whole(id_),
        text(guid),
        whole(kind),
        whole(mod),
        text(tags).split(),
        text(values).split("\x1f"),
    )
