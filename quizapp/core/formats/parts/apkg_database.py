"""Anki's collection written: an SQLite file in the form that every Anki reads (schema 11)."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

from quizapp.core.formats.parts.apkg_fields import plain

Row = Sequence[Any]

SCHEMA = 11
PAGE = 4096
_VERSION = (3_040_000).to_bytes(4, "big")  # the library's own would differ from machine to machine
_TABLES = """
CREATE TABLE col (id integer PRIMARY KEY, crt integer NOT NULL, mod integer NOT NULL,
  scm integer NOT NULL, ver integer NOT NULL, dty integer NOT NULL, usn integer NOT NULL,
  ls integer NOT NULL, conf text NOT NULL, models text NOT NULL, decks text NOT NULL,
  dconf text NOT NULL, tags text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, guid text NOT NULL, mid integer NOT NULL,
  mod integer NOT NULL, usn integer NOT NULL, tags text NOT NULL, flds text NOT NULL,
  sfld integer NOT NULL, csum integer NOT NULL, flags integer NOT NULL, data text NOT NULL);
CREATE TABLE cards (id integer PRIMARY KEY, nid integer NOT NULL, did integer NOT NULL,
  ord integer NOT NULL, mod integer NOT NULL, usn integer NOT NULL, type integer NOT NULL,
  queue integer NOT NULL, due integer NOT NULL, ivl integer NOT NULL, factor integer NOT NULL,
  reps integer NOT NULL, lapses integer NOT NULL, left integer NOT NULL, odue integer NOT NULL,
  odid integer NOT NULL, flags integer NOT NULL, data text NOT NULL);
CREATE TABLE revlog (id integer PRIMARY KEY, cid integer NOT NULL, usn integer NOT NULL,
  ease integer NOT NULL, ivl integer NOT NULL, lastIvl integer NOT NULL,
  factor integer NOT NULL, time integer NOT NULL, type integer NOT NULL);
CREATE TABLE graves (usn integer NOT NULL, oid integer NOT NULL, type integer NOT NULL);
CREATE INDEX ix_notes_usn ON notes (usn);
CREATE INDEX ix_cards_usn ON cards (usn);
CREATE INDEX ix_revlog_usn ON revlog (usn);
CREATE INDEX ix_cards_nid ON cards (nid);
CREATE INDEX ix_cards_sched ON cards (did, queue, due);
CREATE INDEX ix_revlog_cid ON revlog (cid);
CREATE INDEX ix_notes_csum ON notes (csum);
"""
_CONF = {
    "activeDecks": [1],
    "curDeck": 1,
    "newSpread": 0,
    "collapseTime": 1200,
    "timeLim": 0,
    "estTimes": True,
    "dueCounts": True,
    "curModel": None,
    "nextPos": 1,
    "sortType": "noteFld",
    "sortBackwards": False,
    "addToCur": True,
    "schedVer": 2,
}
_DECK = {
    "mod": 0,
    "usn": -1,
    "lrnToday": [0, 0],
    "revToday": [0, 0],
    "newToday": [0, 0],
    "timeToday": [0, 0],
    "collapsed": False,
    "browserCollapsed": False,
    "desc": "",
    "dyn": 0,
    "conf": 1,
    "extendNew": 0,
    "extendRev": 0,
}
_DECK_CONF = {
    "id": 1,
    "mod": 0,
    "name": "Default",
    "usn": 0,
    "maxTaken": 60,
    "autoplay": True,
    "timer": 0,
    "replayq": True,
    "new": {
        "bury": False,
        "delays": [1.0, 10.0],
        "initialFactor": 2500,
        "ints": [1, 4, 0],
        "order": 1,
        "perDay": 20,
    },
    "rev": {
        "bury": False,
        "ease4": 1.3,
        "ivlFct": 1.0,
        "maxIvl": 36500,
        "perDay": 200,
        "hardFactor": 1.2,
    },
    "lapse": {"delays": [10.0], "leechAction": 1, "leechFails": 8, "minInt": 1, "mult": 0.0},
    "dyn": False,
}


@dataclass(frozen=True, slots=True)
class Days:
    """When day 0 began (Unix seconds), the hour in which days begin, and in which zone that is.

    offset_minutes: west of UTC, None where that is not known. weights: of FSRS, if it is used.
    """

    crt: int
    rollover: int
    offset_minutes: int | None = None
    weights: Sequence[float] = ()


def collection(
    days: Days,
    models: Mapping[int, Mapping[str, Any]],
    decks: Mapping[int, tuple[str, str]],
    rows: Mapping[str, Iterable[Row]],
) -> bytes:
    """Return the file; `decks` are (name, description) by id, `rows` those of each table.

    The same content gives the same bytes.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as file:
        file.execute(f"PRAGMA page_size = {PAGE}")
        file.executescript(f"BEGIN; {_TABLES} COMMIT;")
        file.execute("BEGIN")
        _insert(file, "col", [_col(days, models, decks)])
        for table, listed in rows.items():
            _insert(file, table, listed)
        file.execute("COMMIT")
        data = bytearray(file.serialize())
    data[96:100] = _VERSION
    return bytes(data)


