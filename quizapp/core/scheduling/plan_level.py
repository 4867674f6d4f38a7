"""How much time a plan to an exam takes of each day: even, so that nothing piles up at the end."""

from collections.abc import Sequence
from typing import Final

from quizapp.core.scheduling.plan_recall import NEW_ANSWERS
from quizapp.core.scheduling.plan_terms import Terms
from quizapp.core.scheduling.plan_track import Track

EVEN_DAYS: Final = 14  # before the exam, in which each fact that needs it is asked once more
LIFT: Final = 1.0  # over one answer for each fact: what fails and what fades fast comes twice
STEEP: Final = 1.2  # how much more the last days may take, where an answer does most
STEEP_DAYS: Final = 6  # fewer than half of the even days: their median stays the level
FASTEST_DAYS: Final = 3.0  # a fact counts at most once in so many days
_MOST_GROWTH: Final = 12  # answers until then
_SAFE: Final = 0.99  # recall on exam day that needs nothing more


def level_room(tracks: Sequence[Track], terms: Terms) -> dict[int, float]:
    """Return the seconds of each day that may be used.

    Never more than the day's minutes. The level follows from the facts alone, not from how far the
    plan has come, so that it stays the same from day to day; unless somebody begins late.
    """
    end = terms.days.stop
    seconds = {day: terms.seconds_on(day) for day in terms.days}
    needed = [_seconds_a_day(one, terms.today, end) for one in tracks if _is_active(one, end)]
    left = [
        one.fact.seconds for one in tracks
        if one.is_new or (one.fact.last_day < end - EVEN_DAYS and one.value < _SAFE)
    ]  # fmt: skip
    ahead = sum(terms.share_on(day) for day in list(terms.days)[-EVEN_DAYS:])
    gone = max(EVEN_DAYS - len(terms.days), 0)
    even = sum(needed) * EVEN_DAYS / max(ahead + gone, 1.0)
    level = LIFT * max(even, sum(left) / max(ahead, 1.0))
    longest = NEW_ANSWERS * max((one.fact.seconds for one in tracks), default=0.0)
    return {
        day: min(room, max(level * _tilt(end - day) * terms.share_on(day), longest))
        for day, room in seconds.items()
    }


def _tilt(days_left: int) -> float:
    return STEEP if days_left <= STEEP_DAYS else 1.0


def _is_active(track: Track, end: int) -> bool:
    """Say whether the fact takes part in the last days, also when it has been asked in them."""
    return track.is_new or track.value < _SAFE or track.fact.last_day >= end - 2 * EVEN_DAYS


def _seconds_a_day(track: Track, today: int, end: int) -> float:
    """Return what the fact takes a day: once in the even days, or as often as it fades.

    As it will be when these days begin, if until then it is asked whenever it is due.
    """
    now, last = track.start, today if track.is_new else track.fact.last_day
    for _ in range(_MOST_GROWTH):
        day = max(last + max(round(now[0]), 1), today)
        if day >= end - EVEN_DAYS:
            break
        now, last = track.recall.mixed(*now, day - last), day
    days = now[0] * track.recall.fresh_share
    return track.fact.seconds / min(max(days, FASTEST_DAYS), EVEN_DAYS)
