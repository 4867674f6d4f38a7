"""Excel sheets: tables as in CSV, and Kahoot's template."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from quizapp.core.formats.contract import SINGLE, Option, Written
from quizapp.core.formats.csv import HEADER
from quizapp.core.formats.model import FormatError, Item, Loss, Warned
from quizapp.core.formats.shared import table_writing
from quizapp.core.formats.shared.source import MIB, Source
from quizapp.core.formats.shared.table_rows import Row, guarded, questions
from quizapp.core.formats.shared.table_writing import table_of
from quizapp.core.formats.shared.zips import zipped
from quizapp.core.question_types import QUESTION_TYPES

NAME = "xlsx"
LABEL = "Excel sheet"
SUFFIXES = (".xlsx",)
READS = True
WRITES = True
TYPES = frozenset(QUESTION_TYPES)
KEEPS = table_writing.KEEPS
OPTIONS: tuple[Option, ...] = (HEADER,)

MAX_COLUMNS = 200
MAX_CELL = 32_000  # characters; Excel cuts what is longer
TOO_LONG = "It is left out: a cell of Excel holds 32,000 characters at most."
MAX_ROWS = 200_000
MAX_SHEET = 64 * MIB  # of XML, unpacked
BLANK_ROWS = 500  # after so many the sheet is over, whatever lies far below
_BOOK = "xl/workbook.xml"
_FIXED = datetime(2000, 1, 1)  # noqa: DTZ001 - the same bank, the same bytes; Excel knows no zones
_CORE = "docProps/core.xml"
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_BROKEN = (
    ParseError, KeyError, ValueError, TypeError, IndexError, AttributeError, OSError, EOFError,
    zipfile.BadZipFile, RecursionError, OverflowError, NotImplementedError,
)  # fmt: skip


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Sure of a zip with a workbook inside."""
    if _BOOK in members:
        return 98
    return 50 if filename.lower().endswith((".xlsx", ".xlsm")) else 0


def read(source: Source) -> Iterator[Item]:
    """Yield a question per row of the first sheet that holds any, as shared.table_rows says."""
    if _BOOK not in source.names():
        raise FormatError(
            "This is not an Excel file (.xlsx); old .xls files have to be saved anew."
        )
    for name in source.names():
        if name.endswith(".xml"):  # counted while unpacking: the library would trust the header
            for _ in source.pieces(name, MAX_SHEET):
                pass
    import openpyxl  # only here: it loads numpy, which no web worker should carry

    try:
        book = openpyxl.load_workbook(source.stream(), read_only=True, data_only=True)
    except _BROKEN as error:
        raise FormatError("The Excel file is damaged and cannot be read.") from error
    try:
        yield from _book(book, source)
    finally:
        book.close()


def _book(book: Any, source: Source) -> Iterator[Item]:
    read = False
    for sheet in book.worksheets:
        rows = list(_first(sheet))
        if not rows:
            continue
        if read:
            message = f"The sheet {sheet.title} was left out: only one sheet is read."
            yield Warned(None, sheet.title, None, None, message)
            continue
        read = True
        yield from questions(_rows(sheet), source.options.get(HEADER.name, ""))
    if not read:
        raise FormatError("The Excel file has no sheet with anything in it.")


def _first(sheet: Any) -> Iterator[Row]:
    yield from (row for row, _ in zip(_rows(sheet), range(1), strict=False))


def _rows(sheet: Any) -> Iterator[Row]:
    """Yield the rows that hold something."""
    blank = 0
    sheet.reset_dimensions()
    try:
        cells = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
        for line, row in enumerate(cells, 1):
            texts = [_text(value) for value in row]
            while texts and not texts[-1]:
                texts.pop()
            blank = 0 if texts else blank + 1
            if blank > BLANK_ROWS:
                return
            if line > MAX_ROWS:
                raise FormatError(f"The sheet has more than {MAX_ROWS} rows.", line)
            if texts:
                yield line, texts
    except FormatError:
        raise
    except _BROKEN as error:
        raise FormatError("The Excel file is damaged and cannot be read.") from error


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, date):  # also a time of a day
        return value.isoformat()
    return str(value)


def write(items: Iterable[Item], filename: str) -> Written:
    """Return a workbook with one sheet; every cell is text, so nothing is a formula."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    table = table_of(items)
    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = "quizapp"
    book.properties.created = book.properties.modified = _FIXED
    sheet = book.create_sheet("Questions")
    sheet.freeze_panes = "A2"
    rows = [row for row in table.rows if all(len(text) < MAX_CELL for text in row)]
    losses = list(table.losses)
    for number, row in enumerate(table.rows, 1):
        if any(len(text) >= MAX_CELL for text in row):
            losses.append(Loss(number, row[2] or row[0], TOO_LONG))
    for number, row in enumerate([table.header, *rows]):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, "")
            cell.value, cell.data_type = _sayable(guarded(text)), "s"
            if not number:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    packed = io.BytesIO()
    book.save(packed)
    return Written({SINGLE: _repacked(packed)}, len(rows), losses)


def _sayable(text: str) -> str:
    """Return a text without the controls that no sheet can hold."""
    return "".join(letter for letter in text if letter >= " " or letter in "\n\t")


def _repacked(packed: io.BytesIO) -> bytes:
    """Return the same zip with times that say nothing; openpyxl writes that of saving, too."""
    with zipfile.ZipFile(packed) as old:
        files = {name: old.read(name) for name in old.namelist()}
    files[_CORE] = _MODIFIED.sub(rf"\g<1>{_FIXED:%Y-%m-%dT%H:%M:%SZ}".encode(), files[_CORE])
    return zipped(files)
