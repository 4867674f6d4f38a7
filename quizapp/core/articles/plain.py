"""The plain form of article texts, in which offsets are counted."""

import re
import unicodedata

_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_LINE_END = re.compile(r"(?<![ \t])[ \t]++$", re.MULTILINE)  # in one pass, whatever the text
_GAP = re.compile(r"\n{3,}")


def plain_form(text: str) -> str:
    """Return the text in NFC with LF, no blanks at line ends, one empty line between paragraphs.

    Changes nothing in a text that has this form, apart from empty lines at its ends.
    """
    text = unicodedata.normalize("NFC", _BREAKS.sub("\n", text))
    return _GAP.sub("\n\n", _LINE_END.sub("", text)).strip("\n")


def locate(text: str, start: int, end: int, quote: str) -> tuple[int, int] | None:
    """Return where the quote stands: at the offsets given, else where it occurs, if only once."""
    if text[start:end] == quote:
        return start, end
    first = text.find(quote) if quote else -1
    if first < 0 or text.find(quote, first + 1) >= 0:
        return None
    return first, first + len(quote)
