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

    def sniff(self, head: bytes, filename: str, members: Sequence[str]) -> int:
        """How surely (0..100) a file is of this format, by its first bytes, its name, and the
        names inside it where it is a zip or a folder (then `head` is empty).
        """

    def read(self, source: Source) -> Iterator[Item]:
        """Yield the items one by one. What is wrong with one question refuses that question;
        FormatError, and nothing else, where the file cannot be read at all. Whether a question is
        sound by the rules of its type, and whether names repeat, is checked by the caller.
        """

    def write(self, items: Iterable[Item], filename: str) -> Written:
        """Return the files for these items, same bytes for same items; `filename` is where to."""
