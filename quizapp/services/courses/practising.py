"""Giving a class a set of facts to practise, straight from what it does not know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Bank, Fact
from quizapp.services.content import banks
from quizapp.services.courses import assignments, course_facts
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.assignment_terms import Terms
from quizapp.services.courses.assignments import RETENTION
from quizapp.services.courses.courses import Archived
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes.quiz_settings import Unfit

MOST = 200  # facts ticked at once


@dataclass(frozen=True, slots=True)
class Practice:
    """What was given: the uids of the goals, one per bank, and how many facts they hold."""

    goals: Sequence[str]
    facts: int


def practise(
    course: CourseView,
    person: Person,
    fact_uids: Sequence[str],
    title: str,
    due_at: datetime | None,
    now: datetime,
) -> Practice:
    """Give the class these facts of the course as goals with a due time, one goal per bank.

    Raises Unfit where none is ticked, where a value cannot be, or where a bank is not this
    person's to give; then nothing is given. Archived.
    """
    if course.is_archived:
        raise Archived
    by_bank = _by_bank(course, fact_uids[:MOST])
    if not by_bank:
        raise Unfit("facts", "Tick at least one fact.")
    if not all(_may_give(person, slug) for slug in by_bank):
        raise Unfit("facts", "One of these facts is of a bank that is not yours to give.")
    if due_at is not None and due_at <= now:
        raise Unfit("due_at", "That is over. Give a day that is to come.")
    terms = Terms(title=title, due_at=due_at).checked()
    goals = [
        assignments.create_goal(course, person, slug, facts, RETENTION, terms, now)
        for slug, facts in by_bank.items()
    ]
    return Practice(goals, sum(len(facts) for facts in by_bank.values()))


def _may_give(person: Person, slug: str) -> bool:
    bank = banks.find(slug)
    return bank is not None and banks.may_give(person, bank)


def _by_bank(course: CourseView, fact_uids: Sequence[str]) -> dict[str, list[int]]:
    """Return those that the course is about, by the slug of their bank."""
    there = set(course_facts.of_course(course.id).facts)
    rows = db.session.execute(
        sa.select(Fact.id, Bank.slug)
        .join(Bank, Bank.id == Fact.bank_id)
        .where(Fact.uid.in_(fact_uids))
        .order_by(Bank.id, Fact.position, Fact.id)
    )
    found: dict[str, list[int]] = {}
    for fact_id, slug in rows:
        if fact_id in there:
            found.setdefault(slug, []).append(fact_id)
    return found
