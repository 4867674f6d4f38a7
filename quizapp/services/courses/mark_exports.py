"""Marks and responses of a course as rows for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import IO, Any

import sqlalchemy as sa

from quizapp.core.answer_words import readable
from quizapp.core.question import Question
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Attempt, AttemptItem, LoggedResponse, Regrade
from quizapp.services.content import questions, stems
from quizapp.services.courses import access, mark_rows
from quizapp.services.courses.access import CourseView, Member
from quizapp.services.courses.mark_rows import Column
from quizapp.services.courses.marks import Mark, MarkTable
from quizapp.services.people import audit
from quizapp.services.people.privacy import safe_cell
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes.handing_in import points_of
from quizapp.services.quizzes.quiz_settings import Settings
from quizapp.services.quizzes.tries import counted
from quizapp.services.study import judged

Row = Sequence[object]
RESPONSE_HEADER = (
    *("course", "assignment", "learner", "name", "attempt", "slot", "try", "question", "version"),
    *("type", "stem", "response", "score", "fraction", "points", "max", "took_ms", "answered_at"),
    *("marks", "comment"),
)
LEARNERS_AT_ONCE = 25  # whose answers to one assignment are in memory together
LONGEST_STEM = 500


def noted(course: CourseView, person: Person, what: str, now: datetime) -> None:
    """Note that somebody took a file on all learners of a course."""
    with writing() as session:
        audit.note(session, now, person.id, f"course.export.{what}", None, course.uid)


def table_rows(table: MarkTable) -> Iterator[Row]:
    """Yield the table of marks: a head, then a row per learner with three cells an assignment."""
    head: list[object] = ["learner", "name"]
    for column in table.assignments:
        head += [column.title, f"{column.title} (max)", f"{column.title} (state)"]
    yield [*head, "total", "total (max)", "total (percent)"]
    for learner in table.learners:
        cells: list[object] = [learner.uid, learner.name]
        for column in table.assignments:
            mark = table.marks[(learner.user_id, column.id)]
            cells += [mark.points, mark.max_points, state(mark)]
        total = table.total(learner.user_id)
        percent = None if total.percent is None else round(total.percent, 2)
        yield [*cells, total.points, total.most, percent]


def state(mark: Mark) -> str:
    """Return what else is to say of a mark, in words that a program can tell apart."""
    said = {
        "excused": mark.excused,
        "missing": mark.missing,
        "under way": mark.under_way,
        "late": mark.late is not None,
        "to mark": mark.waiting > 0,
        "by hand": mark.overridden,
        "not released": not mark.released,
    }
    return "; ".join(word for word, is_so in said.items() if is_so)


def as_csv(rows: Iterable[Row], file: IO[str]) -> None:
    """Write rows as CSV; no cell is live in a spreadsheet."""
    writer = csv.writer(file)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])


def as_xlsx(rows: Iterable[Row], title: str) -> bytes:
    """Return rows as a workbook of one sheet; a text is text, whatever it begins with."""
    import openpyxl  # only here: it loads numpy, which no web worker should carry

    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = "quizapp"
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "C2"
    for number, row in enumerate(rows):
        sheet.append([_cell(sheet, value, is_head=not number) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: object, *, is_head: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell: Any = WriteOnlyCell(sheet, "")
    cell.value = value
    if isinstance(value, str):
        text = "".join(letter for letter in value if letter >= " " or letter in "\n\t")
        cell.value, cell.data_type = safe_cell(text), "s"
    if is_head:
        cell.font = Font(bold=True)
    return cell


def responses(course: CourseView) -> Iterator[Row]:
    """Yield each answer of the course's learners in its assigned quizzes, a head first.

    By assignment, learner, attempt and place. Attempts under way are left out. Points stand with
    the try that counts. At no time are more than a few learners' answers in memory.
    """
    yield RESPONSE_HEADER
    learners, rows, versions = access.learners(course.id), mark_rows.read(course), _Versions()
    for column in rows.columns:
        for start in range(0, len(learners), LEARNERS_AT_ONCE):
            some = learners[start : start + LEARNERS_AT_ONCE]
            given = _answers(column, [one.user_id for one in some])
            for learner in some:
                sittings = rows.sittings.get((learner.user_id, column.id), ())
                for number, sitting in enumerate(sittings, start=1):
                    who = (course.title, column.title, learner.uid, learner.name, number)
                    answers = given.get((learner.user_id, sitting.n), [])
                    yield from _of_attempt(who, answers, learner, versions)


Answers = dict[tuple[int, int], list[Any]]


def _answers(column: Column, user_ids: Sequence[int]) -> Answers:
    """Return answers by learner and attempt."""
    sitting = sa.and_(
        LoggedResponse.user_id == Attempt.user_id, LoggedResponse.attempt_n == Attempt.n
    )
    item = sa.and_(
        AttemptItem.user_id == LoggedResponse.user_id,
        AttemptItem.n == LoggedResponse.attempt_n,
        AttemptItem.slot == LoggedResponse.slot,
    )
    answers = db.session.execute(
        sa.select(
            LoggedResponse.user_id, LoggedResponse.attempt_n, LoggedResponse.slot,
            LoggedResponse.try_no, LoggedResponse.question_id, LoggedResponse.question_version,
            LoggedResponse.payload, judged.SCORE.label("score"), judged.FRACTION.label("fraction"),
            LoggedResponse.took_ms, LoggedResponse.answered_at, LoggedResponse.marks,
            judged.NOTE.label("comment"), AttemptItem.weight, Attempt.settings,
        )
        .select_from(Attempt)
        .join(LoggedResponse, sitting)
        .join(AttemptItem, item)
        .outerjoin(Regrade, judged.LATEST)
        .where(
            Attempt.assignment_id == column.id,
            Attempt.user_id.in_(user_ids),
            Attempt.state != "open",
        )
        .order_by(LoggedResponse.user_id, LoggedResponse.attempt_n, LoggedResponse.slot,
                  LoggedResponse.try_no, LoggedResponse.seq)
    )  # fmt: skip
    return {key: list(group) for key, group in groupby(answers, lambda row: (row[0], row[1]))}


class _Versions:
    """What stands in each row on a version of a question, made once."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], tuple[Question, Row]] = {}

    def get(self, question_id: int, number: int) -> tuple[Question, Row]:
        """Return the question, and its cells."""
        found = self._kept.get((question_id, number))
        if found is None:
            asked = questions.asked(question_id, number)
            stem = stems.stem(asked, LONGEST_STEM)
            found = asked.question, (asked.uid, number, asked.question.type, stem)
            self._kept[(question_id, number)] = found
        return found


