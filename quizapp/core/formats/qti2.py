"""QTI 2.0, 2.1 and 2.2: lone items, and packages of them; written as 2.1."""

import re
from collections.abc import Iterable, Iterator, Sequence

from quizapp.core.formats.contract import FEATURES, Option, Written
from quizapp.core.formats.model import Item
from quizapp.core.formats.shared import qti_package
from quizapp.core.formats.shared.qti_write import TYPES as WRITTEN
from quizapp.core.formats.shared.qti_write import Version
from quizapp.core.formats.shared.qti_write import write as write_package
from quizapp.core.formats.shared.source import Source

NAME = "qti2"
LABEL = "QTI 2.1 and 2.2"
SUFFIXES = (".zip", ".xml", "/")
READS = True
WRITES = True
TYPES = WRITTEN
KEEPS = frozenset(FEATURES) - {"facts", "quizzes"}
OPTIONS: tuple[Option, ...] = ()

VERSION = Version(
    format=NAME,
    number="v2p1",
    namespace="http://www.imsglobal.org/xsd/imsqti_v2p1",
    manifest="http://www.imsglobal.org/xsd/imscp_v1p1",
    schema=("QTIv2.1 Package", "1.0.0"),
    template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/{}",
)
_MARKS = re.compile(
    rb"imsqti_v2p|qtiv2p|qti_item_xmlv2p|imsqti_item_xml\b|<(?:\w+:)?assessment(?:Item|Test)\b"
)


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Sure of a file that names the version; a package is told by the manifest, if it is given."""
    return qti_package.likeness(_MARKS, head, members)


def read(source: Source) -> Iterator[Item]:
    """Yield the items of a file or package, those of another version of QTI too."""
    return qti_package.read(source)


def write(items: Iterable[Item], filename: str) -> Written:
    """Return a package; a lone item where the file name ends in .xml."""
    return write_package(items, filename, VERSION)
