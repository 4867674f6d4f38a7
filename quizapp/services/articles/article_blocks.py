"""The blocks of a version: what stands in its text, what was left out and where, what was told.

As stored: [kind, start, end] of the text, [kind, at, at, words, reason code] where one was left
out, and ["told", 0, 0, words] for what drafting had to say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from quizapp.core.articles import segment

TOLD = "told"  # a kind
LONGEST_LEFT_OUT = 20_000  # characters that are kept of a block that was left out


@dataclass(frozen=True, slots=True)
class Row:
    """A block; `words` are all of it, `reason` says why it was left out, else ""."""

    kind: str
    start: int
    end: int
    words: str
    reason: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether it stands in the text."""
        return self.kind != TOLD and not self.reason

    @property
    def is_whole(self) -> bool:
        """Whether all its words are known: of a very long one that was left out they are not."""
        return self.is_kept or len(self.words) < LONGEST_LEFT_OUT

    def stored(self, at: int) -> list[Any]:
        """Return one that does not stand in the text as it is stored, behind this place."""
        if self.kind == TOLD:
            return [TOLD, 0, 0, self.words]
        return [self.kind, at, at, self.words, self.reason]


def left_out(kind: str, words: str, reason: str) -> Row:
    """Return a block that is not of the article."""
    return Row(kind, 0, 0, words[:LONGEST_LEFT_OUT], reason)


def told(words: str) -> Row:
    """Return something that drafting had to say."""
    return Row(TOLD, 0, 0, words)


def rows(text: str, stored: Iterable[Sequence[Any]]) -> list[Row]:
    """Return the stored blocks of a text."""
    return [
        Row(kind, start, end, *(more or [text[start:end]])) for kind, start, end, *more in stored
    ]


def placed(text: str, old: Sequence[Row]) -> list[list[Any]]:
    """Return the blocks of a text as they are stored, with what the old ones left out of it.

    That stands behind the same block as before, as far as this one is still there; what the text
    holds now is left out no more.
    """
    cut = segment.blocks(text)
    said = [text[one.start : one.end] for one in cut]
    first = {words: place for place, words in reversed(list(enumerate(said)))}
    known = {row.words for row in old if row.is_kept}
    found: list[list[Any]] = []
    done = at = 0
    for row in old:
        if not row.is_kept:
            if row.kind == TOLD or row.words not in first:
                found.append(row.stored(at))
            continue
        until = first.get(row.words, -1) + 1
        if until <= done:  # it changed, moved or went: what is new here took its place
            until = done + (done < len(cut) and said[done] not in known)
        found += [[one.kind, one.start, one.end] for one in cut[done:until]]
        done = until
        at = cut[done - 1].end if done else 0
    return found + [[one.kind, one.start, one.end] for one in cut[done:]]
