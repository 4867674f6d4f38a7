"""The forecast of a course for its staff: what the class will know on a day, and who and what not.

Estimates, never grades; made in the background by `forecast_numbers`, named when they are shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from quizapp.core.statistics.class_forecast import Band
from quizapp.extensions import db
from quizapp.models import Assignment, User
from quizapp.services.content.questions import Absent
from quizapp.services.courses import access, course_facts, snapshots
from quizapp.services.courses.access import CourseView, Member
from quizapp.services.courses.course_facts import chunks
from quizapp.services.courses.forecast_numbers import WEAKEST, WHOLE
from quizapp.services.study.forecasts import PREF

BEHIND: Final = 10  # learners named on the page itself
TENTHS: Final = 10
COURSE: Final = "course"  # in addresses: the course as a whole


@dataclass(frozen=True, slots=True)
class Target:
    """A day with what the class will know then, of `facts`: as it is, and if all follow a plan.

    key: of addresses. title: of the assignment, "" for the course as a whole. planned: None where
    no plan was made. sampled: learners for whom one was. repair_s: what the weakest facts take one.
    """

    key: str
    title: str
    day: date
    facts: int
    learners: int
    mean: Band
    planned: float | None
    sampled: int
    repair_s: float


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact on the day: mean recall over `learners`, where who never met it counts as 0."""

    uid: str
    statement: str
    recall: float
    never_met: int
    learners: int


@dataclass(frozen=True, slots=True)
class LearnerLine:
    """A learner on the day."""

    member: Member
    band: Band


@dataclass(frozen=True, slots=True)
class Board:
    """The page of one target. targets: all, the soonest first. tenths: learners by share known.

    unseen: learners who see no forecasts; they count, and no line shows them.
    """

    as_of: datetime
    is_fresh: bool
    minutes: int
    seconds: float
    targets: Sequence[Target]
    target: Target | None
    weakest: Sequence[FactLine]
    behind: Sequence[LearnerLine]
    tenths: Sequence[int]
    unseen: int


def board(course: CourseView, now: datetime, key: str = "") -> Board | None:
    """Return the forecast for a day, the next one where none is named; None while it is made.

    Absent where there is no such day.
    """
    figures = snapshots.current(course, now, snapshots.FORECAST)
    if figures is None:
        return None
    found = _targets(figures.data, course)
    chosen = _chosen(found, key)
    lines = _learner_lines(course, chosen[1]) if chosen else []
    return Board(
        as_of=figures.as_of,
        is_fresh=figures.is_fresh,
        minutes=figures.data["minutes"],
        seconds=figures.data["seconds"],
        targets=[target for target, _ in found],
        target=chosen[0] if chosen else None,
        weakest=_fact_lines(chosen[1], WEAKEST) if chosen else [],
        behind=lines[:BEHIND],
        tenths=_tenths(chosen[1]) if chosen else [],
        unseen=len(chosen[1]["who"]) - len(lines) if chosen else 0,
    )


def learners(course: CourseView, now: datetime, key: str) -> tuple[Target, list[LearnerLine]]:
    """Return the learners on a day, the one who will know least first; Absent for no such day."""
    target, data = _of(course, now, key)
    return target, _learner_lines(course, data)


def facts(course: CourseView, now: datetime, key: str) -> tuple[Target, list[FactLine]]:
    """Return the facts on a day, the weakest first; Absent for no such day."""
    target, data = _of(course, now, key)
    return target, _fact_lines(data)


def tenth(band: Band, facts: int) -> int:
    """Return in which tenth of the facts a learner's mean lies, from 0; all of them is the last."""
    return min(int(band.mean / facts * TENTHS + 1e-9), TENTHS - 1) if facts else 0


def _of(course: CourseView, now: datetime, key: str) -> tuple[Target, dict[str, Any]]:
    figures = snapshots.current(course, now, snapshots.FORECAST)
    found = _targets(figures.data, course) if figures else []
    chosen = _chosen(found, key)
    if chosen is None:
        raise Absent
    return chosen


_Found = tuple[Target, dict[str, Any]]


def _chosen(found: Sequence[_Found], key: str) -> _Found | None:
    if not key:
        return found[0] if found else None
    chosen = next((one for one in found if one[0].key == key), None)
    if chosen is None:
        raise Absent
    return chosen


def _targets(data: Mapping[str, Any], course: CourseView) -> list[_Found]:
    """Return the targets with their titles of now; an assignment taken back since is gone."""
    ids = [one["id"] for one in data["targets"]]
    rows = db.session.execute(
        sa.select(Assignment.id, Assignment.uid, Assignment.title).where(
            Assignment.id.in_(ids),
            Assignment.course_id == course.id,
            Assignment.deleted_at.is_(None),
        )
    )
    words = {one_id: (uid, title) for one_id, uid, title in rows} | {WHOLE: (COURSE, "")}
    return [(_target(one, *words[one["id"]]), one) for one in data["targets"] if one["id"] in words]


def _target(one: Mapping[str, Any], key: str, title: str) -> Target:
    return Target(
        key=key,
        title=title,
        day=date.fromordinal(one["day"]),
        facts=len(one["risks"]),
        learners=len(one["who"]),
        mean=Band(*one["mean"]),
        planned=one["planned"],
        sampled=one["sampled"],
        repair_s=one["repair_s"],
    )


def _fact_lines(one: Mapping[str, Any], most: int | None = None) -> list[FactLine]:
    """Return the weakest facts with their texts of now."""
    risks = one["risks"][:most]
    words = course_facts.words([fact for fact, _, _ in risks])
    learners = len(one["who"])
    return [
        FactLine(*words[fact], recall, never_met, learners)
        for fact, recall, never_met in risks
        if fact in words
    ]


def _learner_lines(course: CourseView, one: Mapping[str, Any]) -> list[LearnerLine]:
    """Return the learners of now who see forecasts themselves, who will know least first."""
    people = {member.user_id: member for member in access.learners(course.id)}
    unseen = _unseen(list(people))
    pairs = [
        LearnerLine(people[who], Band(*band))
        for who, band in zip(one["who"], one["bands"], strict=True)
        if who in people and who not in unseen
    ]
    return sorted(pairs, key=lambda line: line.band.mean)


def _unseen(ids: list[int]) -> set[int]:
    """Return who has switched forecasts off for themselves."""
    found: set[int] = set()
    for some in chunks(ids):
        rows = db.session.execute(sa.select(User.id, User.prefs).where(User.id.in_(some)))
        found |= {who for who, prefs in rows if (prefs or {}).get(PREF) is False}
    return found


def _tenths(one: Mapping[str, Any]) -> list[int]:
    counts = [0] * TENTHS
    for band in one["bands"]:
        counts[tenth(Band(*band), len(one["risks"]))] += 1
    return counts
