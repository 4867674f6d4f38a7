"""text2qti: quizzes in plain text around Markdown. Code blocks in them are never run."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from quizapp.core.formats.contract import Option, Written
from quizapp.core.formats.model import BankFile, FormatError, Item, QuestionIn, Refused, Warned
from quizapp.core.formats.parts.text2qti_lines import Element, elements
from quizapp.core.formats.parts.text2qti_question import ANSWERS, REMARKS, Draft, question
from quizapp.core.formats.parts.text2qti_question import NAME as _NAME
from quizapp.core.formats.shared.decoding import ENCODING, decoded
from quizapp.core.formats.shared.source import Source

NAME = _NAME
LABEL = "text2qti (Markdown quiz)"
SUFFIXES = (".txt", ".text", ".md")
READS = True
WRITES = False
TYPES: frozenset[str] = frozenset()
KEEPS: frozenset[str] = frozenset()
OPTIONS: tuple[Option, ...] = (ENCODING,)

NEVER_RUN = "Code that makes questions is never run here; write its questions into the file."
NOT_CLOSED = "Its code block is not closed with ```."
NO_QUESTION = "This stands outside of a question and was left out."
POINTS = "Points of questions were left out: a quiz gives them."
GROUP = "A quiz draws {} of the questions of this group; they carry the tag {} for such a draw."
SETTING = "Settings of the quiz were left out: {}."
_HEADER = re.compile(rb"^quiz (?:title|description):", re.IGNORECASE | re.MULTILINE)
_QUESTION = re.compile(rb"^\d{1,9}\.[ \t]+\S", re.MULTILINE)
_SURE = re.compile(rb"^(?:\*[A-Za-z]\)|\[\*\])[ \t]+\S", re.MULTILINE)
_LIKELY = re.compile(rb"^(?:=[ \t]+[\d\[.-]|\*[ \t]+\S|_{3,}[ \t]*$|\^{3,}[ \t]*$)", re.MULTILINE)
_PICK = re.compile(r"\d{1,6}", re.ASCII)
_ONE = re.compile(r"1(?:\.0*)?")


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Sure of numbered questions with starred options; fairly of other answers and of a title."""
    if members or not head:
        return 0
    head = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\0", b"")
    if _QUESTION.search(head):
        if _HEADER.search(head) or _SURE.search(head):
            return 94 if _HEADER.search(head) else 85
        return 40 if _LIKELY.search(head) else 0
    return 60 if _HEADER.search(head) else 0


def read(source: Source) -> Iterator[Item]:
    """Yield the questions and texts of a quiz; what is wrong with one refuses that one."""
    text = decoded(source)
    yield from text.told
    yield from _Reading(PurePosixPath(source.filename).stem).items(elements(text.text))


def write(items: Iterable[Item], filename: str) -> Written:
    """text2qti is only read."""
    raise FormatError("text2qti is only read; write another format.")


class _Reading:
    """Puts elements together to questions."""

    def __init__(self, stem: str) -> None:
        self._stem = stem
        self._header: dict[str, str] = {}
        self._is_begun = False
        self._position = 0
        self._draft: Draft | None = None
        self._title: Element | None = None
        self._group = 0  # its number, 0 outside of one
        self._groups = 0
        self._picks = "1"
        self._shuffles = True
        self._tells_points = False

    def items(self, found: Iterator[Element]) -> Iterator[Item]:
        for element in found:
            if element.kind == "header":
                yield from self._setting(element)
                continue
            yield from self._begin()
            if element.kind in ANSWERS or element.kind in REMARKS:
                yield from self._part(element)
            else:
                yield from self._other(element)
        yield from self._begin()
        yield from self._end()
        yield from self._end_group(None)
        if self._tells_points:
            yield Warned(None, "", None, None, POINTS)

    def _setting(self, element: Element) -> Iterator[Item]:
        name, value = element.name, element.plain()
        if name in ("quiz title", "quiz description") and not self._is_begun:
            self._header[name] = value
        elif name == "shuffle answers":
            self._shuffles = value.lower() != "false"
        else:
            yield from self._begin()
            words = SETTING.format(f"{name}: {value[:200]}")
            yield Warned(None, "", element.line, None, words)

    def _begin(self) -> Iterator[Item]:
        """Yield what the file says of itself, once."""
        if not self._is_begun and self._header:
            title = self._header.get("quiz title") or self._stem
            notice = self._header.get("quiz description", "")[:10_000]
            yield BankFile(title=title[:300], notice=notice)
        self._is_begun = True

    def _other(self, element: Element) -> Iterator[Item]:
        if element.kind in ("text", "text title"):
            yield from self._text(element)
            return
        yield from self._end()
        if element.kind == "question":
            self._position += 1
            name = self._title.plain() if self._title else ""
            tags = [f"group-{self._group}"] if self._group else []
            self._draft = Draft(self._position, element, name, tags, self._shuffles)
            self._title = None
        elif element.kind == "title":
            self._title = element
        elif element.kind == "code":
            self._position += 1
            message = NEVER_RUN if element.is_closed else f"{NEVER_RUN} {NOT_CLOSED}"
            yield Refused(self._position, element.name, element.line, None, message)
        elif element.kind == "points":
            self._tells_points = self._tells_points or not _ONE.fullmatch(element.plain())
        else:
            yield from self._grouping(element)

    def _grouping(self, element: Element) -> Iterator[Item]:
        if element.kind == "group":
            yield from self._end_group(element.line)
            self._groups += 1
            self._group, self._picks = self._groups, "1"
        elif element.kind == "pick":
            self._picks = element.plain() if _PICK.fullmatch(element.plain()) else self._picks
        elif element.kind == "end group":
            yield from self._end_group(element.line)
        elif element.kind == "stray":
            yield Warned(None, element.plain()[:80], element.line, None, NO_QUESTION)

    def _end_group(self, line: int | None) -> Iterator[Item]:
        if self._group:
            words = GROUP.format(self._picks, f"group-{self._group}")
            yield Warned(None, "", line, None, words)
        self._group = 0

    def _part(self, element: Element) -> Iterator[Item]:
        if self._draft is None:
            yield Warned(None, element.plain()[:80], element.line, None, NO_QUESTION)
        else:
            self._draft.parts.append(element)

    def _text(self, element: Element) -> Iterator[Item]:
        """Begin a text region: its title is its name, and its text where no other follows."""
        titled = self._draft
        if element.kind == "text" and titled and titled.head.kind == "text title":
            self._draft = replace(titled, head=element)
            return
        yield from self._end()
        self._position += 1
        name = element.plain() if element.kind == "text title" else ""
        self._draft = Draft(self._position, element, name, [], self._shuffles)

    def _end(self) -> Iterator[QuestionIn | Refused]:
        if self._draft is not None:
            yield question(self._draft)
        self._draft = None
