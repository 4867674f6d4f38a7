"""The articles of a course, each sentence coloured by what is asked of it and what is known."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.core.articles.model import ArticleError
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.statistics import class_matrix
from quizapp.services.articles import parts
from quizapp.services.content import sentence_facts
from quizapp.services.content.questions import Absent
from quizapp.services.content.sentence_facts import AskedHere
from quizapp.services.courses import access, course_articles, course_facts, coverage
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.courses import Archived
from quizapp.services.courses.coverage import Coverage, CoveredFact, CoveredSentence
from quizapp.web.course_frame import csv_file, me, page_asked, wants_csv
from quizapp.web.identity import now, person

blueprint = Blueprint("course_articles", __name__, url_prefix="/courses/<uid>/articles")
ROWS = 50  # sentences of a table
# The words after the sentence carry what its colour says: see `coverage.STATES`.
STYLES = {"known": "k4", "likely": "k3", "fading": "k2", "weak": "k1", "few": "few"}
CSV = ("sentence", "text", "state", "mean_percent", "answered", "known", "learners", "questions",
       "facts")  # fmt: skip


@dataclass(frozen=True, slots=True)
class FactHere:
    """A fact on the sentence that is open; is_given: whether an assignment asks it."""

    fact: CoveredFact
    questions: list[AskedHere]
    is_given: bool


@blueprint.get("")
def index(uid: str) -> ResponseReturnValue:
    """List the course's articles with what is known of each; a single one is shown at once."""
    course = access.for_staff(uid, person())
    found = course_articles.page(course, me(), page_asked())
    if found.total == 1:
        return redirect(url_for("course_articles.show", uid=uid, article=found.articles[0].uid))
    covered = coverage.of_articles(course, found.articles, now())
    return _page("index.html", course, covered=covered, number=found.number, pages=found.pages)


@blueprint.get("/<article>")
def show(uid: str, article: str) -> ResponseReturnValue:
    """Show an article; ?sentence= opens the facts on a sentence and how the class knows them."""
    course = access.for_staff(uid, person())
    page = coverage.of_article(course, me(), article, now())
    chosen = page.sentences.get(request.args.get("sentence", -1, type=int))
    facts = _facts(course, chosen) if chosen else []
    return _page("show.html", course, page=page, chosen=chosen, facts=facts)


@blueprint.get("/<article>/table")
def table(uid: str, article: str) -> ResponseReturnValue:
    """List the sentences in words and figures; ?group= only some; ?format=csv sends them."""
    course = access.for_staff(uid, person())
    page = coverage.of_article(course, me(), article, now())
    group = request.args.get("group", "")
    rows = page.of(group)
    if wants_csv():
        return csv_file("article", CSV, [_line(page, row) for row in rows])
    pages = max(1, -(-len(rows) // ROWS))
    number = min(page_asked(), pages)
    shown = rows[(number - 1) * ROWS : number * ROWS]
    return _page(
        "table.html", course, page=page, group=group, rows=shown, number=number, pages=pages
    )


@blueprint.post("/<article>/draft")
def draft(uid: str, article: str) -> ResponseReturnValue:
    """Have questions drafted on a sentence, and go to where the drafts will be."""
    course = access.for_staff(uid, person())
    if course.is_archived:
        raise Archived
    if not course_articles.find(course, me(), article).may_write:
        raise Absent
    sentence, version = (request.form.get(name, "") for name in ("sentence", "version"))
    try:
        drafting = parts.draft_on(me(), article, f"{article}.{version}.{sentence}", now=now())
    except ArticleError as error:
        flash(_(str(error)), "partial")
        return redirect(url_for("course_articles.show", uid=uid, article=article), 303)
    return redirect(url_for("article_new.progress", uid=drafting), 303)


def _facts(course: CourseView, chosen: CoveredSentence) -> list[FactHere]:
    given = set(course_facts.of_course(course.id).facts)
    asked = sentence_facts.of_facts(tuple(fact.id for fact in chosen.facts), None, now())
    questions = {one.uid: one.questions for one in asked}
    return [FactHere(one, questions.get(one.uid, []), one.id in given) for one in chosen.facts]


def _line(page: Coverage, row: CoveredSentence) -> list[object]:
    judged = row.fact.recall if row.fact else None
    mean = "" if judged is None else class_matrix.percent(judged.recall)
    known = "" if judged is None else judged.known
    facts = " | ".join(fact.statement for fact in row.facts)
    figures = (mean, row.answered, known, page.learners, row.questions)
    return [row.index + 1, row.text, row.state, *figures, facts]


def _page(template: str, course: CourseView, **values: object) -> str:
    return render_template(
        f"course_articles/{template}",
        course=course,
        words=state_words(),
        styles=STYLES,
        percent=class_matrix.percent,
        kinds=QUESTION_TYPES,
        **values,
    )


def state_words() -> dict[str, str]:
    """Return what each state of a sentence is called; the levels as on a learner's own page."""
    return {
        "known": _("known"),
        "likely": _("likely"),
        "fading": _("fading"),
        "weak": _("weak"),
        "few": _("few answers"),
        "unasked": _("no question yet"),
    }
