"""Fuzz: spreads facts learned together over neighbouring days, the same way at every replay."""

from hashlib import blake2b

_RANGES = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.10), (20.0, float("inf"), 0.05))  # days, share


def chance(user_id: int, fact_id: int, reps: int) -> float:
    """Return a number in [0, 1) that stands for this learner's next review of this fact.

    It is a hash (BLAKE2b), so it is the same on every machine, in every process and at replay.
    """
    digest = blake2b(f"{user_id} {fact_id} {reps}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / 2.0**53


def fuzzed(interval_days: int, chance: float, maximum_days: int = 36500) -> int:
    """Return an interval near the given one, chosen by `chance` in [0, 1).

    Below 3 days nothing changes. From there it varies by 1 day, plus 15 percent of the days
    between 2.5 and 7, 10 percent of those between 7 and 20 and 5 percent of the rest, as in Anki
    and FSRS; never below 2 days and never above `maximum_days`. For a fixed chance a longer
    interval never becomes a shorter one. Raises ValueError for a chance outside [0, 1).
    """
    if not 0 <= chance < 1:
        raise ValueError(f"a chance is in [0, 1), not {chance}")
    if interval_days < 3:
        return min(interval_days, maximum_days)
    spread = 1 + sum(
        share * max(min(interval_days, end) - start, 0.0) for start, end, share in _RANGES
    )
    highest = min(round(interval_days + spread), maximum_days)
    lowest = min(max(round(interval_days - spread), 2), highest)
    return lowest + int(chance * (highest - lowest + 1))
