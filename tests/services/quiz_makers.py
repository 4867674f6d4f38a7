"""Quizzes for the tests of attempts: questions of several types, slots and pools."""

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

from quizapp.core.search import searchable
from quizapp.database import writing
from quizapp.models import Bank, Fact, Question, QuestionTag, QuestionVersion, Quiz, QuizSlot
from quizapp.services.identifiers import new_uid
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempts, quizzes
from quizapp.services.quizzes.attempt_views import Attempt
from tests.factories import START

KEYWORD = "KEYTEXT"  # what no page may show before its time
CHOICE: dict[str, Any] = {
    "options": [
        {"id": "o1", "text": "white", "fraction": "1", "feedback": f"{KEYWORD} yes"},
        {"id": "o2", "text": "red", "fraction": "-0.5", "feedback": f"{KEYWORD} no"},
        {"id": "o3", "text": "blue"},
    ],
    "feedback": f"{KEYWORD} always",
    "shuffle": True,
}
TYPED = {"answers": [{"id": "a1", "text": f"{KEYWORD}answer", "fraction": "1"}]}
ESSAY = {"sample": f"{KEYWORD} sample", "rubric": f"{KEYWORD} rubric"}
ORDER = {"items": [{"id": "i1", "text": "one"}, {"id": "i2", "text": "two"}]}
CLOZE = {
    "gaps": {
        "1": {"kind": "typed", "answers": [{"id": "a1", "text": f"{KEYWORD}gap"}]},
        "2": {"kind": "typed", "answers": [{"id": "a1", "text": f"{KEYWORD}other"}]},
    }
}
STEMS = {"cloze": "A [[1]] and a [[2]]."}


def create_questions(*kinds: tuple[str, dict[str, Any]], slug: str = "quizbank") -> list[int]:
    """Store a public bank with one fact and one question per kind; returns the questions' ids."""
    ids = []
    with writing() as session:
        bank = Bank(uid=new_uid(), slug=slug, title=slug.title(), visibility="public")
        session.add(bank)
        session.flush()
        for place, (kind, body) in enumerate(kinds):
            fact = Fact(
                uid=new_uid(), bank_id=bank.id, key=f"f{place + 1}", statement=f"Fact {place + 1}."
            )
            session.add(fact)
            session.flush()
            stem = STEMS.get(kind, f"Question {place + 1}?")
            question = Question(
                uid=new_uid(), bank_id=bank.id, fact_id=fact.id, type=kind, position=place
            )
            question.search_text = searchable("", (), stem)
            session.add(question)
            session.flush()
            html = {"stem": f"<p>{stem}</p>"}
            for entry in body.get("options", []):
                html[f"options.{entry['id']}.text"] = f"<p>{entry['text']}</p>"
                html[f"options.{entry['id']}.feedback"] = f"<p>{entry.get('feedback', '')}</p>"
            html["feedback"] = f"<p>{body.get('feedback', '')}</p>"
            session.add(
                QuestionVersion(
                    question_id=question.id,
                    number=1,
                    stem=stem,
                    body=body,
                    html=html,
                    sha256="0" * 64,
                    edited_at=START,
                )
            )
            ids.append(question.id)
    return ids


def tag(question_id: int, name: str) -> None:
    """Put a tag on a question."""
    with writing() as session:
        session.add(QuestionTag(question_id=question_id, tag=name))


def create_quiz(
    slots: Sequence[int | dict[str, Any]],
    slug: str = "exam",
    visibility: str = "public",
    weights: list[float] | None = None,
    bank: str = "quizbank",
    **settings: Any,
) -> quizzes.QuizView:
    """Store a quiz (an exam unless feedback says otherwise) of question ids and pools."""
    with writing() as session:
        row = session.query(Bank).filter_by(slug=bank).one()
        quiz = Quiz(
            uid=new_uid(),
            slug=slug,
            title=slug.title(),
            bank_id=row.id,
            visibility=visibility,
            settings={"feedback": "deferred", **settings},
        )
        session.add(quiz)
        session.flush()
        for place, slot in enumerate(slots):
            fixed = isinstance(slot, int)
            session.add(
                QuizSlot(
                    quiz_id=quiz.id,
                    position=place,
                    question_id=slot if fixed else None,
                    pool=None if fixed else slot,
                    weight=weights[place] if weights else 1.0,
                )
            )
        quiz_id = quiz.id
    return next(view for view in quizzes.visible_quizzes(ADMIN) if view.id == quiz_id)


def begin(person: Person, quiz: quizzes.QuizView, now: datetime, seed: int = 1) -> Attempt:
    """Start an attempt."""
    return attempts.start(person, quiz, now, seed)


def client_id(number: int) -> str:
    """Return the number-th client id of a test."""
    from uuid import UUID

    return str(UUID(int=Random(number).getrandbits(128), version=4))


ADMIN = Person(
    id=0, uid="", kind="person", name="", email=None, role="admin", tz="UTC", rollover_minutes=240,
    locale=None, desired_retention=0.9, new_per_day=20, reviews_per_day=200, time_factor_pct=100,
    prefs={}, params_version=0, created_at=START,
)  # fmt: skip
