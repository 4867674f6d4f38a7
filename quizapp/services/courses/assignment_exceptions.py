"""Exceptions: what one person in a course gets that differs from an assignment's terms."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from quizapp.database import writing
from quizapp.models import AssignmentException
from quizapp.services.courses import access, assignment_terms, assignments
from quizapp.services.courses.access import CourseView, Member
from quizapp.services.courses.assignment_terms import TIMES, Terms
from quizapp.services.courses.assignments import AssignmentView
from quizapp.services.people import audit
from quizapp.services.people.sessions import Person

OURS = (*TIMES, "tries", "excused")  # of the keys of `changes`; the rest belong to marking


@dataclass(frozen=True, slots=True)
class Change:
    """What differs for one person; None: as for everybody."""

    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    tries: int | None = None
    excused: bool = False

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Change":
        """Read what the table holds."""
        times = {name: datetime.fromisoformat(stored[name]) for name in TIMES if stored.get(name)}
        return cls(**times, tries=stored.get("tries") or None, excused=bool(stored.get("excused")))

    def stored(self) -> dict[str, Any]:
        """Return what the table holds: only what differs."""
        times = {name: getattr(self, name) for name in TIMES}
        kept: dict[str, Any] = {
            name: at.astimezone(UTC).isoformat() for name, at in times.items() if at is not None
        }
        if self.tries is not None:
            kept["tries"] = self.tries
        return {**kept, "excused": True} if self.excused else kept


@dataclass(frozen=True, slots=True)
class Row:
    """A learner, what differs for them, and what their terms are then."""

    member: Member
    change: Change
    terms: Terms

    @property
    def differs(self) -> bool:
        """Whether there is an exception."""
        return self.change != Change()


def of_assignment(assignment: AssignmentView) -> list[Row]:
    """Return all learners of the course by name, those with an exception first."""
    changes = assignments.changes_of([assignment.id])
    rows = [
        _row(assignment, one, changes.get((assignment.id, one.user_id), {}))
        for one in access.learners(assignment.course_id)
    ]
    return sorted(rows, key=lambda row: not row.differs)


def of_member(assignment: AssignmentView, member: Member) -> Row:
    """Return what differs for one person."""
    changes = assignments.changes_of([assignment.id], member.user_id)
    return _row(assignment, member, changes.get((assignment.id, member.user_id), {}))


def save(
    course: CourseView, uid: str, member: Member, change: Change, person: Person, now: datetime
) -> None:
    """Set what differs for one person, all of it; their open attempt gets the new end.

    Points given by hand stay. Raises Absent, Unfit (also where it would be due before it opens,
    with what everybody has), Archived.
    """
    with writing() as session:
        row = assignments.locked(session, course, uid)
        terms = assignment_terms.of_row(row).with_changes(change.stored())
        terms.checked()
        there = session.get(AssignmentException, (row.id, member.user_id))
        kept = {name: value for name, value in (there.changes if there else {}).items()
                if name not in OURS}  # fmt: skip
        changes = {**kept, **change.stored()}
        if there is None:
            session.add(
                AssignmentException(assignment_id=row.id, user_id=member.user_id, changes=changes)
            )
        elif changes:
            there.changes = changes
        else:
            session.delete(there)
        session.flush()
        assignments.move_deadlines(session, row, now)
        audit.note(session, now, person.id, "assignment.exception", member.user_id, row.uid)


def _row(assignment: AssignmentView, member: Member, stored: dict[str, Any]) -> Row:
    return Row(member, Change.of(stored), assignment.terms.with_changes(stored))
