"""Options and what they are worth: shares, sums, order, and what a blind guess would score."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from random import Random
from typing import Any

from quizapp.core.problems import equal_texts
from quizapp.core.quantities import decimal_of
from quizapp.core.question import EXACT, Problem

MAX_SUMS = 20_000  # different sums of options that a guess is worked out for
_FULL = 1 - Fraction(str(EXACT))


def share_of(entry: Mapping[str, Any], default: str = "0") -> Fraction:
    """Return the entry's fraction, between -1 and 1; unreadable ones count as 0."""
    value = entry.get("fraction")
    value = default if value is None else value
    return _share_of_text(value) if isinstance(value, str) else _share(value)


def _share(value: object) -> Fraction:
    number = decimal_of(value) or Decimal(0)
    return max(Fraction(-1), min(Fraction(1), Fraction(number)))


@lru_cache(maxsize=4096)
def _share_of_text(value: str) -> Fraction:
    """Return the same of a text: few fractions are ever written, and each answer reads several."""
    return _share(value)


def is_full(share: Fraction) -> bool:
    """Whether a share or sum counts as 1: three times 33.33333 percent does."""
    return share >= _FULL


def _is_full(option: Mapping[str, Any]) -> bool:
    value = option.get("fraction")
    return _is_full_text(value) if isinstance(value, str) else is_full(share_of(option))


@lru_cache(maxsize=4096)
def _is_full_text(value: str) -> bool:
    return is_full(_share_of_text(value))


def settled(total: Fraction) -> float:
    """Return a sum of shares as a grade's fraction: -1 to 1, exactly 1 where it counts as 1."""
    return 1.0 if is_full(total) else max(-1.0, float(total))


def score(fraction: float) -> float:
    """Return the score, 0 to 1, that belongs to a fraction."""
    return max(0.0, fraction)


def in_order(ids: Iterable[str], shuffle: object, rng: Random) -> list[str]:
    """Return the ids as shown: at random unless `shuffle` is false."""
    listed = list(ids)
    if shuffle is not False:
        rng.shuffle(listed)
    return listed


def best(options: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the id of the option of the largest share above 0."""
    right = [option for option in options if share_of(option).numerator > 0]
    return max(right, key=share_of)["id"] if right else None


def mean_score(options: Sequence[Mapping[str, Any]]) -> Fraction:
    """Return expected score of one option taken blindly."""
    worth = [max(Fraction(0), share_of(option)) for option in options]
    return sum(worth, Fraction(0)) / len(worth) if worth else Fraction(0)


def single_choice_problems(options: Sequence[Mapping[str, Any]], name: str) -> list[Problem]:
    """Return what is wrong with options of which one is to be chosen; `name` is their path."""
    full = sum([_is_full(option) for option in options])
    found = count_problems(options, name)
    if not full:
        found.append(Problem("no-right-option", "No option is fully right.", name))
    if full > 1:
        words = "More than one option is fully right."
        found.append(Problem("several-right-options", words, name))
    return found + equal_texts(name, options)


def count_problems(options: Sequence[Mapping[str, Any]], name: str) -> list[Problem]:
    """Return a problem where there is nothing to choose from."""
    if not options:
        return [Problem("no-options", "There are no options.", name)]
    if len(options) == 1:
        return [Problem("one-option", "One option alone is no choice.", name)]
    return []


def sums_of(choices: Iterable[Sequence[Fraction]]) -> Counter[Fraction] | None:
    """How many ways there are to each sum of one share out of each of `choices`.

    None where there are too many different sums to tell.
    """
    sums = Counter({Fraction(0): 1})
    for shares in choices:
        longer: Counter[Fraction] = Counter()
        for total, ways in sums.items():
            for share in shares:
                longer[total + share] += ways
        sums = longer
        if len(sums) > MAX_SUMS:
            return None
    return sums


def expected_score(sums: Mapping[Fraction, int], ways: int) -> float:
    """Return the mean score over equally likely ways, of which `sums` tells the fractions."""
    worth = (count * min(Fraction(1), total) for total, count in sums.items() if total > 0)
    return float(sum(worth, Fraction(0)) / ways)
