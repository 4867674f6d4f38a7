"""The files of QTI 1.2: lone documents, and those of packages in the order of their manifest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from itertools import chain

from quizapp.core.formats.model import (
    BankFile,
    FormatError,
    Item,
    QuestionIn,
    Refused,
    Warned,
)
from quizapp.core.formats.parts.qti12_pool import questions as pool_questions
from quizapp.core.formats.parts.qti12_pool import title_of as pool_title
from quizapp.core.formats.parts.qti12_question import question
from quizapp.core.formats.shared import xml
from quizapp.core.formats.shared.found_media import FoundMedia
from quizapp.core.formats.shared.manifest import Manifest, Package, folder_of
from quizapp.core.formats.shared.source import Source

NOT_QTI = "It holds no questions of QTI 1.2."
NOT_QTI_BUT_LATER = "It holds questions of QTI 2 or 3, not of QTI 1.2; choose that format."
NO_QUESTIONS = "There are no questions in it."
TWICE = "Its identifier is there twice; it was given another one."
ELSEWHERE = "It names questions of a question bank that is not in this file (places: {})."
SKIPPED = ("imsmanifest.xml", "assessment_meta.xml")
SUFFIXES = (".xml", ".qti", ".dat")
HEAD = 20_000
_QTI, _POOL, _LATER = "questestinterop", "POOL", "later"
_ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]{0,60})[\s/>]")
_UNIT = re.compile(rb"<(?:\w{1,20}:)?(?:assessment|objectbank)\b([^<>]{0,2000})>")
_DEFAULT_NAMESPACE = re.compile(
    rb"""(<questestinterop\b[^<>]{0,3000}?)\sxmlns=(?:"[^"]*"|'[^']*')"""
)
_ATTRIBUTE = re.compile(r"""\b(title|ident)\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)')""")
_BANK_TITLE = re.compile(
    rb"<fieldlabel>\s{0,99}bank_title\s{0,99}</fieldlabel>\s{0,99}<fieldentry>([^<]{0,1000})"
)


@dataclass(frozen=True, slots=True)
class Document:
    """One file of questions: its path in the package, None for a lone file."""

    path: str | None
    data: bytes
    root: str
    title: str
    ident: str

    @property
    def is_complete(self) -> bool:
        """Whether it is Canvas's complete copy of what a cartridge holds in the common form."""
        return (self.path or "").endswith(".xml.qti")


def root_of(head: bytes) -> str:
    """Return the kind of a document by its beginning: questestinterop, POOL, later or ""."""
    text = head.replace(b"\0", b"")
    for match in _ROOT.finditer(text[:HEAD]):
        name = match[1].decode("ascii")
        if name in (_QTI, _POOL):
            return name
        later = name.startswith(("assessment", "qti-assessment"))
        return _LATER if later else ""
    return ""


def read_lone(source: Source) -> Iterator[Item]:
    """Yield what a lone file holds."""
    data = source.data()
    document = _document(None, data)
    if document.root not in (_QTI, _POOL):
        raise FormatError(NOT_QTI_BUT_LATER if document.root == _LATER else NOT_QTI)
    if document.title:
        yield BankFile(title=document.title)
    yield from Reading(None).document(document, several=False)


def read_package(source: Source, package: Package, manifest: Manifest | None) -> Iterator[Item]:
    """Yield what the documents of a package hold; FormatError where there is none at all."""
    reading = Reading(package)
    found = documents(package, manifest)
    first, second = next(found, None), next(found, None)
    title = manifest.title if manifest else ""
    if first is None:
        raise FormatError(NOT_QTI_BUT_LATER if package_is_later(package) else NOT_QTI)
    if not title and second is None:
        title = first.title
    if title:
        yield BankFile(title=title)
    several = second is not None
    for document in chain([first], [second] if second else [], found):
        yield from reading.document(document, several)


def package_is_later(package: Package) -> bool:
    """Say whether a package seems to hold questions of QTI 2 or 3."""
    names = [name for name in package.names if name.endswith(".xml")][:20]
    return any(root_of(package.read(name)[:HEAD]) == _LATER for name in names)


