"""Plain text as Markdown that shows the same, and back."""

import re

from quizapp.core.markdown import render, to_plain

# Escaped only where it would be markup: texts should stay readable in the editor.
_MARKUP = re.compile(
    r"""\\(?=[!-/:-@\[-`{-~]|$)   # a backslash before punctuation
    | [`$]
    | \*(?=\S)|(?<=\S)\*
    | (?<![^\W_])_|_(?![^\W_])    # not inside a word
    | ~(?=~)|(?<=~)~
    | <(?=[A-Za-z/!?])
    | &(?=\#?\w{1,32};)
    | \[(?=\[|[^\[\]]*\][\[(:])|(?<=\[)\[(?=\d{1,4}\]\])  # a link, a gap
    | !(?=\[)""",
    re.VERBOSE | re.MULTILINE,
)
_LINE_START = re.compile(
    r"^(#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|~{3}|[=|:-](?=[\s=|:-]*$))", re.MULTILINE
)
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)", re.MULTILINE)
_WORDS = re.compile(r"[A-Za-z](?:[A-Za-z0-9,.;:?!'()/%-]++| (?! |$))*+(?<!-)")  # nothing to escape
_SPACES = re.compile(r"[^\S\n]+")
_PARAGRAPHS = re.compile(r"\n{2,}")


def escaped(text: str) -> str:
    """Return a text of one paragraph as Markdown that shows just these characters."""
    return safe_lines(escaped_inside(text))


def escaped_inside(text: str) -> str:
    """Return a piece of a line as Markdown that shows just these characters."""
    return _MARKUP.sub(lambda match: "\\" + match[0], text)


def safe_lines(text: str) -> str:
    """Return Markdown whose lines do not begin a list, heading, quote or table by accident."""
    text = _LINE_START.sub(lambda match: "\\" + match[0], text)
    return _NUMBERED.sub(r"\1\\\2", text)


def to_markdown(text: str) -> str:
    """Return plain text as Markdown: empty lines part paragraphs, other line ends are kept."""
    if _WORDS.fullmatch(text):
        return text
    lines = "\n".join(_SPACES.sub(" ", line).strip() for line in text.strip().split("\n"))
    paragraphs = _PARAGRAPHS.split(lines)
    return "\n\n".join(escaped(one).replace("\n", "\\\n") for one in paragraphs if one)


_BREAK = re.compile(r"\\\n|  +\n")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def from_markdown(text: str) -> tuple[str, bool]:
    """Return a text without its markup, and whether it shows the same as the Markdown did.

    Line ends stay where nothing else is lost; otherwise it is one line of words.
    """
    plain = _ESCAPE.sub(r"\1", _BREAK.sub("\n", text))
    if text == to_markdown(plain) or render(text) == render(to_markdown(plain)):
        return plain, True
    return to_plain(text), False
