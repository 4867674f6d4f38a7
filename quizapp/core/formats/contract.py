"""What every file format has to offer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from quizapp.core.formats.model import Item, Loss
from quizapp.core.formats.shared.source import Source

SINGLE = ""  # the name of the one file of a format that is a single file


@dataclass(frozen=True, slots=True)
class Written:
    """The bytes to store, by path in the folder or package, how many questions they hold, and
    what they could not carry.

    A single file stands under SINGLE; several become a folder, or a zip where one is asked for.
    """

    files: Mapping[str, bytes]
    questions: int
    losses: Sequence[Loss] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """What whoever brings a file may choose where a reader has to guess: (value, label) each.

    Without choices any text of up to 20 characters may be given.
    """

    name: str
    label: str
    choices: Sequence[tuple[str, str]] = ()


# What a format may keep of a question besides what its type needs (see Format.KEEPS).
FEATURES = {
    "key": "external ids",
    "name": "names",
    "category": "categories",
    "tags": "tags",
    "fractions": "shares of the points",
    "feedback": "general feedback",
    "option_feedback": "feedback per option or answer",
    "hints": "hints",
    "markup": "formatted text",
    "math": "formulas",
    "media": "pictures and sounds",
    "facts": "facts, evidence and articles",
    "quizzes": "quizzes",
}


class Format(Protocol):
    """The contract of a module in `formats`."""

    @property
    def NAME(self) -> str: ...  # noqa: N802
    @property
    def LABEL(self) -> str: ...  # noqa: N802
    @property
    def SUFFIXES(self) -> tuple[str, ...]:  # noqa: N802
        """File name endings, the usual one first; "/" = a folder."""

    @property
    def READS(self) -> bool: ...  # noqa: N802
    @property
    def WRITES(self) -> bool: ...  # noqa: N802

    @property
    def TYPES(self) -> frozenset[str]:  # noqa: N802
        """The question types that it carries; what is written of these reads the same again."""

    @property
    def KEEPS(self) -> frozenset[str]:  # noqa: N802
        """Those of FEATURES that it carries; what it does not is a Loss when written."""

    @property
    def OPTIONS(self) -> tuple[Option, ...]:  # noqa: N802
        """What may be chosen before reading; `read` finds the values in `source.options`."""

    def sniff(self, head: bytes, filename: str, members: Sequence[str]) -> int:
        """How surely (0..100) a file is of this format, by its first bytes, its name, and the
        names inside it where it is a zip or a folder (then `head` is that of its imsmanifest.xml,
        empty without one).
        """

    def read(self, source: Source) -> Iterator[Item]:
        """Yield the items one by one. What is wrong with one question refuses that question;
        FormatError, and nothing else, where the file cannot be read at all. Whether a question is
        sound by the rules of its type, and whether names repeat, is checked by the caller. A reader
        that had to guess one of its OPTIONS says so with `Guessed`, and with `Warned` if unsure.
        """

    def write(self, items: Iterable[Item], filename: str) -> Written:
        """Return the files for these items, same bytes for same items; `filename` is where to."""
