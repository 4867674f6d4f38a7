"""What becomes of evidence when the text of an article is edited: it holds, moved or broke."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

from quizapp.core.articles import segment
from quizapp.core.articles.model import Span
from quizapp.core.articles.typography import fold, origins

ALIKE = 0.5  # share of words in common from which a sentence may be what another became
_FEW = 8  # places that are tried where a sentence stands many times
_RARE = 40  # sentences that may share a word for it to lead to them
_LONG = 30  # sentences of one span for which places are suggested

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of a span.

    holds: the same words at the same offsets. moved: its sentences stand elsewhere, or differ in
    white space and typographic marks only. broken: a sentence of it was changed or is gone; then
    `span` is None, and `suggestion` is where the new text says something much alike, if it does.
    """

    state: Literal["holds", "moved", "broken"]
    span: Span | None
    suggestion: Span | None = None


def carry(old_text: str, new_text: str, spans: Sequence[Span]) -> list[Carried]:
    """Return what became of each span of the old text, in their order.

    All spans returned are of the new text. A sentence that stands several times is followed by its
    neighbours. A span that is not what the old text says there, or holds no words, is broken.
    """
    edit = _Edit(old_text, new_text)
    return [edit.carry(span) for span in spans]


class _Units:
    """A text cut into its headings and sentences, which evidence stands or falls with."""

    def __init__(self, text: str) -> None:
        self.text = text
        headings = [(one.start, one.end) for one in segment.blocks(text) if one.kind == "heading"]
        cut = [(start, end) for start, end in segment.sentences(text)]
        self.places = sorted(headings + cut)
        marks = dict.fromkeys(headings, segment.HEADING)
        self.keys = [marks.get(place, "") + fold(text[slice(*place)]) for place in self.places]
        self._starts = [start for start, _ in self.places]
        self._ends = [end for _, end in self.places]
        self.origins = cache(lambda unit: origins(text[slice(*self.places[unit])]))

    def touched(self, span: Span) -> tuple[int, int]:
        """Return the first and last unit in which the span has a part; last < first for none."""
        return bisect_right(self._ends, span.start), bisect_left(self._starts, span.end) - 1

    def span(self, first: int, last: int) -> Span:
        """Return the span of these units."""
        return self.cut(self.places[first][0], self.places[last][1])

    def cut(self, start: int, end: int) -> Span:
        """Return a span by its offsets."""
        return Span(start, end, self.text[start:end])


