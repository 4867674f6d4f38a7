"""The shelf: the banks that a learner studies."""

from datetime import datetime

import sqlalchemy as sa

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Shelf
from quizapp.services.people.sessions import Person
from quizapp.services.study import plan_rows, responses


def put(person: Person, bank_id: int, now: datetime) -> None:
    """Put a bank on the shelf; one that is there stays as it is."""
    with writing() as session:
        responses.take_seq(session.connection(), person.id, count=0)  # of two one puts it there
        if session.get(Shelf, (person.id, bank_id)) is None:
            session.add(Shelf(user_id=person.id, bank_id=bank_id, added_at=now))
            plan_rows.forget_lists(session, person.uid)


def take_off(person: Person, bank_id: int) -> None:
    """Take a bank off the shelf; the memories of its facts stay."""
    with writing() as session:
        session.execute(
            sa.delete(Shelf).where(Shelf.user_id == person.id, Shelf.bank_id == bank_id)
        )
        plan_rows.forget_lists(session, person.uid)


def holds(person: Person, bank_id: int) -> bool:
    """Say whether a bank is on the shelf."""
    return db.session.get(Shelf, (person.id, bank_id)) is not None
