"""Which questions seem to ask the same fact: by the rare words that they share, or by their source.

Every pair that shares one of its rarest words is compared; what two texts have in common counts by
how rare it is, so that "which of these is" says nothing and "interleukin" says much.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from quizapp.core.search import folded

RARE = 24  # a word that more questions have brings no two of them together
RAREST = 8  # so many words of each question are looked up
ALIKE = 0.4  # of the words of two questions, weighted: four of five such pairs are one fact
TOGETHER = 12  # facts in one suggestion
TOLD = 5  # words that a reason names
_NOTE = 2.0  # above anything that words can say
_WORD = re.compile(r"[^\W_]+")

Pair = tuple[int, int]  # facts, the smaller id first
Reason = Literal["note", "words"]


@dataclass(frozen=True, slots=True)
class Asking:
    """A question: its fact, its stem with the right answer, and the note that its fact is of.

    Facts that are settled were told apart by somebody; only others are suggested to join one.
    """

    fact: int
    text: str
    group: str = ""
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Facts that are probably one, and why: one note, or these words, the rarest first."""

    facts: tuple[int, ...]
    reason: Reason
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Text:
    fact: int
    words: frozenset[str]
    weight: float
    is_settled: bool

    def may_join(self, other: "_Text") -> bool:
        """Say whether the two may turn out to ask one fact."""
        return self.fact != other.fact and not (self.is_settled and other.is_settled)


def suggestions(asked: Sequence[Asking], apart: Collection[Pair] = ()) -> list[Suggestion]:
    """Return facts that seem to be one, the surest first; the same for the same questions.

    No fact is in two suggestions, and no two facts of a pair in `apart` are in one.
    """
    weights, texts = _weighed(asked)
    bonds = _bonds_of_words(texts, weights)
    bonds |= dict.fromkeys(_of_one_note(asked), (_NOTE, ()))
    for pair in apart:
        bonds.pop(pair, None)
    return _together(bonds)


def pair_of(one: int, other: int) -> Pair:
    """Return two facts in the order in which pairs have them."""
    return (one, other) if one < other else (other, one)


def _weighed(asked: Sequence[Asking]) -> tuple[dict[str, float], list[_Text]]:
    """Return the weight of each word, more for rarer ones, and the texts as sets of words."""
    words = [frozenset(_WORD.findall(folded(one.text))) for one in asked]
    having = Counter(word for some in words for word in some)
    weights = {word: math.log1p(len(asked) / count) for word, count in having.items()}
    return weights, [
        _Text(one.fact, some, sum(weights[word] for word in sorted(some)), one.is_settled)
        for one, some in zip(asked, words, strict=True)
    ]


def _bonds_of_words(
    texts: Sequence[_Text], weights: dict[str, float]
) -> dict[Pair, tuple[float, tuple[str, ...]]]:
    """Return how alike facts are by their most alike questions, where that is enough."""
    bonds: dict[Pair, tuple[float, tuple[str, ...]]] = {}
    for a, b in _candidates(texts, weights):
        shared = texts[a].words & texts[b].words
        common = sum(weights[word] for word in sorted(shared))
        likeness = common / (texts[a].weight + texts[b].weight - common)
        pair = pair_of(texts[a].fact, texts[b].fact)
        if likeness >= ALIKE and likeness > bonds.get(pair, (0.0, ()))[0]:
            told = sorted(shared, key=lambda word: (-weights[word], word))[:TOLD]
            bonds[pair] = (likeness, tuple(told))
    return bonds


def _candidates(texts: Sequence[_Text], weights: dict[str, float]) -> Iterable[Pair]:
    """Return pairs of texts of different facts that share a rare word, or all of their words."""
    having: dict[str, list[int]] = defaultdict(list)
    same: dict[frozenset[str], list[int]] = defaultdict(list)
    least = math.log1p(len(texts) / RARE)
    for n, text in enumerate(texts):
        rare = [word for word in text.words if weights[word] >= least]
        for word in sorted(rare, key=lambda word: (-weights[word], word))[:RAREST]:
            having[word].append(n)
        same[text.words].append(n)
    return _pairs(texts, having, same)


def _pairs(
    texts: Sequence[_Text], having: dict[str, list[int]], same: dict[frozenset[str], list[int]]
) -> set[Pair]:
    found = {
        pair
        for some in having.values()
        if len(some) > 1
        for pair in combinations(some, 2)
        if texts[pair[0]].may_join(texts[pair[1]])
    }
    for words, some in same.items():
        if words:
            found |= {(some[0], n) for n in some if texts[some[0]].may_join(texts[n])}
    return found


def _of_one_note(asked: Sequence[Asking]) -> Iterator[Pair]:
    notes: dict[str, dict[int, None]] = defaultdict(dict)
    for one in asked:
        if one.group:
            notes[one.group][one.fact] = None
    for facts in notes.values():
        yield from (pair_of(*pair) for pair in combinations(list(facts)[:TOGETHER], 2))


def _together(bonds: dict[Pair, tuple[float, tuple[str, ...]]]) -> list[Suggestion]:
    """Join facts, the surest pair first, while each is alike every other of its suggestion."""
    of: dict[int, list[int]] = {}
    first: dict[int, Pair] = {}  # the pair with which a suggestion began, by its first fact
    for pair in sorted(bonds, key=lambda pair: (-bonds[pair][0], pair)):
        left, right = (of.setdefault(fact, [fact]) for fact in pair)
        if left is right or len(left) + len(right) > TOGETHER:
            continue
        if all(pair_of(a, b) in bonds for a in left for b in right):
            begun = first.get(left[0]) or first.get(right[0]) or pair
            left += right
            of |= dict.fromkeys(right, left)
            first[left[0]] = begun
    groups = {id(some): some for some in of.values() if len(some) > 1}.values()
    told = sorted(groups, key=lambda some: (-bonds[first[some[0]]][0], first[some[0]]))
    return [_suggestion(some, *bonds[first[some[0]]]) for some in told]


def _suggestion(facts: list[int], likeness: float, words: tuple[str, ...]) -> Suggestion:
    reason: Reason = "note" if likeness == _NOTE else "words"
    return Suggestion(tuple(sorted(facts)), reason, words)
