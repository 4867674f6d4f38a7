"""The HTML texts of one question as they are read, and what is to be told of them."""

import re
from dataclasses import dataclass, field
from html import unescape

from quizapp.core.formats.model import RawBlock
from quizapp.core.formats.shared.html import (
    EMBEDDED_LOST,
    PICTURE_LEFT_OUT,
    FindMedia,
    to_markdown,
)

_LOSING = frozenset({PICTURE_LEFT_OUT, EMBEDDED_LOST})
_LONE = re.compile(r"\s*<(p|div|span)>([^<>]*)</\1>\s*")
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")


@dataclass(slots=True)
class HtmlTexts:
    """told: what is to be said of the question. lossy: which of it has a meaning that is gone."""

    find: FindMedia
    told: list[str] = field(default_factory=list)
    lossy: list[str] = field(default_factory=list)

    def tell(self, message: str) -> None:
        """Note a message, each only once."""
        if message not in self.told:
            self.told.append(message)

    def lose(self, message: str) -> None:
        """Note a message on something that has a meaning and was left out."""
        self.tell(message)
        if message not in self.lossy:
            self.lossy.append(message)

    def markdown(self, source: str) -> str:
        """Return HTML as Markdown."""
        if lone := _LONE.fullmatch(source):
            source = lone[2]  # spares a parser most of the texts
        made = to_markdown(source, self.find)
        for message in made.told:
            (self.lose if message in _LOSING else self.tell)(message)
        return made.text

    def raw(self, format: str, block: str) -> RawBlock | None:
        """Return the block of a question that was read only in part; None where all was read."""
        return RawBlock(format, block, tuple(self.lossy)) if self.lossy else None


def words_of(source: str) -> str:
    """Return a short HTML text without its tags, on one line: for names and typed answers."""
    return " ".join(unescape(_TAG.sub("", source)).split())


def typed(text: str) -> str:
    """Return an answer of other formats as one of ours, in which * stands for any text."""
    return text.replace("*", "\\*")
