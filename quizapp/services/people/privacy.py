"""What is kept about a person, as files for them: everything as JSON, answers as CSV."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import (
    Assignment,
    Attempt,
    Audit,
    Bank,
    Course,
    Fact,
    LoggedResponse,
    Question,
    QuestionVersion,
    Quiz,
    Regrade,
    User,
)
from quizapp.services.study import judged

FORMAT = "quizapp-person/1"
LIVE = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # a spreadsheet runs a cell that begins so
HEADER = (
    *("answered_at", "bank", "question", "type", "source", "answer"),
    *("score", "fraction", "took_ms"),
)
MARKS = {"score", "fraction", "detail", "points", "comment", "note", "rating", "p_knew", "details"}
# What stands for a number of ours in the file: (column, its table, what is public of it).
PUBLIC: tuple[tuple[str, Any, Any], ...] = (
    ("question_id", Question.id, Question.uid),
    ("fact_id", Fact.id, Fact.uid),
    ("bank_id", Bank.id, Bank.slug),
    ("quiz_id", Quiz.id, Quiz.slug),
    ("course_id", Course.id, Course.uid),
    ("assignment_id", Assignment.id, Assignment.uid),
)


def export(user_id: int, now: datetime) -> dict[str, Any]:
    """Return all that is kept about a person, table by table, ready for JSON; never a hash.

    Marks of an attempt that is not handed in yet are left out, and those that their instructor
    still holds: nobody sees them before.
    """
    tables = {
        table.name: [_plain(row) for row in _rows(table, user_id)]
        for table in User.metadata.sorted_tables
        if "user_id" in table.columns
    }
    _hide_marks(tables, hidden_attempts(user_id, now))
    _hide_given(tables["exceptions"], now)
    asked = {row["question_id"] for name in ("responses", "reviews") for row in tables[name]}
    closed = {row["n"] for row in tables["attempts"] if row["state"] != "open"}
    asked |= {row["question_id"] for row in tables["attempt_items"] if row["n"] in closed}
    met = {row["fact_id"] for name in ("reviews", "cards", "card_marks") for row in tables[name]}
    names = {column: _public(column, tables) for column, _, _ in PUBLIC}
    for rows in tables.values():
        for row in rows:
            for column in names.keys() & row.keys():
                row[column.removesuffix("_id")] = names[column].get(row.pop(column))
    return {
        "format": FORMAT,
        "profile": _profile(user_id),
        **tables,
        "questions": _questions(asked),
        "facts": _facts(met),
        "owned": {"banks": _owned(Bank, user_id), "quizzes": _owned(Quiz, user_id)},
        "audit": [_plain(row) for row in _rows(Audit.__table__, user_id, "subject_user_id")],
    }


def json_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield the file in pieces of some size: one table, one piece."""
    encoder = json.JSONEncoder(ensure_ascii=False, indent=1, default=_text)
    opening = "{\n"
    for name, part in data.items():
        yield f"{opening}{encoder.encode(name)}: {encoder.encode(part)}"
        opening = ",\n"
    yield "\n}\n"


def responses_csv(user_id: int, now: datetime) -> Iterator[str]:
    """Yield a person's answers as CSV, line by line; no cell is live in a spreadsheet."""
    yield _line(HEADER)
    rows = db.session.execute(
        sa.select(
            LoggedResponse,
            Bank.title,
            QuestionVersion.stem,
            Question.type,
            judged.SCORE,
            judged.FRACTION,
        )
        .select_from(LoggedResponse)
        .outerjoin(Regrade, judged.LATEST)
        .join(Question, Question.id == LoggedResponse.question_id)
        .join(Bank, Bank.id == Question.bank_id)
        .join(
            QuestionVersion,
            sa.and_(
                QuestionVersion.question_id == LoggedResponse.question_id,
                QuestionVersion.number == LoggedResponse.question_version,
            ),
        )
        .where(LoggedResponse.user_id == user_id)
        .order_by(LoggedResponse.seq)
    )
    hidden = hidden_attempts(user_id, now)
    for answer, bank, stem, kind, *judgement in rows:
        marks = (None, None) if answer.attempt_n in hidden else judgement
        payload = json.dumps(answer.payload, ensure_ascii=False)
        at = answer.answered_at.isoformat()
        yield _line((at, bank, stem, kind, answer.source, payload, *marks, answer.took_ms))


