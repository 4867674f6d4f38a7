"""Anki's packages: .apkg, .colpkg and lone collections, with the history of each card."""

from collections.abc import Sequence

from quizapp.core.formats.contract import FEATURES, Option
from quizapp.core.formats.parts import apkg_reading, apkg_writing
from quizapp.core.formats.parts.apkg_package import collection_in

NAME = "apkg"
LABEL = "Anki package"
SUFFIXES = (".apkg", ".colpkg", ".anki2", ".anki21")
READS = True
WRITES = True
TYPES = frozenset({"flashcard", "short_answer", "cloze"})
KEEPS = frozenset(FEATURES) - {"facts", "quizzes"}
OPTIONS: tuple[Option, ...] = ()

read = apkg_reading.read
write = apkg_writing.write


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Sure of a package that holds a collection, and of a database with Anki's file name."""
    if collection_in(members):
        return 95
    if not head.startswith(b"SQLite format 3\x00"):
        return 0
    return 90 if filename.lower().endswith((".anki2", ".anki21")) else 40
