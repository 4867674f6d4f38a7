"""Pieces of Markdown as the converters write them: code, rows of tables, items, pictures."""

import re
from collections.abc import Sequence

from quizapp.core.formats.shared import plain

_SPACE = re.compile(r"[ \t\r\n\f]+")


def picture(name: str, alt: str) -> str:
    """Return the Markdown that shows a file of the bank."""
    shown = re.sub(r"([\\\[\]`*_$<&])", r"\\\1", " ".join(alt.split()))
    address = re.sub(r"[ ()<>\\%\"']", lambda match: f"%{ord(match[0]):02X}", name)
    return f"![{shown}](media/{address})"


def code(text: str) -> str:
    text = _SPACE.sub(" ", text)
    if not text.strip():
        return text
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    sign = "`" * (longest + 1)
    space = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{sign}{space}{text}{space}{sign}"


def fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    sign = "`" * (longest + 1)
    return f"{sign}\n{text.strip(chr(10))}\n{sign}"


def item(text: str) -> str:
    """Return a list's item with a list inside it close to its words, so that it stays tight."""
    return re.sub(r"\n\n(?=(?:- |\d+\. ))", "\n", text) if text.count("\n\n") == 1 else text


def row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def tidy(text: str) -> str:
    """Return inline Markdown as a block: single spaces, no breaks at its ends, safe line starts."""
    text = re.sub(r"[ ]*\\\n[ ]*", "\\\\\n", re.sub(r" {2,}", " ", text)).strip(" ")
    text = re.sub(r"^(?:\\\n)+|(?:\\\n)+$", "", text).strip()
    return re.sub(r"(?:\\\n){2,}", "\n\n", plain.safe_lines(text))