def documents(package: Package, manifest: Manifest | None) -> Iterator[Document]:
    """Yield the documents with questions, those of Canvas that are complete first.

    A document in the common form of which there is a complete copy is left out.
    """
    owners = _owners(package, manifest)
    listed = [path for path in owners if path.lower().endswith(SUFFIXES)]
    others = [name for name in package.names if name.lower().endswith(SUFFIXES)]
    paths = [
        path
        for path in dict.fromkeys([*listed, *others])
        if not path.lower().endswith(SKIPPED) and not path.startswith("course_settings/")
    ]
    complete = {path.rpartition("/")[2][: -len(".xml.qti")] for path in paths if _is_copy(path)}
    for path in sorted(paths, key=lambda path: not _is_copy(path)):
        if not _is_copy(path) and owners.get(path) in complete:
            continue
        document = _document(path, package.read(path))
        if document.root in (_QTI, _POOL) and (_is_copy(path) or document.ident not in complete):
            yield document


class Reading:
    """Turns documents into items; questions are numbered through, identifiers are unique."""

    def __init__(self, package: Package | None) -> None:
        self._package = package
        read = package.read_media if package else lambda path: None
        self._found = FoundMedia(read)
        self._position = 0
        self._keys: dict[str, int] = {}
        self._has_copies = False

    def document(self, document: Document, several: bool) -> Iterator[Item]:
        """Yield the questions of a document; of a package's broken one, a refusal."""
        self._has_copies = self._has_copies or document.is_complete
        try:
            yield from self._questions(document, document.title if several else "")
        except FormatError as error:
            if self._package is None:
                raise
            self._position += 1
            yield Refused(self._position, "", error.line, document.path, error.message)

    def _questions(self, document: Document, category: str) -> Iterator[Item]:
        data, told = xml.mended(document.data)
        for words in told:
            yield Warned(None, "", None, document.path, words)
        folder = folder_of(document.path or "")
        package = self._package
        find = package.finder(self._found, folder) if package else self._found.find
        if document.root == _POOL:
            root = xml.parse(data, document.path or "")
            for one in pool_questions(root, self._position + 1, find, document.path, category):
                yield from self._unique(one)
            return
        data = _DEFAULT_NAMESPACE.sub(rb"\1", data, count=1)  # names without it are found faster
        before = self._position
        skipped = 0
        for element in xml.elements(data, "{*}item"):
            if self._is_known(document, element):
                skipped += 1
                continue
            one = question(element, self._position + 1, find, path=document.path, category=category)
            yield from self._unique(one)
        yield from _named_elsewhere(document, self._position - before + skipped)

    def _is_known(self, document: Document, element: xml.Element) -> bool:
        """Say whether a complete copy had this item already."""
        return self._has_copies and not document.is_complete and element.get("ident") in self._keys

    def _unique(self, item: QuestionIn) -> Iterator[Item]:
        self._position += 1
        if item.key is not None:
            times = self._keys[item.key] = self._keys.get(item.key, 0) + 1
            if times > 1:
                key = f"{item.key}-{times}"
                item = replace(item, key=key, warnings=[*item.warnings, TWICE])
        yield item
        yield from self._found.drain()


def _named_elsewhere(document: Document, questions: int) -> Iterator[Item]:
    named = document.data.count(b"<bankentry_item") + document.data.count(b"<sourcebank_ref")
    if named:
        yield Warned(None, document.title, None, document.path, ELSEWHERE.format(named))
    elif not questions:
        yield Warned(None, document.title, None, document.path, NO_QUESTIONS)


def _is_copy(path: str) -> bool:
    return path.endswith(".xml.qti")


def _owners(package: Package, manifest: Manifest | None) -> dict[str, str]:
    """Return the identifier of the resource of each member that a manifest lists, in order."""
    found: dict[str, str] = {}
    for resource in manifest.resources if manifest else ():
        moved = [package.find_by_end(address) for address in resource.missing]
        for path in (*resource.files, *moved):
            if path is not None:
                found.setdefault(path, resource.identifier)
    return found


def _document(path: str | None, data: bytes) -> Document:
    head = data[:HEAD]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", "replace").encode()
    root = root_of(head)
    if root == _POOL:
        return Document(path, data, root, _title_of_pool(data), "")
    title = ident = ""
    if unit := _UNIT.search(head):
        for name, first, second in _ATTRIBUTE.findall(unit[1].decode("utf-8", "replace")):
            value = unescape(first or second).strip()
            title, ident = (value, ident) if name == "title" else (title, value)
    if not title and (bank := _BANK_TITLE.search(head)):
        title = unescape(bank[1].decode("utf-8", "replace")).strip()
    return Document(path, data, root, title[:300], ident)


def _title_of_pool(data: bytes) -> str:
    try:
        return pool_title(xml.parse(xml.mended(data)[0]))
    except FormatError:
        return ""