def _of_attempt(
    who: Row, answers: Sequence[Any], learner: Member, versions: _Versions
) -> Iterator[Row]:
    settings = Settings.of(answers[0].settings) if answers else None
    for _slot, tries in groupby(answers, lambda row: row.slot):
        listed = list(tries)
        assert settings is not None  # noqa: S101 - there is an answer
        which = _counting(listed, settings)
        for row in listed:
            points = _points(row, settings) if row is which else None
            yield [*who, *_answer(row, points, learner, versions)]


def _counting(tries: Sequence[Any], settings: Settings) -> Any:
    """Return the try that counts, as `tries.counted` chooses it."""
    if not settings.tries_again:
        return tries[0]
    return max(
        tries, key=lambda row: (counted({row.try_no: row.fraction}, settings) or 0, -row.try_no)
    )


def _answer(
    row: Any, points: float | None, learner: Member, versions: _Versions
) -> Iterator[object]:
    question, cells = versions.get(row.question_id, row.question_version)
    yield from (row.slot, row.try_no, *cells, readable(question, row.payload))
    yield from (row.score, row.fraction, points)
    yield from (row.weight, row.took_ms, row.answered_at.isoformat())
    yield "; ".join(_marks(row, learner))
    yield row.comment or ""


def _points(row: Any, settings: Settings) -> float | None:
    fraction = row.fraction
    if settings.tries_again:
        fraction = counted({row.try_no: fraction}, settings)
    return None if fraction is None else points_of(fraction, row.weight, settings.floor_zero)


def _marks(row: Any, learner: Member) -> Iterator[str]:
    """Yield what else is to know of an answer: hint, said_right, certainty=3, guest."""
    for name, value in sorted(row.marks.items()):
        if value is True:
            yield name
        elif value not in (None, False):
            yield f"{name}={value}"
    if learner.is_guest:
        yield "guest"