def safe_cell(value: object) -> object:
    """Return a text as a spreadsheet may show it; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(LIVE):
        return "'" + value
    return value


def _line(cells: tuple[object, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()


def _rows(table: Any, user_id: int, column: str = "user_id") -> list[dict[str, Any]]:
    select = sa.select(table).where(table.c[column] == user_id).order_by(*table.primary_key)
    return [dict(row) for row in db.session.execute(select).mappings()]


def _profile(user_id: int) -> dict[str, Any]:
    row = _rows(User.__table__, user_id, "id")[0]
    return {name: row[name] for name in _plain(row) if name not in {"seq", "merged_into_id"}}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Leave out hashes, and what only we need."""
    inner = {"user_id", "id", "email_key", "epoch", "password_hash", "actor_id", "subject_user_id"}
    return {
        name: value for name, value in row.items() if name not in inner and "sha256" not in name
    }


def hidden_attempts(user_id: int, now: datetime) -> set[int]:
    """Return the numbers of a person's attempts whose marks they may not see yet."""
    return set(
        db.session.scalars(
            sa.select(Attempt.n)
            .outerjoin(Assignment, Assignment.id == Attempt.assignment_id)
            .where(Attempt.user_id == user_id, sa.or_(Attempt.state == "open", _held(now)))
        )
    )


def _held(now: datetime) -> sa.ColumnElement[bool]:
    """Say whether an assignment's results are not released."""
    late = sa.or_(Assignment.released_at.is_(None), Assignment.released_at > now)
    return sa.and_(Assignment.held.is_(True), late)


def _hide_marks(tables: dict[str, list[dict[str, Any]]], hidden: set[int]) -> None:
    """Leave out what was given for the answers of these attempts, and what it says of memory."""
    answers = {row["seq"] for row in tables["responses"] if row["attempt_n"] in hidden}
    for name, column, numbers in (
        ("attempts", "n", hidden),
        ("responses", "attempt_n", hidden),
        ("regrades", "seq", answers),
        ("reviews", "response_seq", answers),
    ):
        for row in tables[name]:
            if row[column] in numbers:
                row.update(dict.fromkeys(row.keys() & MARKS))


def _hide_given(exceptions: list[dict[str, Any]], now: datetime) -> None:
    """Leave out who gave a mark by hand, and the marks that are held."""
    ids = [row["assignment_id"] for row in exceptions if row["changes"].get("marks")]
    held = set(
        db.session.scalars(sa.select(Assignment.id).where(Assignment.id.in_(ids), _held(now)))
    )
    for row in exceptions:
        marks = () if row["assignment_id"] in held else row["changes"].get("marks") or ()
        shown = [{name: mark[name] for name in mark.keys() - {"by"}} for mark in marks]
        row["changes"] = (
            {**row["changes"], "marks": shown}
            if shown
            else {name: value for name, value in row["changes"].items() if name != "marks"}
        )


def _public(column: str, tables: dict[str, list[dict[str, Any]]]) -> dict[int, str]:
    """Map our numbers in a column of all tables to what is public."""
    numbers = {row[column] for rows in tables.values() for row in rows if row.get(column)}
    _, key, public = next(entry for entry in PUBLIC if entry[0] == column)
    found: dict[int, str] = {}
    for some in _chunks(sorted(numbers)):
        found.update(db.session.execute(sa.select(key, public).where(key.in_(some))).all())  # type: ignore[arg-type]
    return found


def _questions(ids: set[int]) -> list[dict[str, Any]]:
    """Return what was asked: a file of numbers alone says nothing."""
    return [
        {"question": uid, "version": number, "type": kind, "stem": stem}
        for some in _chunks(sorted(ids))
        for uid, number, kind, stem in db.session.execute(
            sa.select(Question.uid, QuestionVersion.number, Question.type, QuestionVersion.stem)
            .join(QuestionVersion, QuestionVersion.question_id == Question.id)
            .where(Question.id.in_(some))
            .order_by(Question.id, QuestionVersion.number)
        )
    ]


def _facts(ids: set[int]) -> list[dict[str, Any]]:
    return [
        {"fact": uid, "statement": statement}
        for some in _chunks(sorted(ids))
        for uid, statement in db.session.execute(
            sa.select(Fact.uid, Fact.statement).where(Fact.id.in_(some)).order_by(Fact.id)
        )
    ]


def _owned(table: Any, user_id: int) -> list[dict[str, str]]:
    rows = db.session.execute(sa.select(table.slug, table.title).where(table.owner_id == user_id))
    return [{"slug": slug, "title": title} for slug, title in rows]


def _chunks(numbers: list[int], size: int = 500) -> Iterator[list[int]]:
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]


def _text(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
