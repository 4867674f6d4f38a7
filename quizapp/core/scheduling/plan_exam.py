"""Planning with an exam: answers go where they add the most expected score for their time."""

from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import Final

from quizapp.core.scheduling.plan_level import level_room
from quizapp.core.scheduling.plan_recall import NEW_ANSWERS, Recall
from quizapp.core.scheduling.plan_terms import DayPlan, Plan, PlanFact, Terms
from quizapp.core.scheduling.plan_track import Track

LEAST_GAIN: Final = 0.004 / 20  # points per second: below, time is better spent elsewhere
MOST_ANSWERS: Final = 8  # of one fact in one plan
MEETING_SHARE: Final = 0.75  # of the days, in which new facts are met
_DAYS_LOOKED_AT: Final = 12  # of one fact, of those before the last week
_LOOKS: Final = 12_000  # at a day for a fact; with more facts each looks at fewer days
_CLOSE_LOOKS: Final = 6_500  # facts times days, up to which today comes from the whole plan
_MOST_IN_BLOCKS: Final = 2  # answers of one fact, where days are looked at together
_MEETING_DAYS: Final = 7  # a new fact may come this many days later where its own is full


def exam_days(facts: Sequence[PlanFact], terms: Terms, recall: Recall) -> Plan:
    """Return the plan to an exam."""
    tracks = [Track(fact, recall, terms.today, terms.days.stop) for fact in facts]
    _Filling(tracks, terms, level_room(tracks, terms)).run()
    return _told(tracks, terms)


def exam_today(facts: Sequence[PlanFact], terms: Terms, recall: Recall) -> DayPlan:
    """Return the first day of the plan; with many facts of one that looks ahead less closely."""
    if len(facts) * len(terms.days) <= _CLOSE_LOOKS or len(terms.days) < 2:
        return (exam_days(facts, terms, recall).days or (DayPlan(terms.today, (), (), 0.0),))[0]
    tracks = [Track(fact, recall, terms.today, terms.days.stop) for fact in facts]
    room = level_room(tracks, terms)
    filling = _Filling(tracks, terms, _in_blocks(room))
    filling.most_answers = _MOST_IN_BLOCKS
    filling.run(until_full=terms.today)
    return _day(terms.today, [one for one in tracks if terms.today in one.days])


