"""What many tests begin with: a person, a bank, a signed-in browser."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient

from quizapp.core.search import searchable
from quizapp.database import writing
from quizapp.models import Bank, Fact, Question, QuestionVersion, User
from quizapp.services.identifiers import new_uid
from quizapp.services.people import sessions

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
OPTIONS = [
    {"id": "o1", "text": "white blood cells", "fraction": "1"},
    {"id": "o2", "text": "red blood cells", "fraction": "0"},
    {"id": "o3", "text": "platelets", "fraction": "0"},
]


def create_person(
    role: str = "learner",
    name: str = "",
    email: str | None = None,
    kind: str = "person",
    created_at: datetime = START,
    **columns: Any,
) -> sessions.Person:
    """Store a person (or kind="guest"); returns the values that services take."""
    uid = new_uid()
    email = email or (f"{uid.lower()}@example.org" if kind == "person" else None)
    with writing() as session:
        user = User(
            uid=uid,
            kind=kind,
            role=role,
            name=name,
            email=email,
            email_key=email,
            created_at=created_at,
            **columns,
        )
        session.add(user)
        session.flush()
        user_id = user.id
    person = sessions.person(user_id)
    assert person
    return person


def create_bank(
    title: str = "Blood",
    slug: str | None = None,
    visibility: str = "public",
    owner_id: int | None = None,
    facts: int = 3,
    now: datetime = START,
) -> Bank:
    """Store a bank; each fact is asked by a multiple_choice and a flashcard question."""
    with writing() as session:
        bank = Bank(
            uid=new_uid(),
            slug=slug or title.lower().replace(" ", "-"),
            title=title,
            visibility=visibility,
            owner_id=owner_id,
        )
        session.add(bank)
        session.flush()
        for position in range(facts):
            fact = Fact(
                uid=new_uid(),
                bank_id=bank.id,
                key=f"f{position + 1}",
                statement=f"Fact {position + 1} of {title}.",
                position=position,
            )
            session.add(fact)
            session.flush()
            body = {"options": OPTIONS, "shuffle": True}
            _ask(
                session,
                bank,
                fact,
                "multiple_choice",
                f"What fights infection ({position})?",
                body,
                now,
            )
            _ask(
                session,
                bank,
                fact,
                "flashcard",
                f"Say fact {position + 1}.",
                {"back": f"Fact {position + 1}"},
                now,
            )
        bank_id = bank.id
        session.flush()
    with writing() as session:
        return session.get_one(Bank, bank_id)


def _ask(
    session: Any, bank: Bank, fact: Fact, kind: str, stem: str, body: dict[str, Any], now: datetime
) -> None:
    question = Question(
        uid=new_uid(),
        bank_id=bank.id,
        fact_id=fact.id,
        type=kind,
        name=stem,
        search_text=searchable(stem, (), ""),
        position=fact.position * 2 + (kind == "flashcard"),
    )
    session.add(question)
    session.flush()
    digest = hashlib.sha256(json.dumps([kind, stem, body]).encode()).hexdigest()
    session.add(
        QuestionVersion(
            question_id=question.id, number=1, stem=stem, body=body, sha256=digest, edited_at=now
        )
    )


def sign_in(client: FlaskClient, person: sessions.Person) -> None:
    """Give a browser a session of this person, without a password."""
    # The views read the real clock, so the session has to live then.
    token = sessions.start(person.id, datetime.now(UTC))  # noqa: TID251
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
