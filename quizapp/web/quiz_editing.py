"""Making a quiz from a bank, editing it, and giving out its link."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from quizapp.services.content import banks
from quizapp.services.quizzes import question_picking, quiz_editing, quizzes
from quizapp.services.quizzes.attempt_views import Refused
from quizapp.services.quizzes.quiz_editing import Changed
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.web import quiz_forms
from quizapp.web.identity import now, person
from quizapp.web.quiz_forms import NewForm, QuizForm
from quizapp.web.quiz_pages import changed, editor, page, quiz_at
from quizapp.web.shared import absolute

blueprint = Blueprint("quiz_editing", __name__)


@blueprint.get("/banks/<slug>/quizzes")
def index(slug: str) -> str:
    """List a bank's quizzes, drafts and retired ones too, for whoever may edit them."""
    bank = banks.editable(slug, person())
    return render_template(
        "quiz_editing/index.html", bank=bank, quizzes=quiz_editing.of_bank(bank.id)
    )


@blueprint.route("/banks/<slug>/quizzes/new", methods=["GET", "POST"])
def new(slug: str) -> ResponseReturnValue:
    """Make a quiz: of all the bank's questions and published at once, or a draft to fill."""
    bank = banks.editable(slug, person())
    form, there = NewForm(data={"title": bank.title}), question_picking.count(bank.id)
    if form.validate_on_submit():
        try:
            return _create(slug, form.title.data, request.form.get("go") == "publish")
        except Unfit as error:
            form.title.errors = [_(str(error))]
        except Refused as refused:
            form.title.errors = [_(str(refused))]
        bank = banks.editable(slug, person())
    status = 422 if form.is_submitted() else 200
    most = min(there, quiz_editing.MOST_AT_ONCE)
    found = {"bank": bank, "form": form, "there": there, "most": most}
    return render_template("quiz_editing/new.html", **found), status


def _create(slug: str, title: str, publish: bool) -> ResponseReturnValue:
    uids: list[str] | None = None if publish else []
    made = quiz_editing.create_quiz(
        slug, editor(), title, uids, now(), publish="link" if publish else None
    )
    if made.left_out:
        flash(
            ngettext(
                "%(num)s question had no room. Draw from pools to use all.",
                "%(num)s questions had no room. Draw from pools to use all.",
                made.left_out,
            ),
            "partial",
        )
    if publish:
        return redirect(url_for("quiz_editing.publish", slug=made.slug), 303)
    flash(_("A draft is made. Choose what it asks."), "info")
    return redirect(url_for("quiz_places.questions", slug=made.slug), 303)


@blueprint.route("/quizzes/<slug>/edit", methods=["GET", "POST"])
def edit(slug: str) -> ResponseReturnValue:
    """Show settings and places of a quiz; take its settings."""
    quiz = quiz_at(slug)
    view = quizzes.of_row(quiz)
    form = QuizForm(data=quiz_forms.of_quiz(quiz.title, view.settings))
    if not form.validate_on_submit():
        return page(quiz, form), 422 if form.is_submitted() else 200
    settings, seen = quiz_forms.settings_in(form), request.form.get("seen", "")
    try:
        quiz_editing.save_settings(slug, editor(), seen, form.title.data, settings)
    except Changed:
        flash(changed(), "partial")
        return page(quiz_at(slug), form), 409
    except Unfit as error:
        field = "minutes" if error.field == "time_limit_s" else error.field
        form[field].errors = [_(str(error))]
        return page(quiz_at(slug), form), 422
    flash(_("The settings are saved. Attempts that have begun go on with the old ones."), "right")
    return redirect(url_for("quiz_editing.edit", slug=slug), 303)


@blueprint.route("/quizzes/<slug>/publish", methods=["GET", "POST"])
def publish(slug: str) -> ResponseReturnValue:
    """Say who may take a quiz, and show its link."""
    quiz = quiz_at(slug)
    if request.method == "GET":
        return render_template(
            "quiz_editing/publish.html",
            quiz=quiz,
            state=quiz_editing.state_of(quiz),
            view=(view := quizzes.of_row(quiz)),
            asks=len(quizzes.draw(view, 0)),
            address=absolute(url_for("quizzes.show", slug=slug)),
        )
    try:
        quiz_editing.set_state(slug, editor(), request.form.get("state", ""), now())
    except (Unfit, Refused) as error:
        flash(_(str(error)), "partial")
    return redirect(url_for("quiz_editing.publish", slug=slug), 303)


@blueprint.post("/quizzes/<slug>/duplicate")
def duplicate(slug: str) -> ResponseReturnValue:
    """Copy a quiz into a new draft."""
    title = _("Copy of %(title)s", title=quiz_at(slug).title)
    copy = quiz_editing.duplicate(slug, editor(), title, now())
    flash(_("This is the copy, a draft that nobody can take yet."), "info")
    return redirect(url_for("quiz_editing.edit", slug=copy), 303)


@blueprint.route("/quizzes/<slug>/delete", methods=["GET", "POST"])
def delete(slug: str) -> ResponseReturnValue:
    """Ask once more, then delete a quiz, or retire one that was taken."""
    quiz = quiz_at(slug)
    view = quizzes.of_row(quiz)
    if request.method == "GET":
        used = quiz_editing.is_taken(quiz.id)
        return render_template("quiz_editing/delete.html", quiz=view, used=used)
    gone = quiz_editing.delete(slug, editor(), now())
    flash(_("Deleted.") if gone else _("Retired: nobody can begin it any more."), "info")
    return redirect(url_for("quiz_editing.index", slug=view.bank_slug), 303)
