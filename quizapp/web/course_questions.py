"""How the questions of a course's quizzes did, with the class that took them."""

from dataclasses import replace

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.core.answer_labels import worths
from quizapp.services.content import stems
from quizapp.services.courses import access, assignments
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.assignments import AssignmentView
from quizapp.services.quizzes import item_analysis
from quizapp.services.quizzes.item_analysis import QuizAnalysis
from quizapp.services.quizzes.item_figures import ItemAnalysis
from quizapp.services.quizzes.item_sittings import MOST_ATTEMPTS, WHICH, Which
from quizapp.web import class_words, course_frame, item_charts, item_tables, item_words
from quizapp.web.identity import person
from quizapp.web.item_tables import Response as Answer

blueprint = Blueprint("course_questions", __name__)


@blueprint.get("/courses/<uid>/questions")
def index(uid: str) -> str:
    """List the quizzes that the course was given."""
    course = access.for_staff(uid, person())
    given = [one for one in assignments.of_course(course.id) if one.is_quiz]
    return render_template(
        "course_questions/index.html", course=course, given=given, words=class_words
    )


@blueprint.get("/courses/<uid>/questions/<assignment>")
def quiz(uid: str, assignment: str) -> ResponseReturnValue:
    """Show how each question of a quiz did with this class; ?which= attempts, ?format=csv."""
    course, given = _given(uid, assignment)
    found = _analysis(course, given)
    if course_frame.wants_csv():
        return _download(item_tables.items_csv(found.items), f"questions-{found.which}")

    def address(item: ItemAnalysis) -> str:
        return url_for(
            "course_questions.question",
            uid=uid,
            assignment=assignment,
            question=item.asked.uid,
            which=found.which,
        )

    return _page(
        "quiz.html", course, given, found, address=address, scores=item_charts.scores(found),
        scatter=item_charts.scatter(found.items, address),
    )  # fmt: skip


@blueprint.get("/courses/<uid>/questions/<assignment>/<question>")
def question(uid: str, assignment: str, question: str) -> ResponseReturnValue:
    """Show what the class chose in one question, and the answers behind it."""
    course, given = _given(uid, assignment)
    found = _analysis(course, given)
    parts = found.of_question(question) or abort(404)
    rows = _named(course, [row for part in parts for row in item_tables.responses(found, part)])
    if course_frame.wants_csv():
        return _download(item_tables.responses_csv(rows), f"answers-{found.which}")
    pages = max(-(-len(rows) // item_tables.PAGE), 1)
    number = min(course_frame.page_asked(), pages)
    return _page(
        "question.html", course, given, found, parts=parts, number=number, pages=pages,
        responses=rows[(number - 1) * item_tables.PAGE : number * item_tables.PAGE],
        worths={part.asked.version: worths(part.asked.question) for part in parts},
    )  # fmt: skip


def _given(uid: str, assignment: str) -> tuple[CourseView, AssignmentView]:
    course = access.for_staff(uid, person())
    given = assignments.find(course, assignment)
    if not given.is_quiz:
        abort(404)
    return course, given


def _analysis(course: CourseView, given: AssignmentView) -> QuizAnalysis:
    """Return the figures of what the learners of now did for this assignment."""
    asked = request.args.get("which", "")
    which: Which = next((way for way in WHICH if way == asked), "first")
    learners = [one.user_id for one in access.learners(course.id)]
    return item_analysis.analysis(given.quiz_id or 0, which, learners, given.id)


def _named(course: CourseView, rows: list[Answer]) -> list[Answer]:
    """Call learners as the class knows them, not as their accounts do."""
    names = {one.user_id: one.name for one in access.learners(course.id)}
    return [
        replace(row, sitting=replace(row.sitting, name=name, is_guest=False))
        for row, name in ((row, names.get(row.sitting.user_id, "")) for row in rows)
    ]


def _page(
    template: str, course: CourseView, given: AssignmentView, found: QuizAnalysis, **values: object
) -> str:
    return render_template(
        f"course_questions/{template}",
        course=course,
        given=given,
        found=found,
        told=item_words,
        stem=stems.stem,
        ways=WHICH,
        most=MOST_ATTEMPTS,
        few=item_words.FEW_ATTEMPTS,
        words=class_words,
        **values,
    )


def _download(text: str, name: str) -> Response:
    response = Response(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
