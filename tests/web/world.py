"""A small world with one of everything, in which each role knocks on each door."""

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask, current_app
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    Article,
    ArticleVersion,
    Bank,
    Media,
    MediaBlob,
    MediaUse,
    Question,
    QuestionReport,
    Quiz,
)
from quizapp.services.courses import access, calendars, joining
from quizapp.services.courses.access import CourseView
from quizapp.services.identifiers import new_secret
from quizapp.services.people import links, sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import answers
from quizapp.services.transfer import uploads
from tests.factories import create_bank, create_person
from tests.services.course_makers import assigned_quiz, course_of, enrolled
from tests.services.quiz_makers import CHOICE, begin, create_questions, create_quiz
from tests.web.people_ground import real_now

ROLES = ("stranger", "guest", "learner", "other", "instructor", "admin")
RAW_TOKEN = "0" * 40


@dataclass(frozen=True)
class World:
    """Who lives there, and the names that paths are written with."""

    people: dict[str, Person | None]
    names: dict[str, str]

    def path(self, pattern: str) -> str:
        """Fill the names into a path."""
        return pattern.format(**self.names)


def create_world() -> World:
    """Make everybody, and what they own: the learner an attempt, the instructor a secret bank.

    The instructor also teaches a course, and the learner is in it.
    """
    now = real_now()
    people: dict[str, Person | None] = {
        "stranger": None,
        "guest": sessions.guest_of(new_secret(), now, "UTC")[0],
        "learner": create_person("learner"),
        "other": create_person("learner"),
        "instructor": create_person("instructor"),
        "admin": create_person("admin"),
    }
    learner, instructor = people["learner"], people["instructor"]
    assert learner
    assert instructor
    create_bank("Blood", "blood")
    secret = create_bank("Secret", "secret", "private", instructor.id)
    quiz = create_quiz(create_questions(("multiple_choice", CHOICE)), slug="exam")
    secret_quiz = create_secret_quiz(secret.id)
    attempt = begin(learner, quiz, now)
    question = db.session.scalars(sa.select(Question).where(Question.bank_id == 1)).first()
    assert question
    version = answers.asked(question.id, 1)
    done = answers.answer(learner, str(uuid4()), version.uid, 1, {"option": "o1"}, now=now)
    hidden = db.session.scalars(sa.select(Question).where(Question.bank_id == secret.id)).first()
    assert hidden
    course, code = course_with_code(instructor, now)
    enrolled(course, learner, name="Lena", now=now)
    assigned_quiz(course, secret_quiz, now=now)  # so the article is one of the course
    names = {
        "question": question.uid,
        "hidden": hidden.uid,
        "attempt": attempt.uid,
        "course": course.uid,
        "code": code,
        "assignment": assigned_quiz(course, quiz.id, now=now).uid,
        "calendar": calendars.token(learner, current_app.config["SECRET_KEY"]),
        "answer": str(done.seq),
        "link": links.make_link("invite", None, "learner", 1, now),
        "learner": learner.uid,
        "guest": people["guest"].uid,  # type: ignore[union-attr]
        **_belongings(secret.id, hidden.id),
        "upload": uploads.receive(instructor, "f.txt", io.BytesIO(b"text"), None, {}, now),
    }
    return World(people, names)


def course_with_code(instructor: Person, now: datetime) -> tuple[CourseView, str]:
    """Make a course that can be joined."""
    secret = current_app.config["SECRET_KEY"]
    course = course_of(instructor, now=now)
    joining.open_code(course, secret, now)
    course = access.find(course.uid, instructor)
    return course, joining.code_of(course, secret) or ""


def create_secret_quiz(bank_id: int) -> int:
    """Put a draft without questions into a bank; returns its id."""
    with writing() as session:
        quiz = Quiz(uid="secret-quiz", slug="secret-quiz", title="Secret", bank_id=bank_id)
        quiz.status, quiz.settings = "draft", {}
        session.add(quiz)
        session.flush()
        return quiz.id


def _belongings(bank_id: int, question_id: int) -> dict[str, str]:
    """Put an article, a picture and a learner's report into a bank."""
    text, digest = "One sentence.", hashlib.sha256(b"picture").hexdigest()
    with writing() as session:
        article = Article(uid="article-1", bank_id=bank_id, key="a")
        report = QuestionReport(question_id=question_id, version=1, text="Odd.", at=real_now())
        session.add_all([article, report, Media(sha256=digest, mime="image/png", size=7)])
        session.flush()
        session.add_all(
            [
                ArticleVersion(
                    article_id=article.id,
                    number=1,
                    text=text,
                    sha256="0" * 64,
                    title="Title",
                    sentences=[[0, len(text)]],
                    created_at=real_now(),
                ),
                MediaBlob(sha256=digest, data=b"picture"),
                MediaUse(bank_id=bank_id, sha256=digest, name="p.png"),
            ]
        )
        bank = session.get_one(Bank, bank_id)
        return {"report": str(report.id), "article": article.uid, "secret": bank.slug}


def browser_of(app: Flask, who: Person | None) -> FlaskClient:
    """A new browser in which somebody is signed in, with a CSRF token that `csrf` knows."""
    client = app.test_client()
    token = sessions.start(who.id, real_now()) if who else None
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = RAW_TOKEN
        if token:
            cookie["_user_id"], cookie["_fresh"] = token, True
    return client


def csrf(app: Flask) -> dict[str, str]:
    """The header that programs send; forms send the same token as csrf_token."""
    signed = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token")
    return {"X-CSRFToken": signed.dumps(RAW_TOKEN)}
