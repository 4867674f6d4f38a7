"""Content packages: what their imsmanifest.xml lists, and which member an address stands for."""

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from quizapp.core.formats.model import FormatError
from quizapp.core.formats.shared import xml
from quizapp.core.formats.shared.found_media import FoundMedia
from quizapp.core.formats.shared.source import MIB, Source

FILE = "imsmanifest.xml"
MAX_MANIFEST = 32 * MIB
_ON_THE_WEB = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]{1,30}:|//|\\\\)")
_FILEBASE = re.compile(r"(?:\$|%24)IMS[-_]CC[-_]FILEBASE(?:\$|%24)", re.IGNORECASE)
_BASE = "{http://www.w3.org/XML/1998/namespace}base"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a manifest.

    href, files: paths in the package, those of members that are there as they are spelt there.
    `files` begins with `href` if there is one. missing: addresses of the resource that no member
    has, as they are written. dependencies: identifiers of other resources.
    """

    identifier: str
    type: str
    href: str | None
    files: Sequence[str]
    missing: Sequence[str]
    dependencies: Sequence[str]
    usage: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says; `path` is its own, `root` its element for what else it holds."""

    path: str
    title: str
    resources: Sequence[Resource]
    root: xml.Element
    told: Sequence[str] = field(default_factory=list)

    def by_id(self) -> dict[str, Resource]:
        """Return the resources by identifier; the first counts where one is there twice."""
        return {one.identifier: one for one in reversed(self.resources)}


class Package:
    """The members of a zip or folder, found by addresses as manifests and texts write them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.names = source.names()
        self._exact = frozenset(self.names)
        self._folded = {name.casefold(): name for name in reversed(self.names)}
        self._ends: dict[str, list[str]] = {}
        for name in self.names:
            self._ends.setdefault(posixpath.basename(name).casefold(), []).append(name)

    def find(self, address: str, base: str = "") -> str | None:
        """Return the member that an address stands for, seen from the folder `base`.

        Backslashes, percent signs and other letter cases are understood; None for what is not in
        the package, such as addresses on the web.
        """
        if not address.strip() or _ON_THE_WEB.match(address):
            return None
        for spelt in _spellings(address):
            for folder in dict.fromkeys((base, "")):
                path = posixpath.normpath(posixpath.join(folder, spelt.lstrip("/")))
                if path in self._exact:
                    return path
                if (folded := self._folded.get(path.casefold())) is not None:
                    return folded
        return None

    def find_by_end(self, address: str) -> str | None:
        """Return the one member that has the address's file name, whatever its folder."""
        for spelt in _spellings(address):
            found = self._ends.get(posixpath.basename(spelt).casefold(), ())
            if len(found) == 1:
                return found[0]
        return None

    def find_media(self, address: str, base: str = "") -> str | None:
        """Return the member that a text shows at an address, `$IMS-CC-FILEBASE$` understood."""
        if _ON_THE_WEB.match(address):
            return None
        plain = address.partition("?")[0].partition("#")[0]
        inside = _FILEBASE.sub("", plain, count=1).lstrip("/")
        if inside != plain:
            found = self.find(posixpath.join("web_resources", inside)) or self.find(inside, base)
        else:
            found = self.find(plain, base) or self.find(posixpath.join("web_resources", plain))
        return found or self.find_by_end(inside)

    def finder(self, found: FoundMedia, base: str = "") -> Callable[[str], str | None]:
        """Return what names the pictures and sounds of texts that lie in the folder `base`.

        `found` has to be made with `read_media`.
        """

        def find(address: str) -> str | None:
            if address.startswith("data:"):
                return found.find(address)
            path = self.find_media(address, base)
            return None if path is None else found.find(quote(path))

        return find

    def read_media(self, path: str) -> bytes | None:
        """Return the bytes of a member for `FoundMedia`; None where there is none."""
        return self._source.read(path) if path in self._exact else None

    def read(self, path: str, limit: int | None = None) -> bytes:
        """Return the bytes of a member; FormatError as for `Source.read`."""
        return self._source.read(path, limit)

    def manifests(self) -> list[str]:
        """Return the members that are manifests, the one nearest to the top first."""
        ends = (name for name in self.names if posixpath.basename(name).lower() == FILE)
        return sorted(ends, key=lambda name: (name.count("/"), name))

    def manifest(self, path: str) -> Manifest:
        """Return what a manifest lists; FormatError where it cannot be read."""
        data, told = xml.mended(self.read(path, MAX_MANIFEST))
        root = xml.parse(data, path)
        if xml.local(root) != "manifest":
            raise FormatError(f"{path} is no manifest of a package.")
        resources = [self._resource(one, path) for one in xml.descendants(root, "resource")]
        return Manifest(path, _title(root), resources, root, told)

    def _resource(self, element: xml.Element, path: str) -> Resource:
        base = posixpath.join(posixpath.dirname(path), *_bases(element))
        href = element.get("href") or ""
        listed = [one.get("href") or "" for one in xml.children(element, "file")]
        found: list[str] = []
        missing = []
        for address in dict.fromkeys(filter(None, (href, *listed))):
            member = self.find(address, base)
            if member is None:
                missing.append(address)
            elif member not in found:
                found.append(member)
        needed = [one.get("identifierref") or "" for one in xml.children(element, "dependency")]
        return Resource(
            identifier=element.get("identifier") or "",
            type=(element.get("type") or "").strip(),
            href=self.find(href, base) if href else None,
            files=found,
            missing=missing,
            dependencies=[one for one in needed if one],
            usage=element.get("intendeduse") or "",
        )


def folder_of(path: str) -> str:
    """Return the folder that a member lies in, "" for the top."""
    return posixpath.dirname(path)


def _spellings(address: str) -> Iterator[str]:
    """Yield what an address may mean: as it stands, then without percent signs."""
    address = address.strip().replace("\\", "/")
    yield address
    plain = unquote(address.partition("?")[0].partition("#")[0])
    if plain != address:
        yield plain.replace("\\", "/")


def _bases(element: xml.Element) -> list[str]:
    """Return the xml:base of an element and what it stands in, outermost first."""
    found = []
    while element is not None:
        base = (element.get(_BASE) or "").replace("\\", "/").lstrip("/")
        if base and not _ON_THE_WEB.match(base):
            found.append(unquote(base))
        element = element.getparent()
    return found[::-1]


def _title(root: xml.Element) -> str:
    metadata = xml.child(root, "metadata")
    if metadata is None:
        return ""
    for title in xml.descendants(metadata, "title"):
        if words := " ".join(xml.text_of(title).split()):
            return words[:300]
    return ""
