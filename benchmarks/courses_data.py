"""A course of 500 learners, 200 facts and 100,000 responses, written directly."""

import random
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.core.scheduling.fsrs import ENGINE
from quizapp.models import (
    Article,
    ArticleVersion,
    Assignment,
    Attempt,
    AttemptItem,
    Bank,
    Card,
    Course,
    Enrolment,
    Evidence,
    Fact,
    LoggedResponse,
    Question,
    QuestionVersion,
    Quiz,
    QuizSlot,
    Review,
    User,
)

LEARNERS, QUIZZES, PLACES = 500, 10, 20  # places of a quiz, each with a fact of its own
FACTS = QUIZZES * PLACES
RESPONSES = LEARNERS * FACTS
COURSE, TEACHER = "bench-course", LEARNERS + 1
WEEKS = QUIZZES  # a quiz a week; the last is due next week
SETTINGS = {"feedback": "deferred", "shuffle": False, "floor_zero": True}
OPTIONS = [
    {"id": f"o{n}", "text": f"What the article does not say ({n})", "fraction": str(int(n == 1))}
    for n in range(1, 5)
]
SENTENCE = "This is one sentence of an article that a whole class reads and learns."


def fill(connection: sa.Connection, now: datetime, chance: random.Random) -> int:
    """Write the tables; returns the id of who teaches the course."""
    people = [_user(n, now) for n in range(1, LEARNERS + 1)]
    teacher = {**_user(TEACHER, now), "role": "instructor", "name": "Ines"}
    connection.execute(sa.insert(User), [*people, teacher])
    _content(connection, now)
    _article(connection, now)
    _course(connection, now)
    for learner in range(1, LEARNERS + 1):
        _learner(connection, learner, now, chance)
    return TEACHER


def _user(n: int, now: datetime) -> dict[str, Any]:
    return {
        "id": n,
        "uid": f"user-{n}",
        "kind": "person",
        "role": "learner",
        "name": f"Bartholomew Learner {n}",
        "seq": 10_000,
        "created_at": now - timedelta(weeks=WEEKS),
        "seen_on": now.date(),
    }


def _content(connection: sa.Connection, now: datetime) -> None:
    bank = {"id": 1, "uid": "bank", "slug": "bank", "title": "Bank", "visibility": "public"}
    connection.execute(sa.insert(Bank), {**bank, "owner_id": TEACHER})
    numbers = range(1, FACTS + 1)
    said = "Fact {} says what one sentence of the article says, in about as many words."
    connection.execute(
        sa.insert(Fact),
        [
            {"id": n, "uid": f"fact-{n}", "bank_id": 1, "key": f"f{n}", "statement": said.format(n),
             "position": n}
            for n in numbers
        ],
    )  # fmt: skip
    connection.execute(
        sa.insert(Question),
        [
            {"id": n, "uid": f"question-{n}", "bank_id": 1, "fact_id": n, "position": n,
             "type": "multiple_choice"}
            for n in numbers
        ],
    )  # fmt: skip
    version = {"number": 1, "body": {"options": OPTIONS}, "sha256": "", "edited_at": now}
    connection.execute(
        sa.insert(QuestionVersion),
        [{**version, "question_id": n, "stem": f"What is so of fact {n}?"} for n in numbers],
    )


def _article(connection: sa.Connection, now: datetime) -> None:
    """Write an article with a sentence for each fact, five to a paragraph."""
    text, spans = "", []
    for n in range(FACTS):
        text += ("" if not text else "\n\n" if n % 5 == 0 else " ") + SENTENCE
        spans.append((len(text) - len(SENTENCE), len(text)))
    article = {"id": 1, "uid": "article", "bank_id": 1, "key": "a", "version": 1}
    connection.execute(sa.insert(Article), article)
    connection.execute(
        sa.insert(ArticleVersion),
        {"article_id": 1, "number": 1, "text": text, "sha256": "", "title": "An article",
         "sentences": [list(span) for span in spans], "created_at": now},
    )  # fmt: skip
    connection.execute(
        sa.insert(Evidence),
        [
            {"fact_id": n, "article_id": 1, "article_version": 1, "start": start, "end": end,
             "quote": SENTENCE}
            for n, (start, end) in enumerate(spans, 1)
        ],
    )  # fmt: skip