def _in_blocks(room: Mapping[int, float]) -> dict[int, float]:
    """Return the room of today, and of stretches of days under the middle one of each."""
    days = list(room)
    ends = sorted({1, 3, 7, len(days) - 4, len(days) - 1, len(days)})
    ends = [one for one in ends if 0 < one <= len(days)]
    blocks = [days[start:end] for start, end in pairwise([0, *ends])]
    return {block[len(block) // 2]: sum(room[day] for day in block) for block in blocks}


class _Filling:
    """Days are given to tracks, the best gain for its time first, while there is room."""

    def __init__(self, tracks: Sequence[Track], terms: Terms, room: Mapping[int, float]) -> None:
        self.tracks = tracks
        self.terms = terms
        self.room = dict(room)
        self.whole = room
        self.opens = _openings(tracks, terms)
        self.met: dict[int, int] = {}
        self.most_answers = MOST_ANSWERS
        looks = max(len(self.room) * len(tracks), 1)
        self.stride = max(len(self.room) // _DAYS_LOOKED_AT, looks // _LOOKS, 1)
        self.near = 7 if self.stride < 4 else 2  # days before the exam of which each is looked at

    def run(self, until_full: int | None = None) -> None:
        """Fill the days, or until that one is full.

        The heap holds at first what an answer could gain at most, then what it does gain.
        """
        most = [(1 - one.value) * one.fact.points / one.fact.seconds for one in self.tracks]
        heap = [(-rate, place, False) for place, rate in enumerate(most) if rate > LEAST_GAIN]
        heapify(heap)
        choices: list[list[tuple[float, int]]] = [[] for _ in self.tracks]
        left = sum(self.room.values())
        least = min((one.fact.seconds for one in self.tracks), default=0.0)
        while heap and left > 0 and (until_full is None or self.room[until_full] > least):
            _, place, is_known = heappop(heap)
            if is_known:
                spent = self._take(place, choices[place].pop()[1])
                left -= spent
                is_known = not spent
            if not is_known:
                choices[place] = self._choices(place)
            if choices[place]:
                heappush(heap, (-choices[place][-1][0], place, True))

    def _take(self, place: int, day: int) -> float:
        """Ask the fact on that day if there is room; return the seconds it takes, else 0."""
        track = self.tracks[place]
        fresh = track.is_new and not track.days
        if fresh and self.met.get(day, 0) >= self._most_new():
            return 0.0
        days = sorted([*track.days, day])
        # What takes longer than a day has may have it all. What was set aside for the fact's later
        # answers stays: an earlier one changes it by a second or so.
        seconds = min(track.seconds(days)[days.index(day)], self.whole[day])
        if seconds > self.room[day]:
            return 0.0
        self.room[day] -= seconds
        self.met[day] = self.met.get(day, 0) + fresh
        track.taken[day] = seconds
        track.days, track.value = days, track.expected(days)
        return seconds

    def _most_new(self) -> int:
        most = self.terms.new_per_day
        return len(self.tracks) if most is None else most

    def _choices(self, place: int) -> list[tuple[float, int]]:
        """Return gain per second and day of each further answer that has room, the best last."""
        track = self.tracks[place]
        if len(track.days) >= self.most_answers:
            return []
        if track.is_new and not track.days:
            return self._first_choices(track, self.opens[place])
        fact, room = track.fact, self.room
        scale = fact.points / fact.seconds
        if (1 - track.value) * scale <= LEAST_GAIN:
            return []
        first = track.days[0] + 1 if track.is_new else track.first_day
        last_week = track.exam_day - self.near
        days = [
            day
            for day in room
            if first <= day
            and self._has_room(day, fact.seconds)
            and (day >= last_week or not (day + place) % self.stride)
            and day not in track.days
        ]
        found = [
            (rate, day)
            for value, day in track.with_one_more(days)
            if (rate := (value - track.value) * scale) > LEAST_GAIN
        ]
        found.sort()
        return found

    def _has_room(self, day: int, seconds: float) -> bool:
        return self.room[day] >= min(seconds, self.whole[day]) > 0

    def _first_choices(self, track: Track, opens: int) -> list[tuple[float, int]]:
        """Return the days on which a new fact may be met, the first one last.

        That keeps the pace even. It is worth what it brings if nothing else is asked of it.
        """
        seconds = track.fact.seconds * NEW_ANSWERS
        days = [day for day in self.room if day >= opens and self._has_room(day, seconds)]
        days = days[:_MEETING_DAYS]
        best = max((track.expected([day]) for day in days), default=0.0)
        rate = best * track.fact.points / seconds
        return [(rate, day) for day in reversed(days)] if rate > LEAST_GAIN else []


def _openings(tracks: Sequence[Track], terms: Terms) -> dict[int, int]:
    """Return from which day on each new fact may be met: evenly, not in the last quarter."""
    fresh = [place for place, track in enumerate(tracks) if track.is_new]
    days = [day for day in terms.days if terms.seconds_on(day)]
    days = days[: max(round(len(days) * MEETING_SHARE), 1)]
    if not days:
        return dict.fromkeys(fresh, terms.today)
    return {place: days[n * len(days) // len(fresh)] for n, place in enumerate(fresh)}


def _told(tracks: Sequence[Track], terms: Terms) -> Plan:
    by_day: dict[int, list[Track]] = {day: [] for day in terms.days}
    for track in tracks:
        for day in track.days:
            by_day[day].append(track)
    recall = {one.fact.fact_id: one.value for one in tracks}
    expected = sum(one.value * one.fact.points for one in tracks)
    return Plan(tuple(_day(day, here) for day, here in by_day.items()), recall, expected)


def _day(day: int, here: Sequence[Track]) -> DayPlan:
    new = tuple(one.fact.fact_id for one in here if one.is_new and one.days[0] == day)
    old = [one for one in here if not (one.is_new and one.days[0] == day)]
    old.sort(key=lambda one: (-_worth(one, day), one.fact.fact_id))
    seconds = sum(one.taken[day] for one in here)
    return DayPlan(day, tuple(one.fact.fact_id for one in old), new, seconds / 60)


def _worth(track: Track, day: int) -> float:
    """Return what it costs to leave this answer out, in points for a second."""
    without = [one for one in track.days if one != day]
    return (track.value - track.expected(without)) * track.fact.points / track.fact.seconds
