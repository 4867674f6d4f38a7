"""Fuzz: spreads facts learned together over neighbouring days, the same way at every replay."""

from collections.abc import Callable
from hashlib import blake2b
from itertools import accumulate


def chance(user_id: int, fact_id: int, reps: int) -> float:
    """Return a number in [0, 1) that stands for this learner's next review of this fact.

    It is a hash (BLAKE2b), so it is the same on every machine, in every process and at replay.
    """
    digest = blake2b(f"{user_id} {fact_id} {reps}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / 2.0**53


def fuzzed(
    interval_days: int,
    chance: float,
    maximum_days: int = 36500,
    share: Callable[[int], float] | None = None,
) -> int:
    """Return an interval near the given one, chosen by `chance` in [0, 1).

    Below 3 days nothing changes. From there it varies by 1 day, plus 15 percent of the days
    between 2.5 and 7, 10 percent of those between 7 and 20 and 5 percent of the rest, as in Anki
    and FSRS; never below 2 days and never above `maximum_days`. For a fixed chance a longer
    interval never becomes a shorter one. With `share`, how gladly each interval is taken,
    0 for not at all, only the range is sure; where all shares are alike, nothing changes.
    Raises ValueError for a chance outside [0, 1).
    """
    if not 0 <= chance < 1:
        raise ValueError(f"a chance is in [0, 1), not {chance}")
    if interval_days < 3:
        return min(interval_days, maximum_days)
    more = 0.15 * (min(interval_days, 7.0) - 2.5)
    if interval_days > 7:
        more += 0.10 * (min(interval_days, 20.0) - 7.0)
    if interval_days > 20:
        more += 0.05 * (interval_days - 20.0)
    spread = 1 + more
    highest = min(round(interval_days + spread), maximum_days)
    lowest = min(max(round(interval_days - spread), 2), highest)
    if share is not None:
        return _weighed(lowest, highest, chance, share)
    return lowest + int(chance * (highest - lowest + 1))


def _weighed(lowest: int, highest: int, chance: float, share: Callable[[int], float]) -> int:
    """Return the interval at which `chance` of all shares is reached; equal shares change nothing.

    Eighths, so that the sums are exact and the same on every machine.
    """
    shares = [round(8 * share(days)) for days in range(lowest, highest + 1)]
    if len(set(shares)) == 1:
        return lowest + int(chance * len(shares))
    target = chance * sum(shares)
    sums = enumerate(accumulate(shares))
    return next((lowest + n for n, total in sums if target < total), highest)