class _Edit:
    """An old and a new text with their units aligned."""

    def __init__(self, old_text: str, new_text: str) -> None:
        self._old = _Units(old_text)
        self._new = self._old if new_text == old_text else _Units(new_text)
        self._to = _aligned(self._old.keys, self._new.keys)
        self._near = cache(self._find_near)

    def carry(self, span: Span) -> Carried:
        """Return what became of a span."""
        first, last = self._old.touched(span)
        if self._old.cut(span.start, span.end) != span or last < first:
            return Carried("broken", None)
        at = self._place(first, last)
        there = None if at is None else self._there(span, (first, last), at)
        if there is None:
            return Carried("broken", None, self._suggestion(span, first, last))
        return Carried("holds" if there == span else "moved", there)

    def _place(self, first: int, last: int) -> int | None:
        """Return the new unit from which on all of these old ones stand."""
        keys = self._old.keys[first : last + 1]
        for at in self._places(first, last):
            if at >= 0 and self._new.keys[at : at + len(keys)] == keys:
                return at
        return None

    def _places(self, first: int, last: int) -> Iterator[int]:
        if first in self._to:
            yield self._to[first]
        if last in self._to:
            yield self._to[last] - (last - first)
        yield from self._occurrences.get(self._old.keys[first], ())

    @cached_property
    def _occurrences(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for at, key in enumerate(self._new.keys):
            if len(found[key]) < _FEW:
                found[key].append(at)
        return dict(found)

    def _there(self, span: Span, units: tuple[int, int], at: int) -> Span | None:
        """Return the span in the new text, whose units from `at` on are these old ones."""
        news = (at, at + units[1] - units[0])
        (old_start, old_last), (new_start, new_last) = (
            [texts.places[unit][0] for unit in ends]
            for texts, ends in ((self._old, units), (self._new, news))
        )
        start = span.start + new_start - old_start
        if start >= 0 and self._new.text.startswith(span.quote, start):
            return self._new.cut(start, start + len(span.quote))
        first = bisect_left(self._old.origins(units[0]), span.start - old_start)
        last = bisect_left(self._old.origins(units[1]), span.end - old_last) - 1
        if first >= len(self._new.origins(news[0])) or last < 0:
            return None
        there = self._new.cut(
            new_start + self._new.origins(news[0])[first],
            new_last + self._new.origins(news[1])[last] + 1,
        )
        return there if fold(there.quote).strip() == fold(span.quote).strip() else None

    def _suggestion(self, span: Span, first: int, last: int) -> Span | None:
        """Return where the new text says about what the broken span said."""
        units = range(first, min(last + 1, first + _LONG))
        found = sorted({at for unit in units if (at := self._near(unit)) is not None})
        if not found:
            return None
        low, high = found[0], found[-1]
        if high - low > last - first + 1:  # they are not together any more
            high = low
        whole = self._new.span(low, high)
        start = self._new.text.find(span.quote, whole.start, whole.end)
        return whole if start < 0 else self._new.cut(start, start + len(span.quote))

    def _find_near(self, unit: int) -> int | None:
        """Return the new unit that an old one became: where it stands, else the most alike."""
        if unit in self._to:
            return self._to[unit]
        words = _words(self._old.keys[unit])
        expected = self._expected[unit]
        shared: Counter[int] = Counter(
            at for at in range(expected, expected + 3) if at in self._changed
        )
        for word in words:
            if len(places := self._by_word.get(word, ())) <= _RARE:
                shared.update(places)
        best = max(
            (
                (_likeness(words, self._changed[at]), -abs(at - expected), at)
                for at, _ in shared.most_common(10)
            ),
            default=(0.0, 0, 0),
        )
        return best[2] if best[0] >= ALIKE else None

    @cached_property
    def _changed(self) -> dict[int, Counter[str]]:
        """The words of the new units that no old one is."""
        known = set(self._to.values())
        return {at: _words(key) for at, key in enumerate(self._new.keys) if at not in known}

    @cached_property
    def _by_word(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for at, words in self._changed.items():
            for word in words:
                found[word].append(at)
        return dict(found)

    @cached_property
    def _expected(self) -> list[int]:
        """Where each old unit would stand if it followed the last one before it that is there."""
        found, at = [], 0
        for unit in range(len(self._old.keys)):
            found.append(at)
            at = self._to.get(unit, at - 1) + 1
        return found


def _aligned(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Return which new unit each old one is, after Heckel (1978), in linear time.

    What stands once in both is the same, wherever it went; neighbours of the same are the same.
    What is left of repeated ones is paired in order.
    """
    counts, counts_new = Counter(old), Counter(new)
    once = {key: at for at, key in enumerate(new) if counts[key] == counts_new[key] == 1}
    to = {unit: once[key] for unit, key in enumerate(old) if key in once}
    taken = set(to.values())
    to |= {-1: -1, len(old): len(new)}  # the ends of the texts are neighbours too
    for step in (1, -1):
        for unit in range(len(old))[::step]:
            at = to.get(unit - step, -2) + step
            if unit not in to and 0 <= at < len(new) and at not in taken and new[at] == old[unit]:
                to[unit] = at
                taken.add(at)
    del to[-1], to[len(old)]
    free: dict[str, deque[int]] = defaultdict(deque)
    for at, key in enumerate(new):
        if at not in taken:
            free[key].append(at)
    for unit, key in enumerate(old):
        if unit not in to and free[key]:
            to[unit] = free[key].popleft()
    return to


def _words(key: str) -> Counter[str]:
    return Counter(_WORD.findall(key.casefold()))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Return Dice's share of words in common, 0..1."""
    both = one.total() + other.total()
    return 2 * (one & other).total() / both if both else 0.0
