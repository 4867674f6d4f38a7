"""Typed text: made comparable, matched with wildcards, and the slips between two texts counted."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

Pattern = tuple[str, ...]  # what stands between the wildcards; a lone piece has none

_WILDCARD = "\x00"  # stands for a wildcard while a pattern is made comparable; no text holds it
_INVISIBLE = dict.fromkeys(
    [0x00, 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"),
    }
)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Rules:
    """How typed text is compared: do case and accents matter, how many slips are forgiven.

    `fillers`: words that make no difference, such as "the" and "by", as `comparable` has them.
    """

    case: bool = False
    diacritics: bool = True
    typos: int = 0
    fillers: frozenset[str] = frozenset()


def visible(text: str) -> str:
    """Return the text without invisible characters, trimmed; empty where nothing is to be seen."""
    return text.translate(_INVISIBLE).strip()


def comparable(text: str, rules: Rules) -> str:
    """Return the form in which texts are compared: equal texts are equal under `rules`.

    Compatibility forms, white space, invisible characters, quotes, dashes, spaces around hyphens
    and a full stop at the end never matter.
    """
    return _comparable(text.translate(_INVISIBLE), rules)


@lru_cache(maxsize=4096)
def pattern_of(text: str, rules: Rules) -> Pattern:
    r"""Return the comparable pieces of an answer: `*` stands for any text, `\*` for an asterisk."""
    pieces = [piece.translate(_INVISIBLE) for piece in split_wildcards(text)]
    return tuple(_comparable(_WILDCARD.join(pieces), rules).split(_WILDCARD))


def split_wildcards(text: str) -> list[str]:
    r"""Return what stands between the wildcards of an answer, with `\*` turned into `*`."""
    pieces = [""]
    for part in re.split(r"(\\\*|\*)", text):
        if part == "*":
            pieces.append("")
        else:
            pieces[-1] += "*" if part == "\\*" else part
    return pieces


def fits(pattern: Pattern, typed: str) -> bool:
    """Whether comparable text fits; leftmost pieces first, so the time is linear."""
    if len(pattern) == 1:
        return typed == pattern[0] != ""
    first, *middle, last = pattern
    at, end = len(first), len(typed) - len(last)
    if at > end or not typed.startswith(first) or not typed.endswith(last):
        return False
    for piece in middle:
        at = typed.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def slips(one: str, other: str, limit: int) -> int | None:
    """Letters added, left out, changed or swapped with a neighbour; None for more than `limit`.

    (The optimal string alignment distance, in a band of `limit`: linear in the length.)
    """
    far = limit + 1
    if abs(len(one) - len(other)) > limit:
        return None
    above: dict[int, int] = {}
    row = {j: j for j in range(far)}
    for i, letter in enumerate(one, 1):
        twice_above, above, row = above, row, {}
        for j in range(max(0, i - limit), min(len(other), i + limit) + 1):
            same = j > 0 and letter == other[j - 1]
            best = min(above.get(j, far), row.get(j - 1, far)) + 1
            best = min(best, above.get(j - 1, far) + (not same)) if j else best
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, twice_above.get(j - 2, far) + 1)
            row[j] = best
        if min(row.values()) > limit:
            return None
    distance = row.get(len(other), far)
    return distance if distance <= limit else None


def forgiven_slips(answer: str, typed: str, rules: Rules) -> int | None:
    """Return the slips by which `typed` misses `answer` if `rules` forgive them, else None.

    One slip needs a word of at least 4 letters, two need 8; shorter words, digits and the number
    of words must be right, so that hepatitis B is never taken for hepatitis A.
    """
    limit = min(rules.typos, _allowed(answer))
    if limit < 1 or any(character.isnumeric() for character in answer + typed):
        return None
    distance = slips(answer, typed, limit)
    if distance is None:
        return None
    words, typed_words = _WORD.findall(answer), _WORD.findall(typed)
    if len(words) != len(typed_words):
        return distance if "".join(words) == "".join(typed_words) else None
    near = all(
        word == typed_word or slips(word, typed_word, _allowed(word)) is not None
        for word, typed_word in zip(words, typed_words, strict=True)
    )
    return distance if near else None


def _allowed(text: str) -> int:
    letters = sum(character.isalpha() for character in text)
    return (letters >= 4) + (letters >= 8)


@lru_cache(maxsize=4096)
def _comparable(text: str, rules: Rules) -> str:
    text = unicodedata.normalize("NFKC", text.translate(_ALIKE))
    if not rules.case:
        text = unicodedata.normalize("NFKC", text.casefold())
    if not rules.diacritics:
        parts = unicodedata.normalize("NFD", text)
        bare = "".join(part for part in parts if not unicodedata.combining(part))
        text = unicodedata.normalize("NFC", bare)
    words = text.split()
    kept = [word for word in words if word not in rules.fillers] if rules.fillers else words
    text = " ".join(kept or words).replace(" - ", "-")
    return text.removesuffix(".").rstrip() or text
