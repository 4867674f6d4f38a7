"""Common Cartridge (.imscc): the questions of a course; everything else is left out."""

from collections.abc import Iterable, Iterator, Sequence

from quizapp.core.formats.contract import Option, Written
from quizapp.core.formats.model import BankFile, FormatError, Item, Warned
from quizapp.core.formats.parts import qti12_reading
from quizapp.core.formats.qti12 import manifest_of
from quizapp.core.formats.shared.manifest import Manifest, Package
from quizapp.core.formats.shared.source import Source

NAME = "cartridge"
LABEL = "Common Cartridge (course export)"
SUFFIXES = (".imscc", ".zip")
READS = True
WRITES = False
TYPES: frozenset[str] = frozenset()
KEEPS: frozenset[str] = frozenset()
OPTIONS: tuple[Option, ...] = ()

NO_QUESTIONS = "There are no questions in this course."
OTHERS = "What else is in the course ({}: {}) was left out: only questions are read."
# What the types of resources begin with, and what people call them.
_KINDS = {
    "webcontent": "pages and files",
    "imswl": "links",
    "imsdt": "discussions",
    "imsbasiclti": "tools",
    "associatedcontent": "assignments and settings",
}


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Sure of what Canvas exports, and of a package under the name of a cartridge."""
    if not members:
        return 0
    ends = {name.rpartition("/")[2].lower() for name in members}
    if "imsmanifest.xml" not in ends:
        return 0
    if "canvas_export.txt" in ends or any(name.endswith(".xml.qti") for name in ends):
        return 95
    return 90 if filename.lower().endswith(".imscc") else 15


def read(source: Source) -> Iterator[Item]:
    """Yield the questions of all quizzes and question banks; one warning for all the rest."""
    if source.is_single:
        raise FormatError("A cartridge is a zip file with a manifest; this is a single file.")
    package = Package(source)
    manifest, told = manifest_of(package)
    if manifest is None and not told:
        raise FormatError("There is no imsmanifest.xml in it: this is no cartridge.")
    try:
        yield from qti12_reading.read_package(source, package, manifest)
    except FormatError as error:
        if manifest is None or error.message != qti12_reading.NOT_QTI:
            raise
        if manifest.title:
            yield BankFile(title=manifest.title)
        yield Warned(None, "", None, manifest.path, NO_QUESTIONS)
    yield from told
    yield from _others(manifest)


def write(items: Iterable[Item], filename: str) -> Written:
    """Cartridges are only read."""
    raise FormatError("Cartridges are only read; write QTI 1.2 for Canvas.")


def _others(manifest: Manifest | None) -> Iterator[Item]:
    """Yield one warning on what is no question."""
    kinds = []
    count = 0
    for resource in manifest.resources if manifest else ():
        kind = next(
            (words for begin, words in _KINDS.items() if resource.type.startswith(begin)), ""
        )
        belongs = any(path.endswith((".xml.qti", "assessment_meta.xml")) for path in resource.files)
        if kind and not belongs:
            count += 1
            kinds.append(kind)
    if count and manifest:
        words = OTHERS.format(count, ", ".join(dict.fromkeys(kinds)))
        yield Warned(None, "", None, manifest.path, words)
