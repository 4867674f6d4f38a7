"""A course of invented learners whose true knowledge is known: for try-outs, never in earnest."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank as BankRow
from quizapp.models import BankMember, Course, Enrolment, Fact, LoggedResponse, Question, User
from quizapp.services.courses import access, courses, demo_plan, demo_tasks, joining
from quizapp.services.courses.access import INSTRUCTOR, CourseView
from quizapp.services.courses.demo_history import Bank, Life
from quizapp.services.courses.demo_plan import Learner, Plan
from quizapp.services.identifiers import new_secret
from quizapp.services.people import accounts, sessions
from quizapp.services.people.sessions import Person
from quizapp.services.transfer import importing

TITLE: Final = "Immunology 101"
ORIGIN: Final = "questions/immunotherapy"
HOUR: Final = 15  # people study between this hour and six hours later
PASSWORD_LENGTH: Final = 14
_MARK: Final = "@demo.example.org"  # of the addresses of demo instructors; nobody can own one


class DemoRefused(ValueError):
    """The instance is not one to fill with a demo; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class FactSaid:
    """A fact of the bank: its public id, its key, and what it says."""

    uid: str
    key: str
    statement: str


@dataclass(frozen=True, slots=True)
class Made:
    """A demo course, how to sign in to it, and what is true of its learners."""

    course: CourseView
    instructor: str
    password: str
    code: str
    plan: Plan
    facts: tuple[FactSaid, ...]
    learners: tuple[str, ...]  # uids, in the order of the plan
    responses: int

    def as_json(self) -> dict[str, Any]:
        """Return what the command prints: `truth` says how likely who knows which fact."""
        people = list(zip(self.learners, self.plan.learners, strict=True))
        weak = [fact for fact in self.facts if fact.key in self.plan.weak_facts]

        def named(kind: str) -> list[dict[str, str]]:
            return [{"uid": uid, "name": one.name} for uid, one in people if one.kind == kind]

        return {
            "course": self.course.uid,
            "title": self.course.title,
            "instructor": self.instructor,
            "password": self.password,
            "code": self.code,
            "weak_facts": [asdict(fact) for fact in weak],
            "weak_learners": named(demo_plan.WEAK),
            "stopped": named(demo_plan.STOPPED),
            "guessing": named(demo_plan.GUESSING),
            "learners": len(people),
            "responses": self.responses,
            "truth": {
                "facts": [fact.uid for fact in self.facts],
                "learners": [uid for uid, _ in people],
                "knows": [
                    [round(self.plan.knows(one, fact.key), 3) for fact in self.facts]
                    for _, one in people
                ],
            },
        }


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a demo is to be; the same seed gives the same class and the same knowledge."""

    seed: int = 1
    learners: int = 30
    again: bool = False  # also where there is a demo
    force: bool = False  # also where there are courses of others


def make(wishes: Wishes, questions: Path, secret: str, now: datetime) -> Made:
    """Fill the instance with a demo course that began four weeks before `now`.

    `questions` is the folder with the project's own banks, `secret` the app's, for the course's
    code. Raises DemoRefused as the wishes say, or where the bank about immunotherapy was deleted;
    ValueError for a number of learners that cannot be.
    """
    number = _checked(wishes)
    importing.import_folders(questions, now)
    bank, facts = _bank()
    plan = demo_plan.make([fact.key for fact in facts], wishes.learners, wishes.seed)
    start = (now - timedelta(days=demo_plan.DAYS)).replace(hour=HOUR, minute=0, second=0)
    email, password = f"demo-{number}{_MARK}", new_secret()[:PASSWORD_LENGTH]
    teacher = _teacher(email, password, bank, start)
    course = courses.create(teacher, courses.Wanted(TITLE, "UTC"), start)
    joining.open_code(course, secret, start)
    people = [
        _join(course, one, f"learner-{place}.demo-{number}{_MARK}", start)
        for place, one in enumerate(plan.learners, 1)
    ]
    tasks = demo_tasks.assign(course, teacher, bank, start)
    for person, learner in zip(people, plan.learners, strict=True):
        life = Life(person, learner, plan, bank, start, wishes.seed)
        seen = access.find(course.uid, person)
        life.live(demo_tasks.events(life, seen, tasks))
    joining.open_code(course, secret, now)
    course = access.find(course.uid, teacher)
    return Made(
        course=course,
        instructor=email,
        password=password,
        code=joining.code_of(course, secret) or "",
        plan=plan,
        facts=tuple(facts),
        learners=tuple(one.uid for one in people),
        responses=_responses(course.id),
    )


def _checked(wishes: Wishes) -> int:
    """Return the number of the new demo; DemoRefused where there may be none."""
    teaching = db.session.execute(
        sa.select(Enrolment.course_id, User.email_key)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.role == INSTRUCTOR)
    ).all()
    demos = {course_id for course_id, email in teaching if (email or "").endswith(_MARK)}
    if demos and not wishes.again:
        raise DemoRefused("There is a demo course here already: --again makes another one.")
    others = db.session.scalar(sa.select(sa.func.count(Course.id)).where(Course.id.not_in(demos)))
    if others and not wishes.force:
        raise DemoRefused("There are courses of others here: --force makes a demo beside them.")
    emails = sa.select(sa.func.count(User.id)).where(
        User.email_key.like(f"demo-%{_MARK}"), User.role == "instructor"
    )
    return 1 + (db.session.scalar(emails) or 0)


def _bank() -> tuple[Bank, list[FactSaid]]:
    row = db.session.scalars(
        sa.select(BankRow)
        .where(BankRow.origin == ORIGIN, BankRow.deleted_at.is_(None))
        .order_by(BankRow.id)
    ).first()
    if row is None:
        raise DemoRefused("The bank about immunotherapy was deleted here; a demo is made of it.")
    rows = db.session.execute(
        sa.select(Fact.id, Fact.uid, Fact.key, Fact.statement)
        .where(Fact.bank_id == row.id, Fact.status == "active")
        .order_by(Fact.position, Fact.id)
    ).all()
    facts = [FactSaid(one.uid, one.key or one.uid, one.statement) for one in rows]
    keys = {one.id: one.key or one.uid for one in rows}
    asking = db.session.execute(
        sa.select(Question.id, Question.fact_id).where(Question.fact_id.in_(keys))
    )
    return Bank(row.id, row.slug, {question: keys[fact] for question, fact in asking}), facts


def _teacher(email: str, password: str, bank: Bank, start: datetime) -> Person:
    """Make the instructor, who may edit the bank: a course leads to mending its questions."""
    uid, _ = accounts.add_user(email, "instructor", "Demo Instructor", password, start)
    with writing() as session:
        user = session.scalars(sa.select(User).where(User.uid == uid)).one()
        session.add(BankMember(bank_id=bank.id, user_id=user.id, access="edit"))
        user_id = user.id
    return _person(user_id)


def _join(course: CourseView, learner: Learner, email: str, start: datetime) -> Person:
    """Make a learner, who joins as people do: with an account, or as a guest with a name."""
    if learner.is_guest:
        person, _ = sessions.guest_of(new_secret(), start, course.tz)
    else:
        uid, _ = accounts.add_user(email, "learner", learner.name, None, start)
        person = _person(db.session.scalars(sa.select(User.id).where(User.uid == uid)).one())
    joining.join(course, person, learner.name, start)
    return person


def _person(user_id: int) -> Person:
    found = sessions.person(user_id)
    if found is None:
        raise LookupError(user_id)
    return found


def _responses(course_id: int) -> int:
    members = sa.select(Enrolment.user_id).where(Enrolment.course_id == course_id)
    query = sa.select(sa.func.count()).select_from(LoggedResponse)
    return db.session.scalar(query.where(LoggedResponse.user_id.in_(members))) or 0
