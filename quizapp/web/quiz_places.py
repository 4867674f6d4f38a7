"""What a quiz asks: order and points of its places, picking questions, adding draws."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from quizapp.models import Quiz
from quizapp.services.quizzes import question_picking, quiz_editing, quiz_slots, quizzes
from quizapp.services.quizzes.quiz_editing import Changed
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.services.quizzes.quiz_slots import SlotEdit
from quizapp.web import quiz_forms
from quizapp.web.quiz_forms import QuizForm
from quizapp.web.quiz_pages import changed, editor, page, quiz_at

blueprint = Blueprint("quiz_places", __name__)
LONGEST_SEARCH = 200


@blueprint.post("/quizzes/<slug>/places")
def places(slug: str) -> ResponseReturnValue:
    """Take order, weights and removal of a quiz's places from one form."""
    quiz = quiz_at(slug)
    try:
        quiz_slots.save(slug, editor(), request.form.get("seen", ""), _edits())
    except Changed:
        flash(changed(), "partial")
        view = quizzes.of_row(quiz := quiz_at(slug))
        return page(quiz, QuizForm(None, data=quiz_forms.of_quiz(quiz.title, view.settings))), 409
    except (Unfit, ValueError) as error:
        said = str(error) if isinstance(error, Unfit) else "That is not a number."
        flash(_(said) + " " + _("Nothing was changed."), "partial")
    return redirect(url_for("quiz_editing.edit", slug=slug, _anchor="places"), 303)


def _edits() -> list[SlotEdit]:
    """Return the places in the order that the form and its button give."""
    order = [int(at) for at in request.form.getlist("at")[: quiz_editing.MOST_SLOTS]]
    what, _dash, at = request.form.get("go", "").partition("-")
    if at.isdecimal() and int(at) in order:
        here = order.index(int(at))
        moved = order.pop(here)
        if what in {"up", "down"}:
            order.insert(max(here + (1 if what == "down" else -1), 0), moved)
    return [SlotEdit(at, float(_sent("weight", at) or 1), _count(at)) for at in order]


def _sent(name: str, at: int) -> str:
    return request.form.get(f"{name}-{at}", "").strip().replace(",", ".")[:20]


def _count(at: int) -> int | None:
    sent = _sent("n", at)
    return int(sent) if sent else None


@blueprint.route("/quizzes/<slug>/questions", methods=["GET", "POST"])
def questions(slug: str) -> ResponseReturnValue:
    """Find questions of the bank and add those that are ticked."""
    quiz = quiz_at(slug)
    if request.method == "POST":
        return _add(slug, _listed("question"))
    asked = {name: request.args.get(name, "")[:LONGEST_SEARCH] for name in ("q", "type", "tag")}
    number = request.args.get("page", type=int, default=1)
    return render_template(
        "quiz_editing/questions.html",
        quiz=quiz,
        found=question_picking.find(quiz, asked["q"], asked["type"], asked["tag"], number),
        asked=asked,
        types=question_picking.types(quiz.bank_id),
        tags=question_picking.tags(quiz.bank_id),
        labels=quiz_forms.LABELS,
        places=quizzes.of_row(quiz).questions,
    )


def _add(slug: str, uids: list[str]) -> ResponseReturnValue:
    try:
        added = quiz_slots.add_questions(slug, editor(), uids)
    except Unfit as error:
        flash(_(str(error)), "partial")
        return redirect(url_for("quiz_places.questions", slug=slug), 303)
    if added:
        flash(ngettext("%(num)s question added.", "%(num)s questions added.", added), "right")
    else:
        flash(_("Tick at least one question that is not in the quiz yet."), "partial")
    if request.form.get("go") == "more" or not added:
        kept: dict[str, Any] = {
            name: request.form.get(name) or None for name in ("q", "type", "tag", "page")
        }
        return redirect(url_for("quiz_places.questions", slug=slug, **kept), 303)
    return redirect(url_for("quiz_editing.edit", slug=slug, _anchor="places"), 303)


@blueprint.route("/quizzes/<slug>/pools", methods=["GET", "POST"])
def pools(slug: str) -> ResponseReturnValue:
    """Add a draw: n questions per attempt, by tags and facts."""
    quiz = quiz_at(slug)
    if request.method == "GET":
        return _pool_page(quiz), 200
    tags, facts = _listed("tag"), _listed("fact")
    try:
        weight = float(request.form.get("weight", "1").replace(",", ".")[:20])
        quiz_slots.add_pool(slug, editor(), int(request.form.get("n", "")), tags, facts, weight)
    except (Unfit, ValueError) as error:
        said = str(error) if isinstance(error, Unfit) else "That is not a number."
        return _pool_page(quiz_at(slug), _(said)), 422
    flash(_("The draw is added."), "right")
    return redirect(url_for("quiz_editing.edit", slug=slug, _anchor="places"), 303)


def _listed(name: str) -> list[str]:
    return request.form.getlist(name)[: quiz_editing.MOST_SLOTS]


def _pool_page(quiz: Quiz, error: str | None = None) -> str:
    return render_template(
        "quiz_editing/pool.html",
        quiz=quiz,
        tags=question_picking.tags(quiz.bank_id),
        facts=question_picking.facts(quiz.bank_id),
        error=error,
        sent=request.form,
    )
