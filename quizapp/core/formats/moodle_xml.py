"""Moodle's question XML, read and written: the format in which its question banks travel."""

from collections.abc import Sequence

from quizapp.core.formats.contract import FEATURES, Option
from quizapp.core.formats.parts import moodle_xml_reading, moodle_xml_writing

NAME = "moodle_xml"
LABEL = "Moodle XML"
SUFFIXES = (".xml",)
READS = True
WRITES = True
TYPES = frozenset(
    {
        "multiple_choice",
        "multiple_response",
        "true_false",
        "short_answer",
        "numeric",
        "cloze",
        "matching",
        "ordering",
        "essay",
        "description",
    }
)
KEEPS = frozenset(FEATURES) - {"facts", "quizzes"}
OPTIONS: tuple[Option, ...] = ()

read = moodle_xml_reading.read
write = moodle_xml_writing.write


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Sure of a quiz with questions; a course's backup is taken to say what it is."""
    if "moodle_backup.xml" in members:
        return 60
    if members:
        return 0
    text = head.replace(b"\x00", b"")  # UTF-16 of Latin letters
    if b"<quiz" in text and b"<question" in text:
        return 95
    if b"<quiz>" in text or b"<question type=" in text:
        return 80
    if b"<MOODLE_BACKUP" in text or filename.lower().endswith(".mbz"):
        return 60
    return 5 if filename.lower().endswith(".xml") else 0
