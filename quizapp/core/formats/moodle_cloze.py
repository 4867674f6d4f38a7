"""A text or HTML file that is one question in Moodle's embedded-answers syntax; read only."""

import re
from collections.abc import Iterable, Iterator, Sequence

from quizapp.core.formats.contract import Option, Written
from quizapp.core.formats.model import FormatError, Item, QuestionIn, RawBlock
from quizapp.core.formats.parts.moodle_xml_block import with_few_lines
from quizapp.core.formats.shared import html, moodle_text
from quizapp.core.formats.shared.decoding import ENCODING, decoded
from quizapp.core.formats.shared.found_media import FoundMedia
from quizapp.core.formats.shared.kept import MAX_RAW, kept
from quizapp.core.formats.shared.moodle_cloze_question import Unsupported, cloze_of, refuse_unsound
from quizapp.core.formats.shared.moodle_cloze_syntax import BEGIN, LOOKS_SO
from quizapp.core.formats.shared.source import Source
from quizapp.core.markdown import MAX_MARKDOWN

NAME = "moodle_cloze"
LABEL = "Moodle cloze text"
SUFFIXES = (".txt", ".html", ".htm")
READS = True
WRITES = False
TYPES = frozenset({"cloze"})
KEEPS = frozenset({"fractions", "option_feedback", "markup", "math"})
OPTIONS: tuple[Option, ...] = (ENCODING,)

_BODY = re.compile(r"<body\b[^>]{0,500}>(.*?)(?:</body\s{0,5}>|\Z)", re.IGNORECASE | re.DOTALL)
_HTML = re.compile(r"<(?:p|br|div|span|html|body|ul|ol|table|h[1-6])\b", re.IGNORECASE)


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Likely where gaps such as `{1:SA:=x}` stand in a text that is no XML."""
    text = head.decode("utf-8", "replace")
    if members or "<quiz" in text or text.lstrip("\ufeff \n").startswith("<?xml"):
        return 0
    return 70 if BEGIN.search(text) or LOOKS_SO.search(text) else 0


def read(source: Source) -> Iterator[Item]:
    """Yield the one question of the file, kept as it came where it cannot be asked."""
    text = decoded(source)
    yield from text.told
    if not text.text.strip():
        raise FormatError("The file is empty.")
    media = FoundMedia(lambda address: None)
    item = _question(text.text, media)
    yield from media.drain()
    yield item


def _question(text: str, media: FoundMedia) -> QuestionIn:
    told: list[str] = []

    def convert(written: str) -> str:
        converted = (
            html.to_markdown(written, media.find)
            if _HTML.search(source)
            else moodle_text.to_markdown(written, "moodle", media.find)
        )
        told.extend(converted.told)
        return converted.text

    def inner(written: str) -> str:
        return html.to_markdown(written).text

    body = _BODY.search(text)
    source = body[1] if body else text
    whole = source if _HTML.search(source) else with_few_lines(source)
    try:
        cloze = cloze_of(whole, convert, inner)
        refuse_unsound(cloze.type, cloze.stem, cloze.body)
    except Unsupported as error:
        stem = convert(whole) if len(whole) < MAX_MARKDOWN else ""
        return kept(1, NAME, text, str(error), stem=stem[:MAX_MARKDOWN], line=1)
    raw = RawBlock(NAME, text[:MAX_RAW], sorted(set(cloze.lossy))) if cloze.lossy else None
    warnings = list(dict.fromkeys([*cloze.told, *told]))
    return QuestionIn(1, cloze.type, cloze.stem, cloze.body, line=1, raw=raw, warnings=warnings)


def write(items: Iterable[Item], filename: str) -> Written:
    """Refuse: one question alone is no bank; Moodle XML carries it."""
    raise FormatError("Moodle cloze text is only read; write Moodle XML instead.")
