"""Which learners of a class to talk to, and why, in numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from quizapp.core.statistics.class_matrix import UNDER, percent

IDLE_DAYS = 7  # from here on silence is worth a word,
IDLE_MORE_DAYS = 3  # where the class is not silent too
LEAST_BEHIND, LEAST_SHARE_BEHIND = 3, 0.25  # facts; of what the class knows
LEAST_COUNTED = 5  # facts, before their mean says anything of a learner
QUICK_MS = 2000
LEAST_TIMED = 10  # answers, before their speed says anything

LEAST_WRONG = 0.25  # of the share right by which somebody is below the middle learner

SILENT, IDLE, BEHIND, WEAK, WRONG, MISSED, QUICK = (
    "silent", "idle", "behind", "weak", "wrong", "missed", "quick",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How a learner stands.

    known: the sum of recall over the course's facts. mean: the mean recall of the `counted` facts
    that count for them (see class_matrix), None for none. idle_days: since the last answer, None
    where there is none. waited_days: since something could be answered, by this learner; None
    where nothing can. missed of due: assignments. Of the recent answers, `timed` in number, quick
    took less than QUICK_MS and right were right.
    """

    known: float = 0.0
    mean: float | None = None
    counted: int = 0
    idle_days: int | None = None
    waited_days: int | None = None
    missed: int = 0
    due: int = 0
    quick: int = 0
    timed: int = 0
    right: int = 0

    @property
    def share_right(self) -> float | None:
        """The share of the recent answers that were right; None for too few."""
        return self.right / self.timed if self.timed >= LEAST_TIMED else None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why to talk to somebody: a code and its numbers, which the page puts in words.

    silent (days, 0), idle (days, days of the class's middle learner), behind (facts known, facts
    that the middle learner knows), weak (mean recall in percent, of so many facts), wrong (percent
    of the recent answers that were right, and of the middle learner's), missed (assignments, of so
    many due), quick (answers, of so many).
    """

    code: str
    numbers: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Need:
    """A learner to talk to."""

    learner: int
    reasons: tuple[Reason, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Middle:
    """The medians of those who have begun; None where there are not two of them."""

    known: float | None
    mean: float | None
    idle: float | None
    right: float | None


def needs(class_: Mapping[int, Standing], order: Sequence[int]) -> list[Need]:
    """Return whom to talk to: who has most reasons first, then in the order given."""
    begun = [one for one in class_.values() if one.idle_days is not None]
    middle = Middle(
        known=_middle([one.known for one in begun]),
        mean=_middle([one.mean for one in begun if one.mean is not None]),
        idle=_middle([one.idle_days for one in begun if one.idle_days is not None]),
        right=_middle([one.share_right for one in begun if one.share_right is not None]),
    )
    found = [Need(who, tuple(_reasons(class_[who], middle))) for who in order]
    return sorted((one for one in found if one.reasons), key=lambda one: -len(one.reasons))


def _middle(values: Sequence[float]) -> float | None:
    """Return the median of those who have begun; of one alone there is none to compare with."""
    return median(values) if len(values) > 1 else None


def _reasons(one: Standing, middle: Middle) -> list[Reason]:
    reasons = [
        _quiet(one, middle.idle),
        _behind(one, middle.known) or _weak(one, middle.mean) or _wrong(one, middle.right),
        Reason(MISSED, (one.missed, one.due)) if one.missed else None,
        Reason(QUICK, (one.quick, one.timed)) if _is_quick(one) else None,
    ]
    return [reason for reason in reasons if reason]


def _quiet(one: Standing, idle: float | None) -> Reason | None:
    """Say how long somebody has not answered; a whole class on holiday needs no word."""
    if one.idle_days is None:
        waited = one.waited_days
        return Reason(SILENT, (waited, 0)) if waited is not None and waited >= IDLE_DAYS else None
    usual = idle or 0.0
    if one.waited_days is None or one.idle_days < max(IDLE_DAYS, usual + IDLE_MORE_DAYS):
        return None
    return Reason(IDLE, (one.idle_days, round(usual)))


def _behind(one: Standing, known: float | None) -> Reason | None:
    """Compare with what the middle learner knows; who has not begun is silent, not behind."""
    if known is None or one.idle_days is None:
        return None
    if known - one.known < max(LEAST_BEHIND, LEAST_SHARE_BEHIND * known):
        return None
    return Reason(BEHIND, (round(one.known), round(known)))


def _weak(one: Standing, mean: float | None) -> Reason | None:
    """Compare with the text; where the middle learner is weak too, it is the facts' matter."""
    if mean is None or mean < UNDER or one.idle_days is None or one.mean is None:
        return None
    if one.counted < LEAST_COUNTED or one.mean >= UNDER:
        return None
    return Reason(WEAK, (percent(one.mean), one.counted))


def _wrong(one: Standing, right: float | None) -> Reason | None:
    """Find who practises and fails: what was missed today is in memory for now."""
    mine = one.share_right
    if right is None or mine is None or right - mine < LEAST_WRONG:
        return None
    return Reason(WRONG, (percent(mine), percent(right)))


def _is_quick(one: Standing) -> bool:
    return one.timed >= LEAST_TIMED and 2 * one.quick > one.timed
