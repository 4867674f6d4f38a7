"""The files of an Open edX course or library, and its problems in the order of its chapters."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quizapp.core.formats.model import FormatError
from quizapp.core.formats.shared import xml
from quizapp.core.formats.shared.manifest import Package

MAX_DEPTH = 12
NOT_OLX = "It is no problem, course or library of Open edX."
_ROOTS = ("course.xml", "library.xml")
_LEVELS = ("chapter", "sequential")  # whose names make the category
_PARTS = frozenset(
    """course library chapter sequential vertical library_content split_test conditional
    itembank randomize problemset""".split()  # noqa: SIM905
)
_LEAVES = frozenset("html video discussion lti lti_consumer poll survey".split())  # noqa: SIM905
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})?")


@dataclass(frozen=True, slots=True)
class Found:
    """A problem and where it stood; error: why it could not be read."""

    element: xml.Element
    key: str | None = None
    path: str | None = None
    category: str | None = None
    error: str = ""
    line: int | None = None
    told: Sequence[str] = ()


class Course:
    """Walks over the parts of a course; each file is read once, whatever refers to it."""

    def __init__(self, package: Package | None) -> None:
        self._package = package
        self._names = frozenset(package.names) if package else frozenset()
        self._seen: set[str] = set()
        self._root: xml.Element | None = None
        self.others = 0  # parts of other kinds that were met

    def lone(self, data: bytes) -> Iterator[Found]:
        """Yield the problems of a single document; FormatError where it is none of ours."""
        data, told = xml.mended(data)
        root = xml.parse(data)
        if xml.local(root) == "problem":
            yield Found(root, root.get("url_name"), None, None, told=told)
        elif xml.local(root) in _PARTS:
            yield from self._below(root, "", (), 0)
        else:
            raise FormatError(NOT_OLX)

    def title(self) -> str:
        """Return the display name of the course, "" where it has none."""
        root = self._start()
        return " ".join((root.get("display_name") or "").split())[:300] if root is not None else ""

    def language(self) -> str:
        """Return the language of the course."""
        root = self._start()
        named = (root.get("language") or "") if root is not None else ""
        return named if _LANGUAGE.fullmatch(named) else "en"

    def problems(self) -> Iterator[Found]:
        """Yield all problems: those of the course in order, then those that nothing refers to."""
        root = self._start()
        if root is not None:
            yield from self._below(root, "", (), 0)
        for name in sorted(self._names - self._seen):
            if not name.endswith(".xml"):
                continue
            folder = name.rpartition("/")[0].rpartition("/")[2]
            if folder == "problem" or (folder == "" and name not in _ROOTS and root is None):
                yield from self._file(name, _stem(name), ())

    def _start(self) -> xml.Element | None:
        """Return the element of the course itself, which course.xml may only name."""
        if self._root is None and self._package:
            for name in _ROOTS:
                if name in self._names:
                    self._seen.add(name)
                    root, _ = self._parsed(name)
                    self._root = self._followed(root)[0]
                    break
        return self._root

    def _below(
        self, element: xml.Element, path: str, category: tuple[str, ...], depth: int
    ) -> Iterator[Found]:
        if depth > MAX_DEPTH:
            return
        for one in xml.children(element):
            tag = xml.local(one)
            if tag == "problem":
                yield from self._problem(one, path, category)
            elif tag in _PARTS:
                part, inside = self._part(one)
                if part is not None:
                    names = (*category, _shown(part)) if tag in _LEVELS else category
                    yield from self._below(part, inside or path, names, depth + 1)
            elif tag in _LEAVES:
                self.others += 1

    def _part(self, element: xml.Element) -> tuple[xml.Element | None, str]:
        """Return a part of the course; nothing where its file is gone or broken."""
        try:
            return self._followed(element)
        except FormatError:
            self.others += 1
            return None, ""

    def _followed(self, element: xml.Element) -> tuple[xml.Element | None, str]:
        """Return the element that another one, without anything in it, stands for."""
        named = element.get("url_name")
        if not named or len(element):
            return element, ""
        path = f"{xml.local(element)}/{named.replace(':', '/')}.xml"
        if path not in self._names:
            return element, ""
        if path in self._seen:
            return None, ""
        self._seen.add(path)
        return self._parsed(path)[0], path

    def _problem(
        self, element: xml.Element, path: str, category: tuple[str, ...]
    ) -> Iterator[Found]:
        named = element.get("url_name")
        inside = f"problem/{named.replace(':', '/')}.xml" if named else ""
        if inside in self._seen:
            return
        if inside in self._names:
            yield from self._file(inside, named, category)
        elif len(element) or (element.text or "").strip():
            yield Found(element, named, path or None, _joined(category))
        else:
            message = "The course names this problem, but holds no file of it."
            yield Found(None, named, inside or None, _joined(category), message)

    def _file(self, path: str, key: str | None, category: tuple[str, ...]) -> Iterator[Found]:
        self._seen.add(path)
        try:
            root, told = self._parsed(path)
        except FormatError as error:
            yield Found(None, key, path, _joined(category), error.message, error.line)
            return
        if xml.local(root) == "problem":
            yield Found(root, key, path, _joined(category), told=told)

    def _parsed(self, path: str) -> tuple[xml.Element, list[str]]:
        assert self._package is not None  # noqa: S101 - only packages have paths
        data, told = xml.mended(self._package.read(path))
        return xml.parse(data, path), told


def _stem(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".xml")


def _shown(part: xml.Element) -> str:
    return " ".join((part.get("display_name") or "").split()).replace("/", "-")


def _joined(category: tuple[str, ...]) -> str | None:
    return "/".join(name for name in category if name) or None
