"""The first page of a course for its staff: who needs help, and with what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.core.statistics import class_matrix
from quizapp.core.statistics.class_needs import Reason
from quizapp.extensions import db
from quizapp.models import Question
from quizapp.services.content import evidence, said, stems
from quizapp.services.content.evidence import Passage
from quizapp.services.content.questions import asked
from quizapp.services.courses import access, course_facts, snapshots
from quizapp.services.courses.access import CourseView, Member
from quizapp.services.courses.snapshots import Figures

ROWS, COLUMNS = 40, 25  # of one window of the matrix
HARDEST, TALKED, BELIEVED = 5, 8, 5  # shown beside it
LEAST_COUNTED = 3  # learners that a fact's mean has to be made of, where there are so many


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact as the class knows it: mean recall of `counted` learners, `under` of them below 70%.

    A learner counts who has a memory of it, or owes one: see class_matrix.
    """

    id: int
    uid: str
    statement: str
    mean: float | None
    counted: int
    under: int

    @property
    def trips(self) -> bool:
        """Whether most of those who count do not know it."""
        return 2 * self.under > self.counted


@dataclass(frozen=True, slots=True)
class Row:
    """A learner's line of the matrix: cells as in class_matrix, and how many reviews each has."""

    member: Member
    mean: float | None
    cells: Sequence[int]
    reviews: Sequence[int]


@dataclass(frozen=True, slots=True)
class Talk:
    """A learner to talk to, and why."""

    member: Member
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class Belief:
    """A wrong option that `chosen` of the `wrong` learners took who answered a question wrong."""

    fact: FactLine | None
    stem: str
    option: str
    chosen: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Hard:
    """A hard fact with its sentence, None where it has none."""

    fact: FactLine
    passage: Passage | None


@dataclass(frozen=True, slots=True)
class Board:
    """The page: a window of the matrix, and what stands beside it."""

    as_of: datetime
    is_fresh: bool
    learners: int
    facts: int
    all_facts: int  # more than `facts` where there are too many for one matrix
    rows: Sequence[Row]
    heads: Sequence[FactLine]
    shown_rows: range
    shown_columns: range
    needing: int  # learners to talk to, more than are shown
    talks: Sequence[Talk]
    tripping: int  # facts that most of the class does not know
    hardest: Sequence[Hard]
    beliefs: Sequence[Belief]


def board(course: CourseView, now: datetime, row: int = 0, column: int = 0) -> Board | None:
    """Return a course's first page with the window that begins there; None while it is made.

    Ids and numbers come from the stored figures, names and texts are those of now: who has left
    or was erased since does not appear.
    """
    figures = snapshots.current(course, now)
    if figures is None:
        return None
    data = figures.data
    people = {one.user_id: one for one in access.learners(course.id)}
    rows = class_matrix.window(len(data["learners"]), row, ROWS)
    columns = class_matrix.window(len(data["facts"]), column, COLUMNS)
    hard = _hardest(data)
    questions = _questions([question for question, *_ in data["believed"][:BELIEVED]])
    places = {*columns, *hard}
    places |= {data["facts"].index(fact) for _, fact in questions.values() if fact in data["facts"]}
    lines = fact_lines(data, sorted(places))
    needs = [one for one in data["needs"] if one[0] in people]
    return Board(
        as_of=figures.as_of,
        is_fresh=figures.is_fresh,
        learners=len(data["learners"]),
        facts=len(data["facts"]),
        all_facts=data["all_facts"],
        rows=_rows(data, rows, columns, people),
        heads=[lines[place] for place in columns],
        shown_rows=rows,
        shown_columns=columns,
        needing=len(needs),
        talks=[Talk(people[who], reasons_in(told)) for who, told in needs[:TALKED]],
        tripping=sum(2 * under > counted for under, counted in _unders(data)),
        hardest=[Hard(lines[place], evidence.of_fact(lines[place].id)) for place in hard],
        beliefs=_beliefs(data, questions, {line.id: line for line in lines.values()}),
    )


