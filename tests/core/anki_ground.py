"""Small Anki packages for tests, made by hand: older ones with JSON, newer ones with tables."""

import io
import json
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import zstandard

MODEL, DECK = 1500000000001, 1500000000002
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01"

CARDS = (
    "CREATE TABLE cards (id integer primary key, nid integer, did integer, ord integer,"
    " mod integer, usn integer, type integer, queue integer, due integer, ivl integer,"
    " factor integer, reps integer, lapses integer, left integer, odue integer, odid integer,"
    " flags integer, data text);"
)
NOTES = (
    "CREATE TABLE notes (id integer primary key, guid text, mid integer, mod integer, usn integer,"
    " tags text, flds text, sfld text, csum integer, flags integer, data text);"
)
REVLOG = (
    "CREATE TABLE revlog (id integer primary key, cid integer, usn integer, ease integer,"
    " ivl integer, lastIvl integer, factor integer, time integer, type integer);"
)
COL = (
    "CREATE TABLE col (id integer primary key, crt integer, mod integer, scm integer, ver integer,"
    " dty integer, usn integer, ls integer, conf text, models text, decks text, dconf text,"
    " tags text);"
)
BASIC = (("Card 1", "{{Front}}", "{{FrontSide}}<hr id=answer>{{Back}}"),)
CLOZE = (("Cloze", "{{cloze:Text}}", "{{cloze:Text}}<br>{{Extra}}"),)

Card = Mapping[str, Any]
Note = tuple[str, Sequence[str], Sequence[Card]]  # guid, fields, cards


def model(
    fields: str = "Front Back",
    templates: Sequence[tuple[str, str, str]] = BASIC,
    kind: int = 0,
    name: str = "Basic",
    **more: Any,
) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "flds": [{"name": one, "ord": at} for at, one in enumerate(fields.split())],
        "tmpls": [
            {"name": side, "ord": at, "qfmt": front, "afmt": back}
            for at, (side, front, back) in enumerate(templates)
        ],
        **more,
    }


def note(*fields: str, guid: str = "g", cards: Sequence[Card] = ({},)) -> Note:
    return guid, fields, cards


def collection(
    notes: Sequence[Note],
    models: Any = None,
    *,
    decks: Mapping[int, str] | None = None,
    tags: str = "",
    revlog: Sequence[Sequence[int]] = (),
    ver: int = 11,
    extra: str = "",
    tables: str = COL + NOTES + CARDS + REVLOG,
) -> bytes:
    """Return a collection of schema 11; a card's entries are its columns, the rest are zero."""
    with closing(sqlite3.connect(":memory:")) as file:
        file.executescript(tables + extra)
        kinds = {str(MODEL): model()} if models is None else models
        named = {
            str(id_): {"name": name} for id_, name in (decks or {1: "Default", DECK: "D"}).items()
        }
        row = (1, 1600000000, 0, 0, ver, 0, 0, 0, '{"rollover": 5}', json.dumps(kinds))
        file.execute(
            f"INSERT INTO col VALUES ({', '.join('?' * 13)})", (*row, json.dumps(named), "{}", "{}")
        )
        _fill(file, notes, tags, revlog)
        file.commit()
        return file.serialize()


def _fill(
    file: sqlite3.Connection,
    notes: Sequence[Note],
    tags: str,
    revlog: Sequence[Sequence[int]],
) -> None:
    number = 0
    for at, (guid, fields, cards) in enumerate(notes, 1):
        values = (at, guid, MODEL, 7, -1, tags, "\x1f".join(fields), fields[0], 0, 0, "")
        file.execute(f"INSERT INTO notes VALUES ({', '.join('?' * 11)})", values)
        for card in cards:
            number += 1
            row = {"id": number, "nid": at, "did": DECK, "ord": 0, "data": "", **card}
            names = ", ".join(row)
            file.execute(
                f"INSERT INTO cards ({names}) VALUES ({', '.join('?' * len(row))})",
                tuple(row.values()),
            )
    for id_, cid, *rest in revlog:
        file.execute(f"INSERT INTO revlog VALUES ({', '.join('?' * 9)})", (id_, cid, -1, *rest))


