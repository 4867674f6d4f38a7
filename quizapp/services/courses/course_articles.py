"""The articles of a course: those of the banks that its assignments ask from."""

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import (
    Article,
    Assignment,
    Bank,
    BankMember,
    Enrolment,
    Question,
    Quiz,
    QuizSlot,
)
from quizapp.services.content import banks
from quizapp.services.content.questions import Absent
from quizapp.services.courses.access import INSTRUCTOR, CourseView
from quizapp.services.people.sessions import Person

PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class CourseArticle:
    """An article in its version of now, with its bank.

    may_write: whether who asks may write questions on it.
    """

    id: int
    uid: str
    version: int
    bank_slug: str
    bank_title: str
    language: str
    may_write: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a course's articles, PAGE at most; `total` is how many there are on all pages."""

    articles: list[CourseArticle]
    total: int
    number: int
    pages: int


def find(course: CourseView, person: Person, uid: str) -> CourseArticle:
    """Return an article of the course; Absent where it has none of this uid."""
    row = db.session.execute(_articles(course, person).where(Article.uid == uid)).first()
    if row is None:
        raise Absent
    return _article(course, person, *row)


def page(course: CourseView, person: Person, number: int = 1) -> Page:
    """Return a page of the course's articles, by bank; the nearest where there is no such page."""
    query = _articles(course, person)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    number = min(max(number, 1), pages)
    ordered = query.order_by(sa.func.lower(Bank.title), Bank.id, Article.id)
    rows = db.session.execute(ordered.limit(PAGE).offset((number - 1) * PAGE))
    return Page([_article(course, person, *row) for row in rows], total, number, pages)


def _article(course: CourseView, person: Person, article: Article, bank: Bank) -> CourseArticle:
    may_write = person.may_teach and not course.is_archived and banks.may_edit(person, bank)
    return CourseArticle(
        id=article.id,
        uid=article.uid,
        version=article.version,
        bank_slug=bank.slug,
        bank_title=bank.title,
        language=bank.language,
        may_write=may_write,
    )


def _articles(course: CourseView, person: Person) -> sa.Select[Article, Bank]:
    """Select what may be read: by the person who asks, or by one who teaches the course.

    A quiz that is open to all may be assigned by anybody; the bank behind it need not be.
    """
    teachers = sa.select(Enrolment.user_id).where(
        Enrolment.course_id == course.id,
        Enrolment.role == INSTRUCTOR,
        Enrolment.left_at.is_(None),
    )
    lent = sa.select(BankMember.bank_id).where(BankMember.user_id.in_(teachers))
    theirs = sa.or_(Bank.owner_id.in_(teachers), Bank.id.in_(lent))
    return (
        sa.select(Article, Bank)
        .join(Bank, Bank.id == Article.bank_id)
        .where(
            Bank.id.in_(_bank_ids(course.id)),
            Bank.deleted_at.is_(None),
            sa.or_(banks.viewable(person), theirs),
        )
    )


def _bank_ids(course_id: int) -> sa.CompoundSelect[Any]:
    """Select the banks of assigned goals, of assigned quizzes, and of what these ask."""
    given = sa.and_(Assignment.course_id == course_id, Assignment.deleted_at.is_(None))
    goals = sa.select(Assignment.bank_id).where(given, Assignment.bank_id.is_not(None))
    quizzes = (
        sa.select(Quiz.bank_id)
        .join(Assignment, Assignment.quiz_id == Quiz.id)
        .where(given, Quiz.bank_id.is_not(None))
    )
    questions = (
        sa.select(Question.bank_id)
        .join(QuizSlot, QuizSlot.question_id == Question.id)
        .join(Assignment, Assignment.quiz_id == QuizSlot.quiz_id)
        .where(given)
    )
    return sa.union(goals, quizzes, questions)
