"""QTI files and packages: which items they hold, in which order, and what the manifest says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from quizapp.core.formats.model import BankFile, FormatError, Item, Refused, Warned
from quizapp.core.formats.shared import xml
from quizapp.core.formats.shared.found_media import FoundMedia
from quizapp.core.formats.shared.manifest import Package, Resource, folder_of
from quizapp.core.formats.shared.qti_item import Place, read_item
from quizapp.core.formats.shared.qti_names import (
    ITEM,
    TEST,
    attribute,
    below,
    first,
    inside,
    name_of,
)
from quizapp.core.formats.shared.qti_reading import Shared
from quizapp.core.formats.shared.source import MIB, Source

MAX_XML = 16 * MIB
NO_ITEMS = "There are no QTI items in it."
NO_ZIP = "It is named as a zip file but is none."
NO_MANIFEST = "There is no imsmanifest.xml; the items that were found are read."
UNLISTED = "The manifest does not list it; it was read all the same."
MOVED = "It lies elsewhere than the manifest says."
TWICE = "Another item has the same identifier; the key of this one is"
NO_TEXT = "A text that it belongs to ({}) is not in what was brought."
CATEGORY = "quizapp category"


@dataclass(slots=True)
class _Listed:
    """An item that a manifest or test names: by its member, or by an address that nothing has."""

    path: str | None
    address: str
    kind: str = ""
    tags: list[str] = field(default_factory=list)
    category: str | None = None
    told: list[str] = field(default_factory=list)


def read(source: Source) -> Iterator[Item]:
    """Yield what a QTI file, package or folder of any version holds."""
    return _Reader(source).items()


def likeness(marks: re.Pattern[bytes], head: bytes, members: Sequence[str]) -> int:
    """Return how surely a file or package is of a version: `head` is its own, or its manifest's."""
    if head:
        return 95 if marks.search(head) else 0
    if any(name.lower().endswith("imsmanifest.xml") for name in members):
        return 30
    return 11 if any(name.lower().endswith(".xml") for name in members) else 0


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._package = Package(source)
        self._found = FoundMedia(self._package.read_media)
        self._position = 0
        self._keys: set[str] = set()
        self._titles: list[str] = []

    def items(self) -> Iterator[Item]:
        if self._source.is_single:
            yield from self._lone()
            return
        told: list[Item] = []
        listed = self._ordered(self._listed(told))
        if len(self._titles) == 1 and self._titles[0]:
            yield BankFile(self._titles[0])
        yield from told
        for one in listed:
            yield from self._one(one)
        if not self._position:
            raise FormatError(NO_ITEMS)

    def _lone(self) -> Iterator[Item]:
        data, told = xml.mended(self._source.data(MAX_XML))
        if self._source.filename.lower().endswith(".zip"):
            raise FormatError(NO_ZIP)
        root = xml.parse(data)
        yield from (Warned(None, "", None, None, words) for words in told)
        yield from self._items_of(root, _Listed(None, ""))
        for one in inside(root, "assessmentItemRef"):
            yield self._missing(attribute(one, "href"), attribute(one, "identifier"))
        if not self._position:
            raise FormatError(NO_ITEMS)

    def _listed(self, told: list[Item]) -> dict[str, _Listed]:
        """Return what the manifests list, then the files that none lists, by member or address."""
        paths = self._package.manifests()
        listed: dict[str, _Listed] = {}
        read = 0
        for path in paths:
            try:
                manifest = self._package.manifest(path)
            except FormatError as error:
                told.append(Warned(None, "", error.line, path, error.message))
                continue
            read += 1
            elements = xml.descendants(manifest.root, "resource")
            for resource, element in zip(manifest.resources, elements, strict=True):
                if one := self._from_resource(resource, element):
                    listed.setdefault(one.path or _absent(one.address), one)
        if not paths:
            told.append(Warned(None, "", None, None, NO_MANIFEST))
        for name in self._package.names:
            if name.lower().endswith(".xml") and name not in paths:
                listed.setdefault(name, _Listed(name, "", told=[UNLISTED] if read else []))
        return listed

    def _from_resource(self, resource: Resource, element: xml.Element) -> _Listed | None:
        kind = resource.type.lower()
        if resource.href is not None:
            tags, category = _metadata(element)
            one = _Listed(resource.href, "", kind, tags, category)
            return one if resource.href.lower().endswith(".xml") else None
        if "_item" not in kind or not resource.missing:
            return None
        address = resource.missing[0]
        moved = self._package.find_by_end(address)
        return _Listed(moved, address, kind, told=[MOVED] if moved else [])

    def _ordered(self, listed: dict[str, _Listed]) -> list[_Listed]:
        """Return the files in the order of the tests, then the others as they are listed."""
        ordered: dict[str, _Listed] = {}
        for one in [one for one in listed.values() if "test" in one.kind and one.path]:
            root = self._test(one.path or "")
            if root is None:
                continue
            self._titles.append(" ".join(attribute(root, "title").split()))
            for ref in inside(root, "assessmentItemRef"):
                address = attribute(ref, "href")
                base = folder_of(one.path or "")
                path = self._package.find(address, base) or self._package.find_by_end(address)
                name = path or _absent(address)
                ordered.setdefault(name, listed.get(name) or _Listed(path, address, "_item"))
        for name, one in listed.items():
            ordered.setdefault(name, one)
        return list(ordered.values())

    def _test(self, path: str) -> xml.Element | None:
        try:
            root = self._parsed(path)
        except FormatError:
            return None
        return root if name_of(root) == TEST else None

    def _parsed(self, path: str) -> xml.Element:
        return xml.parse(xml.mended(self._package.read(path, MAX_XML))[0], path)

    def _one(self, listed: _Listed) -> Iterator[Item]:
        if listed.path is None:
            yield self._missing(listed.address, "")
            return
        try:
            data, told = xml.mended(self._package.read(listed.path, MAX_XML))
        except FormatError as error:
            yield self._refused(listed, error)
            return
        try:
            root = xml.parse(data, listed.path)
        except FormatError as error:
            if "_item" in listed.kind or b"assessmentItem" in data or b"assessment-item" in data:
                yield self._refused(listed, error)
            return
        listed.told += told
        yield from self._items_of(root, listed)

    def _refused(self, listed: _Listed, error: FormatError) -> Refused:
        self._position += 1
        return Refused(self._position, "", error.line, listed.path, error.message)

    def _missing(self, address: str, name: str) -> Refused:
        self._position += 1
        message = f"{address[:200] or 'Its file'} is not in what was brought."
        return Refused(self._position, name, None, None, message)

    def _items_of(self, root: xml.Element, listed: _Listed) -> Iterator[Item]:
        items = [root] if name_of(root) == ITEM else inside(root, ITEM)
        for item in items:
            self._position += 1
            told = list(listed.told)
            place = Place(
                format="qti3" if xml.local(item).startswith("qti-") else "qti2",
                position=self._position,
                key=self._key(attribute(item, "identifier").strip(), listed.path, told),
                path=listed.path,
                line=item.sourceline,
                tags=listed.tags,
                category=listed.category,
                told=told,
            )
            base = folder_of(listed.path or "")
            shared = list(self._shared(item, base, told))
            find = self._package.finder(self._found, base)
            question = read_item(item, place, find, shared)
            yield from self._found.drain()
            yield question

    def _shared(self, item: xml.Element, base: str, told: list[str]) -> Iterator[Shared]:
        """Yield the texts that an item belongs to and that lie in files of their own."""
        for ref in below(item, "assessmentStimulusRef"):
            address = attribute(ref, "href")
            path = self._package.find(address, base) or self._package.find_by_end(address)
            try:
                root = self._parsed(path or address)
            except FormatError:
                told.append(NO_TEXT.format(address[:200]))
                continue
            if (body := first(root, "stimulusBody")) is not None:
                yield body, self._package.finder(self._found, folder_of(path or ""))

    def _key(self, identifier: str, path: str | None, told: list[str]) -> str | None:
        """Return the identifier, or one of its own for an item that repeats another's."""
        if not identifier:
            return None
        key, number = identifier, 1
        while key in self._keys:
            number += 1
            key = f"{identifier}@{path}" if path and number == 2 else f"{identifier}@{number}"
        if key != identifier:
            told.append(f"{TWICE} {key}.")
        self._keys.add(key)
        return key


def _absent(address: str) -> str:
    """Return what stands for a member that is not there, whatever the folder it is sought from."""
    return "\0" + address.replace("\\", "/").rpartition("/")[2]


def _metadata(resource: xml.Element) -> tuple[list[str], str | None]:
    """Return the keywords of a resource, and the category of a file of our own."""
    metadata = xml.child(resource, "metadata")
    if metadata is None:
        return [], None
    tags = [" ".join(xml.text_of(one).split()) for one in xml.descendants(metadata, "keyword")]
    category = None
    for one in xml.descendants(metadata, "taxonPath"):
        if " ".join(xml.text_of(xml.child(one, "source")).split()) == CATEGORY:
            entries = (xml.text_of(entry) for entry in xml.descendants(one, "entry"))
            category = "/".join(" ".join(entry.split()) for entry in entries) or None
    return [tag for tag in tags if tag], category