def _course(connection: sa.Connection, now: datetime) -> None:
    start = now - timedelta(weeks=WEEKS)
    course = {"id": 1, "uid": COURSE, "title": "Immunology 101", "tz": "UTC", "created_at": start}
    connection.execute(sa.insert(Course), course)
    roles = {TEACHER: "instructor"}
    connection.execute(
        sa.insert(Enrolment),
        [
            {"course_id": 1, "user_id": n, "role": roles.get(n, "learner"), "joined_at": start}
            for n in range(1, TEACHER + 1)
        ],
    )
    for n in range(1, QUIZZES + 1):
        quiz = {"id": n, "uid": f"quiz-{n}", "slug": f"quiz-{n}", "title": f"Quiz {n}"}
        connection.execute(
            sa.insert(Quiz),
            {**quiz, "bank_id": 1, "owner_id": TEACHER, "visibility": "public",
             "settings": SETTINGS},
        )  # fmt: skip
        connection.execute(
            sa.insert(QuizSlot),
            [
                {"quiz_id": n, "position": place, "question_id": question_of(n, place)}
                for place in range(1, PLACES + 1)
            ],
        )
        connection.execute(
            sa.insert(Assignment),
            {"id": n, "uid": f"task-{n}", "title": f"Week {n}", "course_id": 1, "quiz_id": n,
             "due_at": start + timedelta(weeks=n + 1), "created_at": start},
        )  # fmt: skip


def question_of(quiz: int, place: int) -> int:
    """Return the question at a place of a quiz, from 1; its fact has the same number."""
    return (quiz - 1) * PLACES + place


def _learner(connection: sa.Connection, who: int, now: datetime, chance: random.Random) -> None:
    """Write all that one learner did: an attempt at each quiz, and what became of it."""
    able = chance.uniform(0.4, 0.95)
    attempts, items, responses, reviews, cards = [], [], [], [], []
    for quiz in range(1, QUIZZES + 1):
        n = quiz * 100  # of the learner's own counter, with room for what belongs to it
        at = now - timedelta(weeks=WEEKS - quiz, hours=chance.uniform(1, 100))
        points = 0.0
        for place in range(1, PLACES + 1):
            question, right = question_of(quiz, place), chance.random() < able
            points += right
            key = {"user_id": who, "question_id": question}
            items.append({**key, "n": n, "slot": place, "question_version": 1, "option_seed": 1})
            option = "o1" if right else chance.choice(("o2", "o2", "o3", "o4"))
            responses.append(_response(key, n, place, option, at, chance))
            reviews.append(_review(key, n, place, at, right=right))
            cards.append(_card(who, question, n + 2 * place, at, chance, right=right))
        attempts.append(_attempt(who, quiz, n, at, points))
    for table, rows in (
        (Attempt, attempts), (AttemptItem, items), (LoggedResponse, responses), (Review, reviews),
        (Card, cards),
    ):  # fmt: skip
        connection.execute(sa.insert(table), rows)


def _attempt(who: int, quiz: int, n: int, at: datetime, points: float) -> dict[str, Any]:
    return {
        "user_id": who,
        "n": n,
        "uid": f"attempt-{who}-{quiz}",
        "quiz_id": quiz,
        "assignment_id": quiz,
        "number": 1,
        "state": "handed_in",
        "settings": SETTINGS,
        "seed": who,
        "started_at": at - timedelta(minutes=20),
        "handed_in_at": at,
        "points": points,
        "max_points": float(PLACES),
    }


def _response(
    key: dict[str, Any], n: int, place: int, option: str, at: datetime, chance: random.Random
) -> dict[str, Any]:
    right = float(option == "o1")
    return {
        **key,
        "seq": n + 2 * place - 1,
        "client_id": f"{n + place:036d}",
        "body_sha256": "0" * 64,
        "source": "quiz",
        "question_version": 1,
        "attempt_n": n,
        "slot": place,
        "payload": {"option": option},
        "score": right,
        "fraction": right,
        "graded_by": "app",
        "answered_at": at,
        "received_at": at,
        "took_ms": chance.randint(1_000, 40_000),
    }


def _review(
    key: dict[str, Any], n: int, place: int, at: datetime, *, right: bool
) -> dict[str, Any]:
    return {
        **key,
        "seq": n + 2 * place,
        "response_seq": n + 2 * place - 1,
        "kind": "answer",
        "fact_id": key["question_id"],
        "rating": 3 if right else 1,
        "at": at,
        "day": at.toordinal(),
        "delta_days": 0,
        "engine": ENGINE,
        "due_day": at.toordinal() + 1,
        "due_at": at + timedelta(days=1),
        "details": {"source": "quiz"},
    }


def _card(
    who: int, fact: int, seq: int, at: datetime, chance: random.Random, *, right: bool
) -> dict[str, Any]:
    stability = 10 ** chance.uniform(0.5, 2) if right else chance.uniform(0.5, 5)
    return {
        "user_id": who,
        "fact_id": fact,
        "state": 2,
        "stability": stability,
        "difficulty": 5.0,
        "last_at": at,
        "last_day": at.toordinal(),
        "due_day": at.toordinal() + max(int(stability), 1),
        "due_at": at + timedelta(days=max(int(stability), 1)),
        "reps": 1,
        "lapses": 0,
        "log_seq": seq,
        "engine": ENGINE,
    }