def note_row(id_: int, guid: str, model: int, mod: int, tags: Sequence[str], fields: Row) -> Row:
    """Return a row of `notes`; the first field is the one that Anki sorts by."""
    joined = "\x1f".join(fields)
    first = plain(fields[0])
    total = int(sha1(first.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()[:8], 16)
    spaced = f" {' '.join(tags)} " if tags else ""
    return (id_, guid, model, mod, -1, spaced, joined, first, total, 0, "")


def model(
    id_: int, name: str, fields: Sequence[str], templates: Sequence[Row], css: str, kind: int
) -> dict[str, Any]:
    """Return a note type as JSON; templates are (name, front, back), `kind` is 1 for clozes."""
    return {
        "id": id_,
        "name": name,
        "type": kind,
        "mod": 0,
        "usn": -1,
        "sortf": 0,
        "did": 1,
        "tmpls": [
            {
                "name": side,
                "ord": place,
                "qfmt": front,
                "afmt": back,
                "bqfmt": "",
                "bafmt": "",
                "did": None,
            }
            for place, (side, front, back) in enumerate(templates)
        ],
        "flds": [
            {"name": name, "ord": place, "sticky": False, "rtl": False, "font": "Arial", "size": 20}
            for place, name in enumerate(fields)
        ],
        "css": css,
        "latexPre": "\\documentclass[12pt]{article}\n\\usepackage{amssymb,amsmath}\n"
        "\\pagestyle{empty}\n\\begin{document}\n",
        "latexPost": "\\end{document}",
        "req": [],
        "tags": [],
        "vers": [],
    }


def _col(
    days: Days,
    models: Mapping[int, Mapping[str, Any]],
    decks: Mapping[int, tuple[str, str]],
) -> Row:
    named = {1: ("Default", ""), **decks}
    listed = {
        str(id_): {**_DECK, "id": id_, "name": name, "desc": description}
        for id_, (name, description) in named.items()
    }
    settings: dict[str, Any] = {**_CONF, "rollover": days.rollover}
    if days.offset_minutes is not None:
        settings["creationOffset"] = days.offset_minutes
    preset = dict(_DECK_CONF)
    if days.weights:
        settings["fsrs"] = True
        preset["fsrsParams6"] = list(days.weights)
    told = (settings, {str(i): one for i, one in models.items()}, listed)
    conf, types, all_decks = (json.dumps(one, ensure_ascii=False) for one in told)
    presets = json.dumps({"1": preset})
    return (1, days.crt, 0, 0, SCHEMA, 0, 0, 0, conf, types, all_decks, presets, "{}")


def _insert(file: sqlite3.Connection, table: str, rows: Iterable[Row]) -> None:
    listed = [tuple(row) for row in rows]
    if listed:
        places = ", ".join("?" * len(listed[0]))
        file.executemany(f"INSERT INTO {table} VALUES ({places})", listed)  # noqa: S608 - our names
