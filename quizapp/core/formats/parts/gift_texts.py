"""The texts of a GIFT question as they are read."""

import re
from dataclasses import dataclass, field
from html import unescape

from quizapp.core.formats.shared.html import EMBEDDED_LOST, PICTURE_LEFT_OUT, FindMedia
from quizapp.core.formats.shared.moodle_text import to_markdown

LOSING = frozenset({PICTURE_LEFT_OUT, EMBEDDED_LOST})

FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]")
_ESCAPE = re.compile(r"\\([~=#{}:\\n])")


def unescaped(text: str) -> str:
    """Return a text with its escapes undone; a backslash before other letters stays."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: "\n" if match[1] == "n" else match[1], text)


@dataclass(slots=True)
class Texts:
    """Reads the texts of one question: `format` is its own, which its parts inherit.

    told: what is to be said of the question. lossy: which of it has a meaning that is gone.
    """

    find: FindMedia
    format: str = "moodle"
    told: list[str] = field(default_factory=list)
    lossy: list[str] = field(default_factory=list)

    def tell(self, message: str, lossy: bool = False) -> None:
        """Note a message, each only once."""
        if message not in self.told:
            self.told.append(message)
        if lossy and message not in self.lossy:
            self.lossy.append(message)

    def markdown(self, raw: str, format: str | None = None) -> str:
        """Return a text as Markdown; it may begin with a format of its own."""
        if match := FORMAT.match(raw):
            format, raw = match[1], raw[match.end() :]
        return self.converted(unescaped(raw.strip()), format or self.format)

    def converted(self, text: str, format: str) -> str:
        """Return a text without escapes as Markdown."""
        made = to_markdown(text, format, self.find)
        for message in made.told:
            self.tell(message, message in LOSING)
        return made.text

    def typed(self, raw: str) -> str:
        """Return an answer that is typed: plain text on one line."""
        format = self.format
        if match := FORMAT.match(raw):
            format, raw = match[1], raw[match.end() :]
        text = " ".join(unescaped(raw).split())
        return unescape(text) if format == "html" else text