def facts(course: CourseView, now: datetime) -> tuple[Figures, list[FactLine]] | None:
    """Return all facts of a course, the least known first; None while the figures are made."""
    figures = snapshots.current(course, now)
    if figures is None:
        return None
    lines = fact_lines(figures.data, range(len(figures.data["facts"])))
    return figures, list(lines.values())


def matrix(course: CourseView, now: datetime) -> tuple[list[FactLine], list[Row]] | None:
    """Return the whole matrix, heads and rows; None while the figures are made."""
    figures = snapshots.current(course, now)
    if figures is None:
        return None
    data = figures.data
    people = {one.user_id: one for one in access.learners(course.id)}
    columns = range(len(data["facts"]))
    lines = fact_lines(data, columns)
    return list(lines.values()), _rows(data, range(len(data["learners"])), columns, people)


def reasons_of(course: CourseView, user_id: int, now: datetime) -> list[Reason]:
    """Return why to talk to one learner; nothing while the figures are made."""
    figures = snapshots.current(course, now)
    told = (reasons for who, reasons in figures.data["needs"] if who == user_id) if figures else ()
    return reasons_in(next(iter(told), []))


def reasons_in(told: Iterable[Sequence[Any]]) -> list[Reason]:
    """Read reasons as they are stored."""
    return [Reason(code, (first, second)) for code, first, second in told]


def beliefs_on(course: CourseView, fact_id: int, now: datetime) -> list[Belief]:
    """Return the wrong options that many choose in questions on one fact."""
    figures = snapshots.current(course, now)
    if figures is None:
        return []
    questions = _questions([question for question, *_ in figures.data["believed"]])
    on_it = {one: (version, fact) for one, (version, fact) in questions.items() if fact == fact_id}
    return _beliefs(figures.data, on_it, {})


def fact_lines(data: Mapping[str, Any], places: Iterable[int]) -> dict[int, FactLine]:
    """Return the facts at these places of the stored figures, by place."""
    there = {data["facts"][place]: place for place in places}
    words = course_facts.words(list(there))
    return {
        place: FactLine(
            fact_id, *words.get(fact_id, ("", "")), data["fact_means"][place],
            data["counted"][place], data["under"][place],
        )
        for fact_id, place in there.items()
    }  # fmt: skip


def _rows(
    data: Mapping[str, Any], rows: range, columns: range, people: Mapping[int, Member]
) -> list[Row]:
    first, last = columns.start, columns.stop
    return [
        Row(
            people[who],
            data["learner_means"][place],
            class_matrix.unpack(data["cells"][place], first, last),
            class_matrix.unpack_counts(data["reviews"][place], first, last),
        )
        for place, who in ((place, data["learners"][place]) for place in rows)
        if who in people
    ]


def _hardest(data: Mapping[str, Any]) -> list[int]:
    """Return the places of the facts that are known least, of those that tell enough."""
    least = min(LEAST_COUNTED, len(data["learners"]))
    return [
        place
        for place, (under, counted) in enumerate(_unders(data))
        if counted >= least and under > 0
    ][:HARDEST]


def _unders(data: Mapping[str, Any]) -> list[tuple[int, int]]:
    return list(zip(data["under"], data["counted"], strict=True))


def _questions(ids: Sequence[int]) -> dict[int, tuple[int, int | None]]:
    """Return version and fact of questions as they stand."""
    rows = db.session.execute(
        sa.select(Question.id, Question.version, Question.fact_id).where(Question.id.in_(ids))
    )
    return {question_id: (version, fact_id) for question_id, version, fact_id in rows}


def _beliefs(
    data: Mapping[str, Any],
    questions: Mapping[int, tuple[int, int | None]],
    lines: Mapping[int, FactLine],
) -> list[Belief]:
    found = []
    for question_id, option, chosen, wrong in data["believed"]:
        if question_id in questions:
            version, fact_id = questions[question_id]
            question = asked(question_id, version)
            words = said.option(question, option)
            fact = lines.get(fact_id or 0)
            found.append(Belief(fact, stems.stem(question), words, chosen, wrong))
    return found
