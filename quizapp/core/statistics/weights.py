"""How much each question counts in the totals: as set, and as it acts."""

from collections.abc import Sequence
from math import fsum, sqrt
from operator import mul

from quizapp.core.statistics.figures import NOTHING, Figure, absent, centred, t_95


def effective_weights(
    attempts: Sequence[Sequence[int]],
    parts: Sequence[Sequence[float]],
    shares: Sequence[float | None],
) -> list[Figure]:
    """Return each column's effective weight in percent: its root of C(x, T) among all such roots.

    attempts[j] and parts[j]: which attempts column j has, and what it adds to their shares. A
    question below 0 has no weight and counts as none among the others. Columns that only some
    attempts have count by how many have them. The interval is the jackknife's, which leaves out
    each attempt in turn (a covariance without one attempt follows from the whole in closed form).
    """
    roots = [_Root(which, part, shares) for which, part in zip(attempts, parts, strict=True)]
    total = fsum(root.n * root.value for root in roots)
    spread = _spreads(roots, total, len(shares))
    return [
        _figure(root, total, len(shares), around)
        for root, around in zip(roots, spread, strict=True)
    ]


class _Root:
    """The root of C(x, T) of one column, and what it is without each of its attempts."""

    def __init__(
        self, attempts: Sequence[int], part: Sequence[float], shares: Sequence[float | None]
    ) -> None:
        self.attempts, self.n = attempts, len(attempts)
        totals = [shares[attempt] or 0.0 for attempt in attempts]
        products = list(map(mul, centred(part), centred(totals))) if self.n else []
        whole = sum(products)
        self.covariance = whole / (self.n - 1) if self.n > 1 else 0.0
        self.value = _root(self.covariance)
        # One attempt of two leaves no covariance, so nothing can be told of what it adds.
        factor, left = self.n / (self.n - 1 or 1), self.n - 2
        self.without = (
            [_root((whole - factor * each) / left) for each in products]
            if left > 0
            else [self.value] * self.n
        )


def _root(covariance: float) -> float:
    return sqrt(covariance) if covariance > NOTHING else 0.0


def _figure(root: _Root, total: float, n: int, spread: float | None) -> Figure:
    if root.n < 2 or total <= 0:
        return absent(root.n, "few" if root.n < 2 else "constant")
    if root.covariance < -NOTHING:
        return absent(root.n, "negative")
    value = 100 * n * root.value / total
    if spread is None:
        return Figure(value, root.n)
    half = 100 * t_95(n - 1) * spread
    return Figure(value, root.n, value - half, value + half).within(0.0, 100.0)


def _spreads(roots: Sequence[_Root], total: float, n: int) -> list[float | None]:
    """Return the jackknife's standard error of each weight, as a share."""
    if n < 4 or total <= 0:
        return [None] * len(roots)
    lost = [0.0] * n  # what the sum of roots loses without an attempt
    for root in roots:
        for attempt, value in zip(root.attempts, root.without, strict=True):
            lost[attempt] += root.n * root.value - (root.n - 1) * value
    scale = [(n - 1) / left if (left := total - each) > 0 else 0.0 for each in lost]
    first, second = fsum(scale), fsum([each * each for each in scale])
    return [_spread(root, scale, (first, second), n) for root in roots]


def _spread(root: _Root, scale: Sequence[float], sums: tuple[float, float], n: int) -> float | None:
    if root.n < 3:
        return None
    # Attempts without the column change only the scale; they are all but its own.
    first, second = root.value * sums[0], root.value**2 * sums[1]
    for attempt, value in zip(root.attempts, root.without, strict=True):
        one, other = value * scale[attempt], root.value * scale[attempt]
        first += one - other
        second += one * one - other * other
    return sqrt(max(second - first * first / n, 0.0) * (n - 1) / n)
