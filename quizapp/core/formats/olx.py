"""OLX, the course format of Open edX: the problems of courses and libraries, and lone ones."""

import re
from collections.abc import Iterable, Iterator, Sequence

from quizapp.core.formats.contract import Option, Written
from quizapp.core.formats.model import BankFile, FormatError, Item, Refused, Warned
from quizapp.core.formats.parts.olx_course import Course, Found
from quizapp.core.formats.parts.olx_problem import NAME as _NAME
from quizapp.core.formats.parts.olx_problem import questions
from quizapp.core.formats.shared.found_media import FoundMedia
from quizapp.core.formats.shared.html import FindMedia
from quizapp.core.formats.shared.manifest import Package
from quizapp.core.formats.shared.media import mime_of
from quizapp.core.formats.shared.source import Source
from quizapp.core.formats.shared.tar import TarSource, is_tar

NAME = _NAME
LABEL = "OLX (Open edX)"
SUFFIXES = (".tar.gz", ".tgz", ".tar.xz", ".tar", ".zip", ".xml", "/")
READS = True
WRITES = False
TYPES: frozenset[str] = frozenset()
KEEPS: frozenset[str] = frozenset()
OPTIONS: tuple[Option, ...] = ()

NO_PROBLEMS = "There is no problem of Open edX in it."
OTHERS = "{} other parts of the course (pages, films and the like) were left out."
_ROOT = re.compile(rb"(?:<\?xml[^>]{0,200}\?>|<!--[^>]{0,500}-->|\s)*<(\w{1,30})[\s/>]")
_RESPONSE = re.compile(rb"<\w{2,30}response\b")
_NAMED = (".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar")


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Sure of a folder with problems beside a course, and of a document that is a problem."""
    if members:
        has_problems = any(name.startswith("problem/") for name in members)
        has_root = "course.xml" in members or "library.xml" in members
        return 95 if has_problems and has_root else 70 if has_problems or has_root else 0
    if is_tar(head):
        return 80 if filename.lower().endswith(_NAMED) else 30
    root = _ROOT.match(head.removeprefix(b"\xef\xbb\xbf"))
    if root is None or root[1] not in (b"problem", b"library", b"course", b"vertical"):
        return 0
    return 95 if _RESPONSE.search(head) else 60


def read(source: Source) -> Iterator[Item]:
    """Yield the questions of a lone problem, or of all of a course or library in their order."""
    if source.is_single and is_tar(source.head()):
        source = TarSource(source, _is_wanted)
    if source.is_single:
        found: Iterator[Found] = Course(None).lone(source.data())
        yield from _Reading(lambda address: None).items(found, None)
        return
    package = Package(source)
    media = FoundMedia(package.read_media)
    course = Course(package)
    if title := course.title():
        yield BankFile(title=title, language=course.language())
    yield from _Reading(package.finder(media)).items(course.problems(), media)
    if course.others:
        yield Warned(None, "", None, None, OTHERS.format(course.others))


def write(items: Iterable[Item], filename: str) -> Written:
    """OLX is only read."""
    raise FormatError("OLX is only read; write another format.")


def _is_wanted(name: str) -> bool:
    return name.lower().endswith(".xml") or mime_of(name.rpartition("/")[2]) is not None


class _Reading:
    """Numbers the questions of all problems through."""

    def __init__(self, find: FindMedia) -> None:
        self._find = find
        self._position = 0
        self._keys: set[str] = set()

    def items(self, problems: Iterator[Found], media: FoundMedia | None) -> Iterator[Item]:
        for problem in problems:
            yield from self._one(problem)
            yield from media.drain() if media else ()
        if not self._position:
            raise FormatError(NO_PROBLEMS)

    def _one(self, problem: Found) -> Iterator[Item]:
        if problem.error or problem.key in self._keys:
            self._position += 1
            message = problem.error or f"The problem {problem.key} is there twice."
            yield Refused(
                self._position, problem.key or "", problem.line, problem.path, message, problem.key
            )
            return
        if problem.key:
            self._keys.add(problem.key)
        for words in problem.told:
            yield Warned(None, problem.key or "", None, problem.path, words)
        for item in questions(problem, self._position + 1, self._find):
            self._position += 1
            yield item
