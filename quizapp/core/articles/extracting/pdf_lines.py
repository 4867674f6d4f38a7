"""The lines of text of a PDF, page by page, as they stand on the page."""

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from quizapp.core.articles.model import ArticleError

MAX_PAGES: Final = 200
MAX_CHARACTERS: Final = 1_000_000
_MAX_STREAM = 32 * 1024 * 1024  # bytes that come out of one stream
_MAX_STREAMS = 128 * 1024 * 1024  # and out of all
_PIECE = 1024 * 1024
_NESTED = 3  # times that a stream may be packed
_STREAM = re.compile(rb"stream\r?\n")
_BOMB = "This PDF unpacks to far more than it is packed; that is not safe."
_LOCKED = "This PDF is protected by a password. Save it without one, and bring it again."
_BROKEN = "This PDF is damaged and cannot be read."
_BOLD = re.compile(r"bold|black|heavy|semibold", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: where it begins, how tall its letters are (points), where on the page."""

    text: str
    left: float
    size: float
    height: float  # 0 at the bottom of the page, 1 at its top
    bold: bool
    first: bool  # of what stands together on the page


@dataclass(frozen=True, slots=True)
class Pages:
    """The lines of each page, and what the PDF says of itself."""

    lines: tuple[tuple[Line, ...], ...]
    title: str
    author: str


def pages_of(data: bytes) -> Pages:
    """Return what stands on the pages; ArticleError where it cannot be read or is too much."""
    from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser

    _check_streams(data)
    try:
        document = PDFDocument(PDFParser(io.BytesIO(data)))
        pages = list(_first(PDFPage.create_pages(document)))
        lines, total = [], 0
        for page in _laid_out(pages):
            lines.append(tuple(_lines(page)))
            total += sum(len(line.text) for line in lines[-1])
            if total > MAX_CHARACTERS:
                raise ArticleError("This PDF holds too much text for an article.")
    except ArticleError:
        raise
    except PDFEncryptionError as error:
        raise ArticleError(_LOCKED) from error
    except Exception as error:  # pdfminer raises whatever goes wrong inside it
        raise ArticleError(_BROKEN) from error
    about = document.info[0] if document.info else {}
    return Pages(tuple(lines), _field(about, "Title"), _field(about, "Author"))


def _first(pages: Iterator[Any]) -> Iterator[Any]:
    for number, page in enumerate(pages):
        if number >= MAX_PAGES:
            raise ArticleError(f"An article may have at most {MAX_PAGES} pages; this PDF has more.")
        yield page


def _laid_out(pages: list[Any]) -> Iterator[Any]:
    """Yield the layout of each page; pictures and drawings are passed over."""
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LAParams
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager

    resources = PDFResourceManager(caching=True)
    device = PDFPageAggregator(resources, laparams=LAParams())
    interpreter = PDFPageInterpreter(resources, device)
    for page in pages:
        interpreter.process_page(page)
        yield device.get_result()


def _lines(page: Any) -> Iterator[Line]:
    from pdfminer.layout import LTChar, LTTextContainer, LTTextLine

    for box in page:
        if not isinstance(box, LTTextContainer):
            continue
        first = True
        for line in box:
            text = line.get_text().strip() if isinstance(line, LTTextLine) else ""
            if not text:
                continue
            letters = [one for one in line if isinstance(one, LTChar)]
            size = sorted(letter.size for letter in letters)[len(letters) // 2] if letters else 0.0
            bold = sum(bool(_BOLD.search(letter.fontname)) for letter in letters)
            yield Line(
                text=text,
                left=line.x0,
                size=round(size, 1),
                height=line.y0 / max(1.0, page.height),
                bold=bold * 2 > len(letters),
                first=first,
            )
            first = False


def _field(about: Any, name: str) -> str:
    """Return a field of the PDF's description; "" where it is not text."""
    from pdfminer.utils import decode_text

    value = about.get(name)
    if not isinstance(value, bytes):
        return ""
    return " ".join(decode_text(value[:1000]).split())


def _check_streams(data: bytes) -> None:
    """Refuse a PDF whose packed streams are bombs, before its parser unpacks them whole."""
    total = 0
    for match in _STREAM.finditer(data):
        total += _unpacked_size(data, match.end(), _NESTED)
        if total > _MAX_STREAMS:
            raise ArticleError(_BOMB)


def _unpacked_size(data: bytes, start: int, deep: int) -> int:
    """Return how many bytes come out of what is packed at `start`; 0 where nothing is."""
    if data[start : start + 1] not in {b"x", b"h", b"8", b"X"}:  # how zlib's streams begin
        return 0
    unpacking, packed, out = zlib.decompressobj(), memoryview(data)[start:], bytearray()
    try:
        while packed and not unpacking.eof:
            out += unpacking.decompress(packed, _PIECE)
            packed = memoryview(unpacking.unconsumed_tail)
            if len(out) > _MAX_STREAM:
                raise ArticleError(_BOMB)
    except zlib.error:
        return len(out)
    return len(out) + (_unpacked_size(bytes(out), 0, deep - 1) if deep > 1 else 0)
