"""The question elements of a Moodle XML file, one by one; a broken file's are taken singly."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from quizapp.core.formats.model import FormatError
from quizapp.core.formats.shared import xml
from quizapp.core.formats.shared.source import Source

Element = Any

BACKUP = (
    "This is a backup of a Moodle course, not its questions. In Moodle, open the question bank, "
    "choose Export and the format Moodle XML."
)
NOT_MOODLE = "This is not Moodle's question XML: there is no <quiz> with questions in it."
MENDED = "Its XML was broken: signs that XML does not allow were read as text or left out."
NO_END = "It has no end; the file is broken here."
MAX_BLOCKS = 100_000
_BEGIN = re.compile(rb"<question[\s>/]")
_END = b"</question>"
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BARE = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!\#?\w{1,32};)", re.DOTALL)
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding=[\"']([\w.-]{1,40})[\"']")
_ROOTS = ("quiz", "question", "questions")


@dataclass(slots=True)
class Found:
    """A question element and where it begins; `broken` says why it has none."""

    element: Element | None
    line: int | None
    told: list[str] = field(default_factory=list)
    broken: str = ""


def found_in(source: Source) -> Iterator[Found | str]:
    """Yield each question, and before them plain words on what had to be mended.

    What is yielded is forgotten when the next is asked for. FormatError where nothing can be read.
    """
    if not source.is_single:
        is_backup = "moodle_backup.xml" in source.names()
        raise FormatError(BACKUP if is_backup else "This is a package or folder, not a file.")
    data = source.data()
    if data[:2] == b"\x1f\x8b":
        raise FormatError(BACKUP if source.filename.endswith(".mbz") else NOT_MOODLE)
    data, told = xml.mended(data)
    yield from told
    yield from _elements(data)


def _elements(data: bytes) -> Iterator[Found]:
    count = 0
    offset = data[: len(data) - len(data.lstrip(b"\xef\xbb\xbf \r\n\t"))].count(b"\n")
    stream = xml.elements(data, "question")
    while True:
        try:
            element = next(stream, None)
        except FormatError as error:
            yield from _singly(data, count, error)
            return
        if element is None:
            break
        if not count:
            _check_root(element)
        count += 1
        yield Found(element, element.sourceline + offset if element.sourceline else None)
    if not count and not re.search(rb"<\x00?q\x00?u\x00?i\x00?z\b", data[:65536]):
        raise FormatError(BACKUP if b"<MOODLE_BACKUP" in data[:4096] else NOT_MOODLE)


def _check_root(element: Element) -> None:
    if xml.local(element.getroottree().getroot()).lower() not in _ROOTS:
        raise FormatError(NOT_MOODLE)


def _singly(data: bytes, count: int, error: FormatError) -> Iterator[Found]:
    """Yield what can be read of a broken file after its first `count` questions."""
    text = _as_utf8(data)
    begins = [match.start() for match in _BEGIN.finditer(text)]
    if b"<!ENTITY" in text or not begins or len(begins) > MAX_BLOCKS:
        raise error
    ends = [*begins[1:], len(text)]
    blocks = [text[begin:end] for begin, end in zip(begins, ends, strict=True)]
    if not count and not any(_read(block).element is not None for block in blocks):
        raise error
    line = 1 + text.count(b"\n", 0, begins[0])
    for number, block in enumerate(blocks):
        if number >= count:
            found = _read(block)
            found.line = line + (found.line or 0)
            yield found
        line += block.count(b"\n")


def _read(block: bytes) -> Found:
    """Return the element of one question; its line counts from its own beginning."""
    end = block.rfind(_END)
    if end < 0:
        return Found(None, None, broken=NO_END)
    block = block[: end + len(_END)]
    try:
        return Found(xml.parse(block), None)
    except FormatError:
        pass
    block = _BARE.sub(lambda match: b"&amp;" if match[0] == b"&" else match[0], block)
    try:
        return Found(xml.parse(_CONTROL.sub(b" ", block)), None, [MENDED])
    except FormatError as error:
        message = error.message.replace("The file is", "It is")
        return Found(None, (error.line or 1) - 1, broken=message)


def _as_utf8(data: bytes) -> bytes:
    declared = _DECLARED.match(data)
    name = declared[1].decode("ascii") if declared else "utf-8"
    if name.lower() in ("utf-8", "utf8"):
        return data
    try:
        return data.decode(name, "replace").encode()
    except (LookupError, UnicodeError, ValueError):
        return b""
