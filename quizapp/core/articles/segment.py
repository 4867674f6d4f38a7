"""Where the headings, paragraphs and sentences of an article text begin and end.

All offsets count Unicode code points of exactly the text given, so `text[start:end]` is the piece.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

HEADING = "## "
NEAR = 80  # characters around a mark that are looked at, so that long paragraphs cost no more

_BLOCK = re.compile(r"^(?:## [^\n]*|(?:(?!## )[^\n]*\S[^\n]*(?:\n|\Z))+)", re.MULTILINE)
# The end of a sentence: its mark, quotes and brackets that close with it, then a gap; the
# full stops of Chinese and Japanese need no gap.
_END = re.compile(
    r"""(?:(?<![.!?…؟।])[.!?…؟।]++["'”’»)\]]*+(?=\s)|[。！？]++[」』”’）]*+)"""  # noqa: RUF001
)
_TITLES = frozenset(
    """Mr Mrs Ms Mx Dr Drs Prof Rev Hon St Sen Rep Gov Gen Col Maj Capt Lt Sgt Pres Messrs Mme Mlle
    Nr Hr Fr bzw""".split()  # noqa: SIM905
)
_MIDDLE = frozenset(
    "v e.g i.e viz cf vs approx ca al incl esp resp z.B d.h u.a v.a o.ä p.ex".split()  # noqa: SIM905
)
_BEFORE_NUMBERS = frozenset(
    """No Nos Nr Fig Figs Eq Eqs Vol Vols Ch Sec Art Tab Ref Refs p pp vol ch sec eq fig no Jan Feb
    Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec""".split()  # noqa: SIM905
)
_LETTERED = frozenset(
    """vitamin vitamins type group class hepatitis grade plan point part section step case block
    letter level category appendix variant influenza and or""".split()  # noqa: SIM905
)
_STARTERS = frozenset(
    """A After All Also An And Another As At Because Before Both But By Each Even For From He Her
    His How However If In Instead It Its Many Most No Not On One Or Other Our She Since So Some Such
    That The Their Then There These They This Those Though Through Thus To Today Two Under Unlike
    Until We What When Where Whether While Who Why With Without Yet You""".split()  # noqa: SIM905
)
_OPENING = "\"'“‘«(["  # noqa: RUF001 - typographic marks are meant
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (without its `## `) or a paragraph: `text[start:end]`."""

    kind: Literal["heading", "paragraph"]
    start: int
    end: int


def blocks(text: str) -> list[Block]:
    """Return the headings and paragraphs in order; blank lines and line ends belong to none."""
    found = []
    for match in _BLOCK.finditer(text):
        if match.group().startswith(HEADING):
            found.append(Block("heading", *_trimmed(text, match.start() + 3, match.end())))
        else:
            found.append(Block("paragraph", *_trimmed(text, match.start(), match.end())))
    return [block for block in found if block.start < block.end]


def paragraphs(text: str) -> list[list[int]]:
    """Return [start, end] of each paragraph; headings are none."""
    return [[block.start, block.end] for block in blocks(text) if block.kind == "paragraph"]


def sentences(text: str) -> list[list[int]]:
    """Return [start, end] of each sentence of the paragraphs, in order, trimmed."""
    return [
        list(_trimmed(text, start, end))
        for first, last in paragraphs(text)
        for start, end in _split(text, first, last)
    ]


def sentence_ids(text: str) -> list[str]:
    """Return an id for each of `sentences(text)`; it stays while the sentence does.

    It is made of the sentence's words, so edits elsewhere leave it alone; a sentence that stands
    there again gets a number.
    """
    counts: Counter[str] = Counter()
    ids = []
    for start, end in sentences(text):
        words = " ".join(text[start:end].split()).casefold()
        digest = hashlib.sha256(words.encode()).hexdigest()[:12]
        counts[digest] += 1
        ids.append(digest if counts[digest] == 1 else f"{digest}-{counts[digest]}")
    return ids


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _END.finditer(text, start, end):
        if match.end() < end and _ends(text, start, match.start(), match.end(), end):
            yield start, match.end()
            start = match.end()
    if text[start:end].strip():
        yield start, end


def _ends(text: str, start: int, mark: int, after: int, end: int) -> bool:
    """Say whether the mark at `mark` ends a sentence that began at `start`."""
    following = text[after : min(end, after + NEAR)].lstrip()
    first = following.lstrip(_OPENING + "—–- ")[:1]  # noqa: RUF001 - dashes are meant
    if first.islower():  # it goes on: 'Really?" he asked', "e.g. this", "... and so on"
        return False
    if text[mark] != "." or text[mark : mark + 2] == "..":
        return True
    tokens = text[max(start, mark - NEAR) : mark].rsplit(maxsplit=2)
    token = tokens[-1].lstrip(_OPENING) if tokens else ""
    if token in _TITLES or token in _MIDDLE or (token in _BEFORE_NUMBERS and first.isdigit()):
        return False
    if token.isdecimal() and len(tokens) == 1:  # the number of a list item
        return False
    return not _continues_a_name(tokens, token, following)


def _continues_a_name(tokens: list[str], token: str, following: str) -> bool:
    """Say whether the stop belongs to initials or an acronym: J. Smith, Harry S. Truman, U.S."""
    if not (_ACRONYM.fullmatch(token) or (len(token) == 1 and token.isupper())):
        return False
    before = tokens[-2] if len(tokens) > 1 else ""
    if len(token) == 1 and before.lower() in _LETTERED:  # "vitamin C. Oranges": no initial
        return False
    word = _WORD.match(following)
    return word is not None and word.group() not in _STARTERS


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
