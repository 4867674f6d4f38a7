"""Who knows what in a class: learners by facts, the trouble at the top left."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import fsum

from quizapp.core.statistics.recall import recall_level

NOT_ASKED, OWED = -1, -2  # cells without a memory: nothing was due yet; it was due and is not there
UNDER = 0.7  # a fact that trips somebody up: fading or weak
_WIDTH = 2  # characters of a packed cell
_MARKS = {NOT_ASKED: "--", OWED: "??"}
_MEANT = {mark: value for value, mark in _MARKS.items()}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
MOST_COUNTED = 36**_WIDTH - 1


@dataclass(frozen=True, slots=True)
class Matrix:
    """Learners and facts by id, those with the least recall first; `cells[row][column]`.

    A cell is a percentage 0..99, NOT_ASKED or OWED. Means are 0..1, or None where nothing counts,
    which stands last. `counted` is how many learners a fact's mean is made of, `under` how many of
    them are below UNDER.
    """

    learners: tuple[int, ...]
    facts: tuple[int, ...]
    cells: tuple[tuple[int, ...], ...]
    learner_means: tuple[float | None, ...]
    fact_means: tuple[float | None, ...]
    counted: tuple[int, ...]
    under: tuple[int, ...]


def build(
    learners: Sequence[int],
    facts: Sequence[int],
    recall: Mapping[int, Mapping[int, float]],
    owed: Mapping[int, AbstractSet[int]],
) -> Matrix:
    """Return the matrix of a class; `recall` is by learner and fact, 0..1.

    A fact that a learner never met counts 0 where they owe it (`owed`: facts by learner), else it
    does not count at all. Who or what has the same mean stays in the order given.
    """
    values = {who: _counting(facts, recall.get(who, {}), owed.get(who, ())) for who in learners}
    by_fact = {fact: [row[fact] for row in values.values() if fact in row] for fact in facts}
    learner_means = {who: _mean(row.values()) for who, row in values.items()}
    fact_means = {fact: _mean(column) for fact, column in by_fact.items()}
    rows, columns = _rising(learners, learner_means), _rising(facts, fact_means)
    return Matrix(
        learners=rows,
        facts=columns,
        cells=tuple(
            tuple(_cell(fact, recall.get(who, {}), values[who]) for fact in columns) for who in rows
        ),
        learner_means=tuple(learner_means[who] for who in rows),
        fact_means=tuple(fact_means[fact] for fact in columns),
        counted=tuple(len(by_fact[fact]) for fact in columns),
        under=tuple(sum(value < UNDER for value in by_fact[fact]) for fact in columns),
    )


def percent(recall: float) -> int:
    """Return a chance of recall as a cell shows it: rounded down, so that its colour agrees."""
    return min(max(int(recall * 100 + 1e-7), 0), 99)


def level(cell: int) -> int:
    """Return the colour of a cell: 1 weak .. 4 known, 0 where there is no memory."""
    return recall_level(cell / 100 if cell >= 0 else None)


def pack(cells: Iterable[int]) -> str:
    """Return a row of cells as text, two characters each."""
    return "".join(_MARKS.get(cell) or f"{cell:02d}" for cell in cells)


def unpack(row: str, first: int = 0, last: int | None = None) -> list[int]:
    """Return the cells first..last (excluded) of a packed row."""
    return [_MEANT[mark] if mark in _MEANT else int(mark) for mark in _marks(row, first, last)]


def pack_counts(counts: Iterable[int]) -> str:
    """Return a row of counts as text, two characters each; MOST_COUNTED also stands for more."""
    small = (min(count, MOST_COUNTED) for count in counts)
    return "".join(_DIGITS[count // 36] + _DIGITS[count % 36] for count in small)


def unpack_counts(row: str, first: int = 0, last: int | None = None) -> list[int]:
    """Return the counts first..last (excluded) of a packed row."""
    return [int(mark, 36) for mark in _marks(row, first, last)]


def window(total: int, first: int, size: int) -> range:
    """Return which of `total` rows or columns a page shows that begins at `first` or before.

    Never empty where there is anything: a place beyond the end, or before the beginning, shows the
    last or first page. Pages begin at multiples of `size`.
    """
    if total <= 0:
        return range(0)
    begin = min(max(first, 0), total - 1) // size * size
    return range(begin, min(begin + size, total))


def _counting(
    facts: Sequence[int], known: Mapping[int, float], owed: Iterable[int]
) -> dict[int, float]:
    owing = set(owed)
    return {
        fact: known.get(fact, 0.0) for fact in facts if fact in known or fact in owing
    }  # in the order of the facts, so that a sum is the same however the memories were read


def _mean(values: Iterable[float]) -> float | None:
    values = list(values)
    return fsum(values) / len(values) if values else None


def _rising(ids: Sequence[int], means: Mapping[int, float | None]) -> tuple[int, ...]:
    def key(one: int) -> tuple[bool, float]:
        mean = means[one]
        return mean is None, mean or 0.0

    return tuple(sorted(ids, key=key))


def _cell(fact: int, known: Mapping[int, float], counting: Mapping[int, float]) -> int:
    if fact in known:
        return percent(known[fact])
    return OWED if fact in counting else NOT_ASKED


def _marks(row: str, first: int, last: int | None) -> list[str]:
    end = len(row) if last is None else last * _WIDTH
    return [row[at : at + _WIDTH] for at in range(first * _WIDTH, min(end, len(row)), _WIDTH)]