def new_collection(
    notes: Sequence[Note],
    fields: str = "Front Back",
    templates: Sequence[tuple[str, str, str]] = BASIC,
    kind: int = 0,
    stock: int = 0,
    revlog: Sequence[Sequence[int]] = (),
) -> bytes:
    """Return a collection of schema 18: note types and decks in tables, settings as protobuf."""
    with closing(sqlite3.connect(":memory:")) as file:
        file.create_collation("unicase", lambda one, other: (one > other) - (one < other))
        file.executescript(
            COL + NOTES + CARDS + REVLOG
            + "CREATE TABLE notetypes (id integer primary key, name text collate unicase,"
            " mtime_secs integer, usn integer, config blob);"
            "CREATE TABLE fields (ntid integer, ord integer, name text collate unicase,"
            " config blob, primary key (ntid, ord)) without rowid;"
            "CREATE TABLE templates (ntid integer, ord integer, name text collate unicase,"
            " mtime_secs integer, usn integer, config blob, primary key (ntid, ord)) without rowid;"
            "CREATE TABLE decks (id integer primary key, name text collate unicase,"
            " mtime_secs integer, usn integer, common blob, kind blob);"
            "CREATE TABLE config (key text primary key, usn integer, mtime_secs integer, val blob);"
            "CREATE UNIQUE INDEX idx_decks_name ON decks (name);"
        )  # fmt: skip
        file.execute(
            "INSERT INTO col VALUES (1, 1600000000, 0, 0, 18, 0, 0, 0, '', '', '', '', '')"
        )
        config = number_field(1, kind) + number_field(9, stock)
        file.execute("INSERT INTO notetypes VALUES (?, 'Kind', 0, 0, ?)", (MODEL, config))
        for at, name in enumerate(fields.split()):
            file.execute("INSERT INTO fields VALUES (?, ?, ?, x'')", (MODEL, at, name))
        for at, (side, front, back) in enumerate(templates):
            blob = bytes_field(1, front.encode()) + bytes_field(2, back.encode())
            file.execute("INSERT INTO templates VALUES (?, ?, ?, 0, 0, ?)", (MODEL, at, side, blob))
        file.execute("INSERT INTO decks VALUES (?, ?, 0, 0, x'', x'')", (DECK, "A\x1fB c"))
        file.execute("INSERT INTO config VALUES ('rollover', 0, 0, ?)", (b"3",))
        _fill(file, notes, "", revlog)
        file.commit()
        return file.serialize()


def package(data: bytes, media: Mapping[str, bytes] | None = None, **members: bytes) -> bytes:
    """Return an older package; `media` are the files by name."""
    media = media or {}
    names = {str(at): name for at, name in enumerate(media)}
    files = {"collection.anki2": data, "media": json.dumps(names).encode()}
    files |= {str(at): content for at, content in enumerate(media.values())}
    return zipped(files | members)


def new_package(data: bytes, media: Mapping[str, bytes] | None = None) -> bytes:
    """Return a package as Anki writes them now, with the old collection that is none."""
    media = media or {}
    entries = b"".join(
        bytes_field(1, bytes_field(1, name.encode()) + number_field(2, len(content)))
        for name, content in media.items()
    )
    files = {
        "meta": number_field(1, 3),
        "collection.anki2": collection([note("Please update Anki", "")]),
        "collection.anki21b": squeezed(data),
        "media": squeezed(entries),
    }
    return zipped(files | {str(at): squeezed(one) for at, one in enumerate(media.values())})


def squeezed(data: bytes) -> bytes:
    """Return zstd without the size of what is inside, as Anki writes it."""
    packing = zstandard.ZstdCompressor(write_content_size=False)
    return packing.compress(data)


def zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def number_field(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def bytes_field(number: int, value: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    found = bytearray()
    while True:
        value, byte = value >> 7, value & 0x7F
        found.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(found)


def collection_rows(data: bytes, query: str) -> list[tuple[Any, ...]]:
    """Return rows of the collection inside a package."""
    with closing(sqlite3.connect(":memory:")) as file:
        file.deserialize(zipfile.ZipFile(io.BytesIO(data)).read("collection.anki2"))
        return list(file.execute(query))
