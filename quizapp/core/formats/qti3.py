"""QTI 3.0: lone items, and packages of them."""

import re
from collections.abc import Iterable, Iterator, Sequence

from quizapp.core.formats.contract import FEATURES, Option, Written
from quizapp.core.formats.model import Item
from quizapp.core.formats.shared import qti_package
from quizapp.core.formats.shared.qti_write import TYPES as WRITTEN
from quizapp.core.formats.shared.qti_write import Version
from quizapp.core.formats.shared.qti_write import write as write_package
from quizapp.core.formats.shared.source import Source

NAME = "qti3"
LABEL = "QTI 3.0"
SUFFIXES = (".zip", ".xml", "/")
READS = True
WRITES = True
TYPES = WRITTEN
KEEPS = frozenset(FEATURES) - {"facts", "quizzes"}
OPTIONS: tuple[Option, ...] = ()

VERSION = Version(
    format=NAME,
    number="v3p0",
    namespace="http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    manifest="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    schema=("QTI Package", "3.0.0"),
    template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/{}.xml",
)
_MARKS = re.compile(
    rb"imsqtiasi_v3p|qtiv3p|qti_item_xmlv3p|<(?:\w+:)?qti-assessment-(?:item|test)\b"
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
