"""Anki's text files taken apart: the lines that say how to read them, and their rows."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from quizapp.core.formats.model import FormatError

SEPARATORS = {
    "tab": "\t",
    "comma": ",",
    "semicolon": ";",
    "space": " ",
    "pipe": "|",
    "colon": ":",
}
SPECIAL = ("notetype", "deck", "tags", "guid")
MAX_FIELDS = 1_000
_HEADER = re.compile(r"#([a-z ]{1,40}):(.*)", re.IGNORECASE)
_UNREAD = frozenset({"if matches", "match scope", "columns"})
_SAMPLE = 50  # lines by which a separator is guessed
_LIKELY = ("tab", "semicolon", "pipe", "comma")


@dataclass(slots=True)
class Header:
    """What a file says of itself.

    values: by name, such as "deck". columns: places, from 0, of the columns that are no fields.
    separator, is_html: None where nothing is said. unknown: lines that mean nothing to Anki.
    """

    separator: str | None = None
    is_html: bool | None = None
    values: dict[str, str] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    length: int = 0  # characters that the lines take
    lines: int = 0


def header_of(text: str) -> Header:
    """Return what the first lines say; a line that begins with # but is none of them is data."""
    header = Header()
    while text.startswith("#", header.length):
        end = text.find("\n", header.length)
        end = len(text) if end < 0 else end
        line = text[header.length : end].rstrip()
        match = _HEADER.fullmatch(line)
        if match is None and any(sign in line for sign in _signs(header)):
            break
        if match is None or not _take(header, match[1].lower().strip(), match[2]):
            header.unknown.append(line[:80])
        header.length = min(end + 1, len(text))
        header.lines += 1
    return header


def _signs(header: Header) -> tuple[str, ...]:
    return (header.separator,) if header.separator else ("\t", ";", "|", ",")


def _take(header: Header, name: str, value: str) -> bool:
    """Take in one line; say whether it is known."""
    kind, _, column = name.partition(" ")
    if name == "separator":
        header.separator = _separator(value)
    elif name == "html":
        header.is_html = value.strip().lower() == "true"
    elif column == "column" and kind in SPECIAL:
        number = value.strip()
        if not (number.isascii() and number.isdigit() and 0 < int(number[:6]) <= MAX_FIELDS):
            return False
        header.columns[kind] = int(number[:6]) - 1
    elif name in SPECIAL:
        header.values[name] = value.strip()
    else:
        return name in _UNREAD
    return True


def _separator(value: str) -> str | None:
    name = value.strip().lower()
    if name in SEPARATORS:
        return SEPARATORS[name]
    sign = value if len(value) == 1 else value.strip()
    return {"\\t": "\t"}.get(sign, sign if len(sign) == 1 else None)


def guessed_separator(text: str) -> str:
    """Return the name of the separator that parts most of the first lines; tab if none does."""
    lines = [line for line in text[:100_000].split("\n")[:_SAMPLE] if line.strip()]
    counts = Counter({name: sum(SEPARATORS[name] in line for line in lines) for name in _LIKELY})
    if counts["tab"] * 2 > len(lines):
        return "tab"
    name, count = counts.most_common(1)[0]
    return name if count else "tab"


def rows(text: str, separator: str, first_line: int) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, fields) of each row; a field in quotes may hold separators and line ends."""
    reading = _Rows(text, separator)
    while not reading.at_end:
        line = reading.line
        found = reading.row()
        if any(value.strip() for value in found):
            yield first_line + line, found


class _Rows:
    """Reads row by row, each character once: a text in which quotes do not match costs no more."""

    def __init__(self, text: str, separator: str) -> None:
        self._text, self._separator = text, separator
        self._at = 0
        self._end = -1  # of the line that holds _at
        self._quotes_match = True
        self.line = 0

    @property
    def at_end(self) -> bool:
        return self._at >= len(self._text)

    def row(self) -> list[str]:
        found: list[str] = []
        while True:
            value = self._quoted() if self._is_quote() else ""
            value += self._bare()
            found.append(value)
            if self._text[self._at : self._at + 1] != self._separator:
                break
            self._at += 1
            if len(found) > MAX_FIELDS:
                raise FormatError(f"A line has more than {MAX_FIELDS} fields.", self.line + 1)
        self._at += 1  # the line end
        self.line += 1
        return found

    def _is_quote(self) -> bool:
        return self._quotes_match and self._text.startswith('"', self._at)

    def _quoted(self) -> str:
        parts, at = [], self._at + 1
        while True:
            end = self._text.find('"', at)
            if end < 0:
                self._quotes_match = False  # it is a sign like any other, from here to the end
                return ""
            parts.append(self._text[at:end])
            if not self._text.startswith('"', end + 1):
                break
            parts.append('"')
            at = end + 2
        self._at = end + 1
        value = "".join(parts)
        self.line += value.count("\n")
        return value

    def _bare(self) -> str:
        if self._end < self._at:
            end = self._text.find("\n", self._at)
            self._end = len(self._text) if end < 0 else end
        end = self._text.find(self._separator, self._at, self._end)
        end = self._end if end < 0 else end
        value = self._text[self._at : end]
        self._at = end
        return value
