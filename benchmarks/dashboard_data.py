"""The tables of a learner with 100,000 responses, written directly."""

import random
from datetime import datetime, timedelta

import sqlalchemy as sa

from quizapp.core.scheduling.fsrs import ENGINE
from quizapp.models import (
    Article,
    ArticleVersion,
    Bank,
    Card,
    Evidence,
    Fact,
    LoggedResponse,
    Question,
    QuestionVersion,
    Review,
    Shelf,
    User,
    UserDay,
)

RESPONSES, FACTS, BANKS, DAYS = 100_000, 5_000, 20, 700
SENTENCES = 80  # of the article that the page colours; as many facts stand on them


def fill(connection: sa.Connection, now: datetime, chance: random.Random) -> int:
    """Write the tables directly; returns the learner's id."""
    connection.execute(
        sa.insert(User),
        {
            "id": 1,
            "uid": "bench",
            "kind": "person",
            "name": "Mara",
            "seq": 2 * RESPONSES,
            "created_at": now - timedelta(days=DAYS),
            "seen_on": now.date(),
        },
    )
    _content(connection, now)
    _logs(connection, now, chance)
    _sums(connection, now, chance)
    return 1


def _content(connection: sa.Connection, now: datetime) -> None:
    banks, facts, questions, versions = [], [], [], []
    for bank in range(1, BANKS + 1):
        name = f"bank-{bank}"
        banks.append({"id": bank, "uid": name, "slug": name, "title": name, "visibility": "public"})
    for fact in range(1, FACTS + 1):
        bank = 1 + (fact - 1) * BANKS // FACTS
        facts.append(
            {
                "id": fact,
                "uid": f"f{fact}",
                "bank_id": bank,
                "key": f"f{fact}",
                "statement": f"Fact {fact} says what one sentence of the article says.",
                "position": fact,
            }
        )
        for question, kind in ((2 * fact - 1, "true_false"), (2 * fact, "flashcard")):
            questions.append(
                {
                    "id": question,
                    "uid": f"q{question}",
                    "bank_id": bank,
                    "fact_id": fact,
                    "type": kind,
                    "position": question,
                }
            )
            versions.append(
                {
                    "question_id": question,
                    "number": 1,
                    "stem": f"Is fact {fact} so?",
                    "body": {"value": True},
                    "sha256": "",
                    "edited_at": now,
                }
            )
    for table, rows in ((Bank, banks), (Fact, facts), (Question, questions)):
        connection.execute(sa.insert(table), rows)
    connection.execute(sa.insert(QuestionVersion), versions)
    connection.execute(
        sa.insert(Shelf),
        [{"user_id": 1, "bank_id": n, "added_at": now} for n in range(1, BANKS + 1)],
    )
    _article(connection, now)


def _article(connection: sa.Connection, now: datetime) -> None:
    sentence = "This is one sentence of an article that is read and learned."
    text = "\n\n".join(" ".join([sentence] * 5) for _ in range(SENTENCES // 5))
    spans, at = [], 0
    for _ in range(SENTENCES):
        at = text.index(sentence, at)
        spans.append((at, at + len(sentence)))
        at += len(sentence)
    connection.execute(
        sa.insert(Article), {"id": 1, "uid": "article", "bank_id": 1, "key": "a", "version": 1}
    )
    connection.execute(
        sa.insert(ArticleVersion),
        {
            "article_id": 1,
            "number": 1,
            "text": text,
            "sha256": "",
            "title": "An article",
            "sentences": [list(span) for span in spans],
            "created_at": now,
        },
    )
    connection.execute(
        sa.insert(Evidence),
        [
            {
                "fact_id": n + 1,
                "article_id": 1,
                "article_version": 1,
                "start": start,
                "end": end,
                "quote": sentence,
            }
            for n, (start, end) in enumerate(spans)
        ],
    )


def _logs(connection: sa.Connection, now: datetime, chance: random.Random) -> None:
    today = now.toordinal()
    responses, reviews = [], []
    for n in range(RESPONSES):
        age = DAYS - 1 - n * DAYS // RESPONSES
        at, question = now - timedelta(days=age), 1 + chance.randrange(2 * FACTS)
        responses.append(
            {
                "user_id": 1,
                "seq": 2 * n,
                "client_id": f"{n:036d}",
                "body_sha256": "0" * 64,
                "source": "study",
                "question_id": question,
                "question_version": 1,
                "payload": {"value": True},
                "score": 1.0,
                "fraction": 1.0,
                "detail": {"parts": {}, "feedback": []},
                "graded_by": "app",
                "answered_at": at,
                "received_at": at,
                "took_ms": 9_000 + n % 7_000,
            }
        )
        reviews.append(
            {
                "user_id": 1,
                "seq": 2 * n + 1,
                "response_seq": 2 * n,
                "kind": "answer",
                "question_id": question,
                "fact_id": (question + 1) // 2,
                "rating": 3,
                "at": at,
                "day": today - age,
                "delta_days": 1,
                "engine": ENGINE,
                "due_day": today,
                "due_at": at,
                "details": {"source": "study"},
            }
        )
    for start in range(0, RESPONSES, 10_000):
        connection.execute(sa.insert(LoggedResponse), responses[start : start + 10_000])
        connection.execute(sa.insert(Review), reviews[start : start + 10_000])


def _sums(connection: sa.Connection, now: datetime, chance: random.Random) -> None:
    today = now.toordinal()
    cards = []
    for fact in range(1, FACTS + 1):
        stability = 10 ** chance.uniform(0, 2.5)
        last = min(int(stability * chance.random()), DAYS - 1)
        due = today - last + max(int(stability), 1)
        cards.append(
            {
                "user_id": 1,
                "fact_id": fact,
                "state": 2,
                "stability": stability,
                "difficulty": 5.0,
                "last_at": now - timedelta(days=last),
                "last_day": today - last,
                "due_day": due,
                "due_at": now + timedelta(days=due - today),
                "reps": 20,
                "lapses": fact % 5,
                "log_seq": 2 * RESPONSES,
                "engine": ENGINE,
            }
        )
    connection.execute(sa.insert(Card), cards)
    connection.execute(
        sa.insert(UserDay),
        [
            {
                "user_id": 1,
                "day": today - age,
                "answers": RESPONSES // DAYS,
                "right": 120,
                "ms": 1_400_000,
                "young_pass": 60,
                "young_fail": 9,
                "mature_pass": 50,
                "mature_fail": 5,
            }
            for age in range(DAYS)
        ],
    )
