"""Anki's notes in plain text: fields between separators, perhaps below lines of settings."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html import escape

from quizapp.core.formats.contract import Option, Written
from quizapp.core.formats.model import (
    BankFile,
    FormatError,
    Guessed,
    Item,
    QuestionIn,
    Refused,
    Warned,
)
from quizapp.core.formats.parts import anki_text_table as table
from quizapp.core.formats.parts import apkg_marker
from quizapp.core.formats.parts.anki_text_cards import Row, gapped, two_sided
from quizapp.core.formats.parts.apkg_clozes import numbers_in
from quizapp.core.formats.parts.apkg_fields import prepared
from quizapp.core.formats.shared.decoding import ENCODING, decoded
from quizapp.core.formats.shared.found_media import FoundMedia
from quizapp.core.formats.shared.kept import kept
from quizapp.core.formats.shared.source import Source

NAME = "anki_text"
LABEL = "Anki notes in plain text"
SUFFIXES = (".txt",)
READS = True
WRITES = False
TYPES = frozenset({"flashcard", "short_answer", "cloze"})
KEEPS = frozenset({"key", "category", "tags", "markup", "math", "hints"})
SEPARATOR = Option(
    "separator",
    "Between the fields",
    (
        ("tab", "Tab"),
        ("comma", "Comma ,"),
        ("semicolon", "Semicolon ;"),
        ("space", "Space"),
        ("pipe", "Pipe |"),
        ("colon", "Colon :"),
    ),
)
OPTIONS: tuple[Option, ...] = (ENCODING, SEPARATOR)

UNKNOWN = "The line “{}” at the beginning says nothing that is known; it was left out."
OCCLUSION = "A picture with hidden parts cannot be asked here."
_HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?#(?:separator|html|columns|(?:notetype|deck|tags|guid)(?: column)?):", re.I
)
_CLOZE = re.compile(rb"\{\{c\d+::[^{}]*\}\}")
_MARKUP = re.compile(
    r"</?(?:br|div|p|b|i|u|img|span|hr|sub|sup|ul|ol|li|a)\b[^<>]*>|&[a-z]{2,8};", re.I
)


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Sure of a file that begins with Anki's own lines; a text with clozes is likely one."""
    if members or not head:
        return 0
    if _HEAD.match(head):
        return 95
    is_text = filename.lower().endswith((".txt", ".tsv"))
    if b"\t" in head and _CLOZE.search(head):
        return 70 if is_text else 40
    lines = [line for line in head.split(b"\n")[:-1] if line.strip()]
    tabbed = bool(lines) and all(b"\t" in line for line in lines)
    return 25 if is_text and tabbed else 0


def read(source: Source) -> Iterator[Item]:
    """Yield a question for each card of each note, in file order."""
    text = decoded(source)
    yield from text.told
    header = table.header_of(text.text)
    for unknown in header.unknown:
        yield Warned(None, "", None, None, UNKNOWN.format(unknown))
    deck = header.values.get("deck", "")
    if deck and "deck" not in header.columns:
        yield BankFile(deck.partition("::")[0])
    body = text.text[header.length :]
    separator, told = _separator(source, header, body)
    yield from told
    is_html = header.is_html
    if is_html is None:
        is_html = _MARKUP.search(body[:100_000]) is not None
    media = FoundMedia(lambda address: None)
    position = 0
    for line, values in table.rows(body, separator, header.lines + 1):
        row = _row(line, values, header, is_html)
        for item in _questions(row, position, media):
            position += 1
            yield item
        yield from media.drain()


def write(items: Iterable[Item], filename: str) -> Written:
    """Refuse: Anki's own packages hold more, so they are written instead."""
    raise FormatError("Anki's plain text is only read; banks are written as Anki packages.")


def _separator(source: Source, header: table.Header, body: str) -> tuple[str, list[Item]]:
    chosen = source.options.get(SEPARATOR.name, "")
    if chosen:
        if chosen not in table.SEPARATORS:
            raise FormatError(f"There is no separator {chosen[:40]!r} here.")
        return table.SEPARATORS[chosen], []
    if header.separator is not None:
        return header.separator, []
    name = table.guessed_separator(body)
    return table.SEPARATORS[name], [Guessed(SEPARATOR.name, name)]


def _row(line: int, values: list[str], header: table.Header, is_html: bool) -> Row:
    told = {
        name: values[place].strip()
        for name, place in header.columns.items()
        if place < len(values) and values[place].strip()
    }
    taken = set(header.columns.values())
    fields = [value for place, value in enumerate(values) if place not in taken]
    own, fields = _own(fields, told.get("guid", ""))
    if not is_html:
        fields = [escape(value, quote=False).replace("\n", "<br>") for value in fields]
    tags = [*header.values.get("tags", "").split(), *told.get("tags", "").split()]
    deck = told.get("deck") or header.values.get("deck", "")
    return Row(
        line=line,
        fields=[prepared(value) for value in fields],
        notetype=told.get("notetype") or header.values.get("notetype", ""),
        guid=told.get("guid", ""),
        category=deck.replace("::", "/") or None,
        tags=list(dict.fromkeys(tags)),
        own=own,
    )


def _own(fields: list[str], guid: str) -> tuple[QuestionIn | None, list[str]]:
    """Return the question that a note was written from, and its fields without the hidden one."""
    place = apkg_marker.place_of(fields)
    if place is None:
        return None, fields
    while fields and not fields[-1]:
        fields = fields[:-1]  # columns that only other notes have
    names = [apkg_marker.FIELD if at == place else "" for at in range(len(fields))]
    marked = apkg_marker.read(names, fields, guid)
    return marked.question if marked else None, fields[:place] + fields[place + 1 :]


def _questions(row: Row, position: int, media: FoundMedia) -> Iterator[QuestionIn | Refused]:
    if row.own is not None:
        yield replace(row.own, position=position + 1, line=row.line)
        return
    numbers = sorted({number for value in row.fields for number in numbers_in(value)})
    if numbers and any("image-occlusion:" in value for value in row.fields):
        yield _kept(row, position + 1, 1, OCCLUSION)
        return
    cards = gapped(row, numbers, media) if numbers else two_sided(row, media)
    for number, made in cards:
        position += 1
        if isinstance(made, str):
            yield _kept(row, position, number, made)
            continue
        yield QuestionIn(
            position=position,
            type=made.type,
            stem=made.stem,
            body=made.body,
            key=_key(row, number),
            line=row.line,
            tags=row.tags,
            category=row.category,
            warnings=made.told,
            group=row.guid,
        )


def _key(row: Row, number: int) -> str | None:
    return f"{row.guid}:{number}" if row.guid else None


def _kept(row: Row, position: int, number: int, why: str) -> QuestionIn | Refused:
    """Return a note that cannot be asked as it stands; a lone field is no note."""
    key = _key(row, number)
    if len(row.fields) < 2:
        return Refused(position, "", row.line, None, why, key)
    return kept(
        position,
        NAME,
        "\t".join(row.fields),
        why,
        key=key,
        line=row.line,
        category=row.category,
        tags=tuple(row.tags),
    )
