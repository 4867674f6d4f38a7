"""The form in which questions are searched: no case, no accents, one spelling of each letter."""

import unicodedata
from collections.abc import Iterable

from quizapp.core.text import visible

MAX_SEARCH = 20_000  # characters of one question that can be found
MAX_QUERY = 200
MAX_WORDS = 8  # each costs a look through the whole bank
_LINES = 3  # name, tags, words
_FIRST_MARK = "\u0300"  # no character before it combines with others


def folded(text: str) -> str:
    """Return the text on one line, folded: what differs in case, accents or width is equal."""
    if text.isascii() and "\x00" not in text:  # nothing in it is invisible
        return " ".join(text.lower().split())
    text = " ".join(visible(text).split())
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).casefold()
    parts = unicodedata.normalize("NFKD", text)
    bare = [c for c in parts if c < _FIRST_MARK or not unicodedata.combining(c)]
    return " ".join(unicodedata.normalize("NFKC", "".join(bare)).split())


def query_words(query: str) -> list[str]:
    """Return the words, folded, that a question must have all of; the first few of a long query."""
    return list(dict.fromkeys(folded(query[:MAX_QUERY]).split()))[:MAX_WORDS]


def searchable(name: str, tags: Iterable[str], words: str) -> str:
    """Return what is stored of a question to be searched; `words` may be folded already."""
    return "\n".join((folded(name), _line(tags), folded(words)[:MAX_SEARCH]))


def retagged(stored: str, tags: Iterable[str]) -> str:
    """Return what `searchable` made of a question, with other tags."""
    lines = stored.split("\n")
    if len(lines) != _LINES:  # made before names and tags were searched
        return searchable("", tags, stored)
    return "\n".join((lines[0], _line(tags), lines[2]))


def _line(tags: Iterable[str]) -> str:
    return " ".join([folded(tag) for tag in sorted(tags)])
