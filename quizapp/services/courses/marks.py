"""The marks of a course: what each assigned quiz came to for each learner, and in all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from quizapp.core import marks
from quizapp.core.marks import Sat, Total
from quizapp.services.courses import access, mark_rows
from quizapp.services.courses.access import CourseView, Member
from quizapp.services.courses.assignment_terms import Terms
from quizapp.services.courses.mark_rows import Cell, Column, Given, Rows, Sitting

__all__ = ["Detail", "Mark", "MarkTable", "detail", "of_course", "of_learner"]


@dataclass(frozen=True, slots=True)
class Mark:
    """What an assigned quiz came to for one learner.

    points are None where nothing was handed in or given. What awaits a person is neither in them
    nor in max_points. original: the points in whose place others were given by hand.
    """

    user_id: int
    assignment_id: int
    points: float | None
    max_points: float | None
    late: timedelta | None  # of the attempt that counts; of their mean the latest
    missing: bool  # due or closed, and nothing was begun
    excused: bool
    waiting: int  # answers of the attempt that counts that a person has to mark
    overridden: bool
    original: float | None
    note: str  # of whoever gave points by hand
    attempt_uid: str | None  # the attempt that counts; of their mean the last
    tries_used: int
    released: bool  # learners may see points, keys and comments
    taken: float = 0.0  # points that lateness took
    under_way: bool = False  # an attempt is open
    most: float = 0.0  # all points that can be had, marked or not

    @property
    def percent(self) -> float | None:
        """Points in percent of what is marked."""
        if self.points is None or not self.max_points:
            return None
        return 100 * self.points / self.max_points

    @property
    def in_total(self) -> tuple[float, float] | None:
        """Points and the most as the course's total counts them; None where it counts neither."""
        if self.excused:
            return None
        if self.points is not None:
            return self.points, self.max_points or 0.0
        return (0.0, self.most) if self.missing else None


@dataclass(frozen=True, slots=True)
class MarkTable:
    """The marks of a course's learners, by name, in its assigned quizzes, by due date."""

    learners: Sequence[Member]
    assignments: Sequence[Column]
    marks: Mapping[Cell, Mark]  # by learner and assignment

    def total(self, user_id: int) -> Total:
        """Return what a learner's marks come to."""
        return total_of([self.marks[(user_id, column.id)] for column in self.assignments])


def total_of(found: Sequence[Mark]) -> Total:
    """Return what marks come to together.

    Points over the most of them: what is missing counts as nothing reached; excused work, work
    that is not due yet and answers that await a person do not count.
    """
    return marks.total(counted for mark in found if (counted := mark.in_total) is not None)


def of_course(course: CourseView, now: datetime, only: Sequence[Member] | None = None) -> MarkTable:
    """Return the marks of all learners who are in a course now, or only of some of them."""
    learners = access.learners(course.id) if only is None else only
    rows = mark_rows.read(course, None if only is None else [one.user_id for one in only])
    cells = {
        (learner.user_id, column.id): _mark(learner.user_id, column, rows, now)
        for learner in learners
        for column in rows.columns
    }
    return MarkTable(learners, rows.columns, cells)


def of_learner(course: CourseView, user_id: int, now: datetime) -> list[Mark]:
    """Return a learner's marks by due date, with as much as they may see: of held results none."""
    rows = mark_rows.read(course, [user_id])
    found = [_mark(user_id, column, rows, now) for column in rows.columns]
    return [mark if mark.released else _hidden(mark) for mark in found]


def _hidden(mark: Mark) -> Mark:
    return replace(
        mark, points=None, max_points=None, waiting=0, overridden=False, original=None, note="",
        taken=0.0,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Detail:
    """One learner's mark in one assignment, and what it is made of."""

    learner: Member
    column: Column
    terms: Terms  # the learner's own, exceptions counted in
    mark: Mark
    sittings: Sequence[Sitting]
    given: Sequence[Given]


def detail(course: CourseView, uid: str, learner: Member, now: datetime) -> Detail:
    """Return a learner's mark in one assignment with its attempts; Absent."""
    column = mark_rows.column(course, uid)
    rows = mark_rows.read(course, [learner.user_id], uid)
    cell = (learner.user_id, column.id)
    mark = _mark(learner.user_id, column, rows, now)
    sittings, given = rows.sittings.get(cell, ()), rows.given(cell)
    return Detail(learner, column, rows.terms(cell, column), mark, sittings, given)


def _mark(user_id: int, column: Column, rows: Rows, now: datetime) -> Mark:
    cell = (user_id, column.id)
    terms, sittings = rows.terms(cell, column), rows.sittings.get(cell, ())
    closed = [one for one in sittings if one.is_closed]
    lates = [terms.late_by(one.handed_in_at) for one in closed]
    sat = [
        Sat(one.points or 0.0, one.max_points or 0.0, terms.kept_share(late))
        for one, late in zip(closed, lates, strict=True)
    ]
    come = marks.come_to(sat, terms.counts)
    places = [] if come is None else range(len(sat)) if come.which is None else [come.which]
    is_due = terms.has_ended(now) or (terms.due_at is not None and terms.due_at <= now)
    mark = Mark(
        user_id=user_id,
        assignment_id=column.id,
        points=come.points if come else None,
        max_points=come.most if come else None,
        late=max((late for place in places if (late := lates[place])), default=None),
        missing=is_due and not sittings and not terms.excused,
        excused=terms.excused,
        waiting=sum(closed[place].waiting for place in places),
        overridden=False,
        original=None,
        note="",
        attempt_uid=closed[places[-1]].uid if places else None,
        tries_used=len(sittings),
        released=not terms.hides_results(now),
        taken=come.taken if come else 0.0,
        under_way=any(not one.is_closed for one in sittings),
        most=max(column.most, come.most if come else 0.0),
    )
    return _by_hand(mark, rows.given(cell))


def _by_hand(mark: Mark, given: Sequence[Given]) -> Mark:
    """Put the points given by hand last in place of those that the attempts came to."""
    if not given or given[-1].points is None:
        return mark
    judged = mark.max_points if not mark.waiting else None
    return replace(
        mark,
        points=given[-1].points,
        max_points=judged or mark.most,
        overridden=True,
        original=mark.points,
        note=given[-1].note,
        missing=False,
    )
