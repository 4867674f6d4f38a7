"""Who was let into a bank that is not theirs: its members, and courses with a study goal on it."""

from typing import Any

import sqlalchemy as sa

from quizapp.models import Assignment, Bank, BankMember, Enrolment


def let_in(bank_id: Any, user_id: Any) -> sa.ColumnElement[bool]:
    """Return the condition that a person (an id, or what stands for one) was let into a bank.

    A study goal opens its bank to the people of its course, for as long as they are in it.
    """
    member = (
        sa.select(sa.literal(1))
        .select_from(BankMember)
        .where(BankMember.bank_id == bank_id, BankMember.user_id == user_id)
    )
    goal = (
        sa.select(sa.literal(1))
        .select_from(Assignment)
        .join(Enrolment, Enrolment.course_id == Assignment.course_id)
        .where(
            Assignment.bank_id == bank_id,
            Assignment.deleted_at.is_(None),
            Enrolment.user_id == user_id,
            Enrolment.left_at.is_(None),
        )
    )
    return sa.or_(member.correlate(Bank).exists(), goal.correlate(Bank).exists())


LET_IN = sa.select(let_in(sa.bindparam("bank_id"), sa.bindparam("user_id")))
