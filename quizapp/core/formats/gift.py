"""GIFT, Moodle's text format for questions."""

import re
from collections.abc import Sequence

from quizapp.core.formats.contract import Option
from quizapp.core.formats.parts import gift_reading, gift_writing
from quizapp.core.formats.shared.decoding import ENCODING

NAME = "gift"
LABEL = "GIFT (Moodle)"
SUFFIXES = (".gift", ".txt")
READS = True
WRITES = True
# A cloze is written too where it has one gap.
TYPES = frozenset(
    {
        "multiple_choice",
        "multiple_response",
        "true_false",
        "short_answer",
        "numeric",
        "matching",
        "essay",
        "description",
    }
)
KEEPS = frozenset(
    {
        "key",
        "name",
        "category",
        "tags",
        "fractions",
        "feedback",
        "option_feedback",
        "markup",
        "math",
    }
)
OPTIONS: tuple[Option, ...] = (ENCODING,)

_OTHERS = re.compile(rb"\s*(?:<\?xml|<quiz|<!doctype|\{\s*[\"}]|\[\s*[\{\"])", re.IGNORECASE)
_SURE = re.compile(
    rb"^[ \t]*(?:\$CATEGORY:|// question: \d+  name: |::[^\n]{1,300}?::)", re.MULTILINE
)
_ANSWERS = re.compile(
    rb"(?<!\\)\{\s{0,200}(?:[=~]|#[-\d.=*\s]|T(?:RUE)?[\s}#]|F(?:ALSE)?[\s}#]|\}\s*$)", re.MULTILINE
)

read = gift_reading.read
write = gift_writing.write


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Sure of names between colons, categories and Moodle's comments; fairly of `{=` and `{~`."""
    if members or not head or _OTHERS.match(head):
        return 0
    head = head.replace(b"\r\n", b"\n").replace(b"\x00", b"")
    named = filename.lower().endswith((".gift", ".gift.txt"))
    answers = _ANSWERS.search(head) is not None
    if _SURE.search(head):
        return 95 if named or answers else 75
    if named:
        return 92
    return 60 if answers else 2
