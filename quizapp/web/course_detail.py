"""Behind the cells of a course's matrix: a learner's facts, a fact's learners, their answers."""

from collections.abc import Sequence

from flask import abort, request
from flask.typing import ResponseReturnValue

from quizapp.core.statistics import class_matrix
from quizapp.services.courses import (
    access,
    class_detail,
    course_privacy,
    fact_answers,
    first_page,
)
from quizapp.services.courses.class_detail import Known
from quizapp.services.courses.fact_answers import GivenAnswer
from quizapp.web.class_frame import PAGE, blueprint, page
from quizapp.web.course_frame import csv_file, me, page_asked, wants_csv
from quizapp.web.identity import now, person

MOST_ANSWERS = 5000  # of a file


@blueprint.get("/courses/<uid>/learners/<learner>")
def learner(uid: str, learner: str) -> ResponseReturnValue:
    """Show what one learner knows of the course's facts, the least known first."""
    course = access.for_staff(uid, person())
    member = class_detail.learner_of(course, learner)
    course_privacy.looked(me(), course, member.user_id, "memory", now())
    found = class_detail.of_learner(course, member, now())
    if wants_csv():
        head = ("fact", "bank", *_KNOWN_HEAD)
        lines = [[row.fact.statement, row.fact.bank, *_known_line(row)] for row in found.rows]
        return csv_file("facts-of-one-learner", head, lines)
    rows, number, pages = _paged(found.rows)
    reasons = first_page.reasons_of(course, member.user_id, now())
    return page(
        "learner.html", course, found=found, rows=rows, number=number, pages=pages, reasons=reasons
    )


@blueprint.get("/courses/<uid>/facts/<fact>")
def fact(uid: str, fact: str) -> ResponseReturnValue:
    """Show a fact with its sentence, and who of the class knows it."""
    course = access.for_staff(uid, person())
    view = class_detail.fact_of(course, fact)
    found = class_detail.of_fact(course, view, now())
    if wants_csv():
        lines = [[row.member.name, *_known_line(row)] for row in found.rows]
        return csv_file("learners-of-one-fact", ("learner", *_KNOWN_HEAD), lines)
    rows, number, pages = _paged(found.rows)
    beliefs = first_page.beliefs_on(course, view.id, now())
    return page(
        "fact.html", course, found=found, rows=rows, number=number, pages=pages, beliefs=beliefs
    )


@blueprint.get("/courses/<uid>/learners/<learner>/facts/<fact>")
def answers(uid: str, learner: str, fact: str) -> ResponseReturnValue:
    """Show the answers behind a cell: when, what was asked and answered, what was forgotten."""
    course = access.for_staff(uid, person())
    member = class_detail.learner_of(course, learner)
    view = class_detail.fact_of(course, fact)
    course_privacy.looked(me(), course, member.user_id, "answers", now())
    known = class_detail.of_both(course, member, view, now())
    most = MOST_ANSWERS if wants_csv() else PAGE
    after = None if wants_csv() else request.args.get("after")
    try:
        given = fact_answers.of_learner(member.user_id, view.id, member.joined_at, after, most)
    except ValueError:  # a place that no page of ours names
        abort(404)
    if wants_csv():
        return csv_file("answers", _ANSWER_HEAD, [_answer_line(one) for one in given.rows])
    return page("answers.html", course, known=known, given=given)


_KNOWN_HEAD = ("recall_percent", "state", "reviews", "lapses", "days_since_last_answer")
_ANSWER_HEAD = (
    *("answered_at", "question", "type", "answer", "outcome", "score"),
    *("recall_before_percent", "took_ms"),
)


def _known_line(row: Known) -> list[object]:
    if row.memory is None:
        return [0 if row.owed else "", row.state, 0, 0, ""]
    memory = row.memory
    recall, days = class_matrix.percent(memory.recall), round(memory.days_ago, 1)
    return [recall, row.state, memory.reps, memory.lapses, days]


def _answer_line(one: GivenAnswer) -> list[object]:
    row, before = one.row, one.recall_before
    score = "" if row.score is None else row.score
    recall = "" if before is None else class_matrix.percent(before)
    took = "" if row.took_ms is None else row.took_ms
    return [row.at.isoformat(), row.stem, row.type, one.said, row.outcome, score, recall, took]


def _paged(rows: Sequence[Known]) -> tuple[Sequence[Known], int, int]:
    pages = max(1, -(-len(rows) // PAGE))
    number = min(page_asked(), pages)
    return rows[(number - 1) * PAGE : number * PAGE], number, pages
