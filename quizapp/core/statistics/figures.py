"""A figure with its n and its 95 percent interval, and the intervals in closed form."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atanh, exp, fsum, log, sqrt, tanh
from operator import mul
from typing import Literal

from quizapp.core.statistics.recall import wilson

NORMAL_95 = 1.959963984540054  # two-sided quantile of the normal distribution
NOTHING = 1e-18  # a variance of shares (0..1) this small is rounding: all were the same
_T_95 = (12.706204736, 4.302652730, 3.182446305, 2.776445105)  # for 1 to 4 degrees of freedom

Why = Literal[
    "", "few", "constant", "alone", "mixed", "negative", "no-guess", "other-type", "unmeasured"
]


@dataclass(frozen=True, slots=True)
class Figure:
    """A value from n attempts; the true one lies from low to high 95 times in 100.

    value None: there is none, and `why` says so: few (attempts), constant (all had the same),
    alone (nothing else to compare with), mixed (the attempts asked different questions), negative
    (a covariance below 0), no-guess, other-type, unmeasured. low and high None: the value is
    known, not estimated, or n is too small to tell.
    """

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    why: Why = ""

    def scaled(self, by: float) -> "Figure":
        """Return it in another unit; `by` is above 0."""
        value, low, high = (each if each is None else each * by for each in self._all)
        return Figure(value, self.n, low, high, self.why)

    def within(self, least: float, most: float) -> "Figure":
        """Return it with an interval that stays inside what is possible."""
        if self.low is None or self.high is None:
            return self
        low, high = max(self.low, least), min(self.high, most)
        return Figure(self.value, self.n, low, high, self.why)

    @property
    def _all(self) -> tuple[float | None, float | None, float | None]:
        return self.value, self.low, self.high


def absent(n: int, why: Why) -> Figure:
    """Return a figure that there is none of."""
    return Figure(None, n, why=why)


def mean(values: Sequence[float]) -> float:
    """Return the mean of values, of which there is at least one."""
    return fsum(values) / len(values)


def centred(values: Sequence[float]) -> list[float]:
    """Return the deviations from the mean."""
    centre = mean(values)
    return [value - centre for value in values]


def dot(left: Sequence[float], right: Sequence[float]) -> float:
    """Return the sum of the products of two lists of one length."""
    return sum(map(mul, left, right))


def variance(values: Sequence[float]) -> float:
    """Return the variance with n - 1 of at least two values."""
    deviations = centred(values)
    return dot(deviations, deviations) / (len(values) - 1)


def t_95(freedom: int) -> float:
    """Return the two-sided 95 percent quantile of Student's t (Hill's expansion from 5 on)."""
    if freedom <= len(_T_95):
        return _T_95[freedom - 1]
    z, v = NORMAL_95, float(freedom)
    terms = (
        z,
        (z**3 + z) / (4 * v),
        (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2),
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3),
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4),
    )
    return fsum(terms)


def mean_of(values: Sequence[float]) -> Figure:
    """Return a mean: by Wilson's score where all are 0 or 1, else by Student's t from two on."""
    n = len(values)
    if not n:
        return absent(0, "few")
    value = mean(values)
    if is_binary(values):
        low, high = wilson(round(fsum(values)), n)
        return Figure(value, n, low, high)
    if n < 2:
        return Figure(value, n)
    half = t_95(n - 1) * sqrt(variance(values) / n)
    return Figure(value, n, value - half, value + half)


def is_binary(values: Sequence[float]) -> bool:
    """Say whether all values are 0 or 1."""
    return set(values) <= {0.0, 1.0}


def deviation_of(values: Sequence[float]) -> Figure:
    """Return a standard deviation with n - 1.

    Of values that are 0 or 1 it follows from their mean, and so does its interval; else it is the
    large-sample one by the fourth moment, on the scale of the logarithm.
    """
    n = len(values)
    if n < 2:
        return absent(n, "few")
    deviations = centred(values)
    value = sqrt(dot(deviations, deviations) / (n - 1))
    if is_binary(values):
        bounds = wilson(round(fsum(values)), n)
        peak = (0.5,) if bounds[0] <= 0.5 <= bounds[1] else ()
        reach = [sqrt(p * (1 - p) * n / (n - 1)) for p in (*bounds, *peak)]
        return Figure(value, n, min(value, *reach), max(value, *reach))
    if n < 4 or value**2 < NOTHING:
        return Figure(value, n)
    fourth = mean([each**4 for each in deviations])
    spread = max(fourth - value**4 * (n - 3) / (n - 1), 0.0) / n
    half = NORMAL_95 * sqrt(spread) / (2 * value**2)
    return Figure(value, n, value * exp(-half), value * exp(half))


def median_of(values: Sequence[float]) -> Figure:
    """Return a median; its interval goes from one value to another (sign test, from eight on)."""
    n = len(values)
    if not n:
        return absent(0, "few")
    ordered = sorted(values)
    value = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    rank = int((n - NORMAL_95 * sqrt(n)) / 2)
    if rank < 1:
        return Figure(value, n)
    return Figure(value, n, ordered[rank - 1], ordered[n - rank])


def correlation_of(left: Sequence[float], right: Sequence[float]) -> Figure:
    """Return Pearson's correlation, -1..1, with Fisher's interval from four pairs on."""
    n = len(left)
    if n < 2:
        return absent(n, "few")
    a, b = centred(left), centred(right)
    spread = dot(a, a), dot(b, b)
    if min(spread) < NOTHING * n:
        return absent(n, "constant")
    return fisher(max(-1.0, min(1.0, dot(a, b) / sqrt(spread[0] * spread[1]))), n)


def fisher(value: float, n: int) -> Figure:
    """Return a correlation with Fisher's interval; none at -1 and 1, where it has no width."""
    if n < 4 or abs(value) > 1 - 1e-9:
        return Figure(value, n)
    half = NORMAL_95 / sqrt(n - 3)
    return Figure(value, n, tanh(atanh(value) - half), tanh(atanh(value) + half))


def alpha_interval(alpha: float, parts: int, n: int) -> tuple[float, float] | None:
    """Return the interval of Cronbach's alpha (Bonett 2002); None where it has none."""
    if n < 3 or parts < 2 or alpha > 1 - 1e-9:
        return None
    half = NORMAL_95 * sqrt(2 * parts / ((parts - 1) * (n - 2)))
    return 1 - exp(log(1 - alpha) + half), 1 - exp(log(1 - alpha) - half)
