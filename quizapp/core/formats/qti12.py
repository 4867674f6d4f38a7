"""QTI 1.2: question files of Canvas, Blackboard and Respondus, and packages for Canvas."""

from collections.abc import Iterator, Sequence

from quizapp.core.formats.contract import Option
from quizapp.core.formats.model import FormatError, Item, Warned
from quizapp.core.formats.parts import qti12_writing
from quizapp.core.formats.parts.qti12_reading import read_lone, read_package, root_of
from quizapp.core.formats.shared.manifest import Manifest, Package
from quizapp.core.formats.shared.source import Source

NAME = "qti12"
LABEL = "QTI 1.2 (Canvas, Blackboard, Respondus)"
SUFFIXES = (".zip", ".xml", ".dat")
READS = True
WRITES = True
TYPES = qti12_writing.TYPES
KEEPS = frozenset(
    {
        "key",
        "name",
        "category",
        "tags",
        "fractions",
        "feedback",
        "option_feedback",
        "hints",
        "markup",
        "math",
        "media",
    }
)
OPTIONS: tuple[Option, ...] = ()

write = qti12_writing.write


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Sure of a document by its first element; packages are told by their manifest and names."""
    if not members:
        return {"questestinterop": 95, "POOL": 95}.get(root_of(head), 0)
    ends = {name.rpartition("/")[2].lower() for name in members}
    if "imsmanifest.xml" not in ends:
        return 0
    if b"imsqti_xmlv1p2" in head or b"x-bb-" in head:
        return 85
    if "assessment_meta.xml" in ends or any(name.endswith(".dat") for name in ends):
        return 80
    return 25


def read(source: Source) -> Iterator[Item]:
    """Yield the questions of a lone document, or of all documents in a package."""
    if source.is_single:
        yield from read_lone(source)
        return
    package = Package(source)
    manifest, told = manifest_of(package)
    yield from read_package(source, package, manifest)
    yield from told


def manifest_of(package: Package) -> tuple[Manifest | None, list[Item]]:
    """Return the manifest of a package; without one that can be read, a warning instead."""
    for path in package.manifests()[:1]:
        try:
            manifest = package.manifest(path)
        except FormatError as error:
            return None, [Warned(None, "", error.line, path, error.message)]
        return manifest, [Warned(None, "", None, path, words) for words in manifest.told]
    return None, []
