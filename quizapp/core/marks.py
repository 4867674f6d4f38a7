"""What several attempts at one assignment come to, and what a course comes to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DIGITS = 9  # points are sums of fractions: what is smaller is noise


@dataclass(frozen=True, slots=True)
class Sat:
    """An attempt that was handed in: what it earned of the most, and the share that it keeps.

    Points may be below 0; `most` is 0 while all of it awaits a person.
    """

    points: float
    most: float
    kept: float = 1.0  # 0..1, less where it came late

    @property
    def taken(self) -> float:
        """What lateness takes of the points; there is nothing to take of what is below 0."""
        return round(max(self.points, 0.0) * (1 - self.kept), DIGITS)

    @property
    def counted(self) -> float:
        """The points that are left."""
        return round(self.points - self.taken, DIGITS)

    @property
    def share(self) -> float:
        """The share of the most that is left; 0 where nothing is judged."""
        return self.counted / self.most if self.most else 0.0


@dataclass(frozen=True, slots=True)
class Come:
    """What an assignment came to for one learner."""

    points: float
    most: float
    taken: float  # by lateness, of the points before
    which: int | None  # place of the attempt that counts; None where it is the mean of several


def come_to(sat: Sequence[Sat], counts: str) -> Come | None:
    """Return what attempts, in the order in which they were begun, come to; None of none.

    counts: first, last, best (the earliest of equals) or mean: that of the shares, times the mean
    of the most, as attempts may draw questions of other weights.
    """
    if not sat:
        return None
    if counts == "mean" and len(sat) > 1:
        return _mean(sat)
    which = {"last": len(sat) - 1, "best": _best(sat)}.get(counts, 0)
    one = sat[which]
    return Come(one.counted, one.most, one.taken, which)


def _best(sat: Sequence[Sat]) -> int:
    judged = [place for place, one in enumerate(sat) if one.most] or range(len(sat))
    return max(judged, key=lambda place: (sat[place].share, -place))


def _mean(sat: Sequence[Sat]) -> Come:
    judged = [one for one in sat if one.most] or list(sat)
    most = sum(one.most for one in judged) / len(judged)
    share = sum(one.share for one in judged) / len(judged)
    before = sum(one.points / one.most if one.most else 0.0 for one in judged) / len(judged)
    points, earned = round(share * most, DIGITS), round(before * most, DIGITS)
    return Come(points, round(most, DIGITS), round(earned - points, DIGITS), None)


@dataclass(frozen=True, slots=True)
class Total:
    """Points of all assignments that count so far, and of how many they are."""

    points: float
    most: float

    @property
    def percent(self) -> float | None:
        """Points in percent of the most; None where nothing counts yet."""
        return 100 * self.points / self.most if self.most else None


def total(marks: Iterable[tuple[float, float]]) -> Total:
    """Return the sums of points and of the most."""
    listed = list(marks)
    points, most = (sum(column) for column in zip(*listed, strict=True)) if listed else (0.0, 0.0)
    return Total(round(points, DIGITS), round(most, DIGITS))
