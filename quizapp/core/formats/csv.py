"""Tables as text, separated by commas, tabs or other signs: own ones, lists of cards, Kahoot's."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from quizapp.core.formats.contract import SINGLE, Option, Written
from quizapp.core.formats.model import FormatError, Guessed, Item
from quizapp.core.formats.shared import table_writing
from quizapp.core.formats.shared.decoding import ENCODING, decode, decoded
from quizapp.core.formats.shared.source import Source
from quizapp.core.formats.shared.table_header import is_table_head
from quizapp.core.formats.shared.table_rows import Row, guarded, questions
from quizapp.core.formats.shared.table_writing import table_of
from quizapp.core.question_types import QUESTION_TYPES

NAME = "csv"
LABEL = "CSV or TSV table"
SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
READS = True
WRITES = True
TYPES = frozenset(QUESTION_TYPES)
KEEPS = table_writing.KEEPS
SEPARATORS = {
    "tab": "\t",
    "comma": ",",
    "semicolon": ";",
    "pipe": "|",
    "colon": ":",
    "dash": " - ",
    "slashes": "/////",
}
SEPARATOR = Option(
    "separator",
    "Separator",
    (
        ("tab", "Tab"),
        ("comma", "Comma"),
        ("semicolon", "Semicolon"),
        ("pipe", "Upright line"),
        ("colon", "Colon"),
        ("dash", "Dash between spaces"),
        ("slashes", "Five slashes"),
    ),
)
HEADER = Option("header", "First row", (("yes", "Names the columns"), ("no", "Is a question")))
OPTIONS = (ENCODING, SEPARATOR, HEADER)

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
MAX_CELL = 2_000_000  # the details of a question that is kept as it came
TRIED = 200  # lines by which the separator is found
MOST_LINES = 2_000  # of one row; more are an open quotation mark


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Sure of a table with a header that it knows; else by the name of the file."""
    if members or not head or b"\x00" in head[:200]:
        return 0
    name = filename.lower()
    try:
        text = decode(head).text
    except FormatError:
        return 0
    if is_table_head(re.sub(r"^sep=.\n", "", text)):
        return 90
    if name.endswith((".csv", ".tsv", ".tab")):
        return 70
    lines = [line for line in text.split("\n")[:20] if line.strip()]
    return 25 if lines and all("\t" in line for line in lines[:-1] or lines) else 0


def read(source: Source) -> Iterator[Item]:
    """Yield a question per row, as shared.table_rows says."""
    text = decoded(source)
    yield from text.told
    body, separator = _separator(text.text, source.options.get(SEPARATOR.name, ""))
    if SEPARATOR.name not in source.options:
        yield Guessed(SEPARATOR.name, separator)
    sign = SEPARATORS[separator]
    rows = _rows(body, sign) if len(sign) == 1 else _cut(body, sign)
    yield from questions(rows, source.options.get(HEADER.name, ""))


def _separator(text: str, chosen: str) -> tuple[str, str]:
    """Return the text of the table, and the name of its separator."""
    first = re.match(r"sep=(.)\n", text)
    if chosen:
        if chosen not in SEPARATORS:
            raise FormatError(f"There is no separator {chosen[:20]!r} here.")
        return (text[first.end() :] if first else text), chosen
    if first:
        for name, sign in SEPARATORS.items():
            if sign == first[1]:
                return text[first.end() :], name
    return text, _likeliest(text)


def _likeliest(text: str) -> str:
    """Return the separator that cuts most rows into the same number of cells, at least two."""
    lines = text.split("\n", TRIED)[:TRIED]
    sample, best, found = "\n".join(lines), (0.0, 0), "comma"
    for name in ("comma", "tab", "semicolon", "pipe"):
        widths = []
        try:
            for row in csv.reader(io.StringIO(sample), delimiter=SEPARATORS[name]):
                widths.append(len(row) if any(row) else 0)
        except csv.Error:
            continue
        widths = [width for width in widths if width]
        common = max(set(widths), key=widths.count) if widths else 0
        agrees = widths.count(common) / len(widths) if common > 1 else 0.0
        if (agrees, common) > best:
            best, found = (agrees, common), name
    return found


def _rows(text: str, sign: str) -> Iterator[Row]:
    csv.field_size_limit(MAX_CELL)
    lines = (line[0] for line in _LINE.finditer(text))  # a StringIO takes four bytes a letter
    reader = csv.reader(lines, delimiter=sign)
    line = 1
    try:
        for row in reader:
            if reader.line_num - line > MOST_LINES:
                raise FormatError("A quotation mark is not closed.", line)
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise FormatError(
            "A cell is far too long; is a quotation mark not closed?", line
        ) from error


def _cut(text: str, sign: str) -> Iterator[Row]:
    """Yield lines cut once: a term and the rest."""
    for line, row in enumerate(text.split("\n"), 1):
        yield line, row.split(sign, 1)


def write(items: Iterable[Item], filename: str) -> Written:
    """Return one table with a header, guarded against formulas; tabs where the name ends so."""
    table = table_of(items)
    file = io.StringIO(newline="")
    sign = "\t" if filename.lower().endswith((".tsv", ".tab")) else ","
    writer = csv.writer(file, delimiter=sign, lineterminator="\r\n")
    writer.writerow(table.header)
    writer.writerows([guarded(cell) for cell in row] for row in table.rows)
    data = b"\xef\xbb\xbf" + file.getvalue().encode()  # the mark: else Excel reads it as Latin
    return Written({SINGLE: data}, len(table.rows), table.losses)
