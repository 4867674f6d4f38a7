"""Writing the questions of a bank: the form, the learner's view beside it, versions, pictures."""

import secrets
from dataclasses import replace

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from quizapp.core.question import BadResponse
from quizapp.models import Bank
from quizapp.services.content import banks, editable_questions, editing, questions, versions
from quizapp.services.content.editable_questions import Editable
from quizapp.services.content.questions import Asked
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import regrading
from quizapp.services.study import answers
from quizapp.web import present, question_pictures, question_rows, words
from quizapp.web.identity import now, person
from quizapp.web.question_form import TooMany, leaf, tree
from quizapp.web.question_pages import WRITABLE, Editor, new_editor, stored_editor, way_back

blueprint = Blueprint("questions", __name__, url_prefix="/banks")


@blueprint.url_value_preprocessor
def let_pictures_in(endpoint: str | None, _values: object) -> None:
    """Let people with an account send more than a form holds, before the form is read."""
    if endpoint == "questions.upload":
        who = person()
        if who and not who.is_guest:
            config = current_app.config
            most = config["MAX_PICTURE_LENGTH"] + config["MAX_CONTENT_LENGTH"]
            request.max_content_length = most


@blueprint.route("/<slug>/questions/new", methods=["GET", "POST"])
def new(slug: str) -> ResponseReturnValue:
    """Choose a type, then write a question of it."""
    bank, _who = _theirs(slug)
    type_name = request.values.get("type", "")
    if not type_name:
        return render_template("questions/types.html", bank=bank, kinds=WRITABLE)
    editor = new_editor(bank, type_name)
    if editor is None:
        abort(404)
    return _answer(_posted(editor)) if request.method == "POST" else editor.page()


@blueprint.route("/<slug>/questions/<uid>/edit", methods=["GET", "POST"])
def edit(slug: str, uid: str) -> ResponseReturnValue:
    """Show a question in its form, and take what was changed."""
    bank, _who = _theirs(slug)
    editor = stored_editor(bank, _found(bank, uid))
    if request.method == "POST":
        return _answer(_posted(editor))
    if request.args.get("status") == "active":  # editing a draft in order to use it
        editor = replace(editor, form={**editor.form, "status": "active"})
    return editor.page(tell=True)


@blueprint.post("/<slug>/questions/preview")
def preview(slug: str) -> ResponseReturnValue:
    """Show what the form holds as a learner would see it; for the script beside the form."""
    return render_template("questions/look.html", look=_posted(_editor(slug)).look(), tell=True)


@blueprint.get("/<slug>/questions/<uid>/versions", endpoint="versions")
def history(slug: str, uid: str) -> ResponseReturnValue:
    """List the versions of a question, and what differs between two of them."""
    bank, _who = _theirs(slug)
    found = _found(bank, uid)
    new_number = request.args.get("new", found.version, type=int)
    old_number = request.args.get("old", max(new_number - 1, 1), type=int)
    compared = versions.compare(bank, uid, old_number, new_number)
    return render_template(
        "questions/versions.html",
        bank=bank,
        found=found,
        versions=versions.list_versions(bank, uid),
        compared=compared,
        may_regrade=regrading.is_offered(bank, uid),
        words=words,
    )


@blueprint.post("/<slug>/questions/<uid>/duplicate")
def duplicate(slug: str, uid: str) -> ResponseReturnValue:
    """Copy a question as a draft, and open the copy."""
    bank, who = _theirs(slug)
    copy = editing.duplicate_question(bank, who, uid, now())
    flash(_("This is the copy. It is a draft until you make it active."), "info")
    return redirect(url_for("questions.edit", slug=slug, uid=copy), 303)


@blueprint.route("/<slug>/questions/<uid>/try", methods=["GET", "POST"])
def try_out(slug: str, uid: str) -> ResponseReturnValue:
    """Ask a question as a learner gets it, and grade the answer; nothing is recorded."""
    bank, _who = _theirs(slug)
    found = _found(bank, uid)
    asked = questions.asked(found.id, found.version)
    seed = request.form.get("seed", secrets.randbelow(2**31), type=int)
    html, done = present.ask(asked, seed=seed, mode="practice"), False
    if request.method == "POST":
        try:
            html, done = _graded(asked, seed), True
        except BadResponse:
            flash(_("Nothing was chosen or typed yet. Answer first, then check."), "partial")
    return render_template(
        "questions/try.html", bank=bank, found=found, html=html, seed=seed, done=done
    )


@blueprint.post("/<slug>/media")
def upload(slug: str) -> ResponseReturnValue:
    """Store a picture; answers its Markdown to the script, or the page with it to a plain form."""
    bank, who = _theirs(slug)
    snippet, refused = question_pictures.take(bank, who)
    status = 422 if refused else 200
    if request.accept_mimetypes.best == "application/json":
        return jsonify({"detail": refused} if refused else {"markdown": snippet}), status
    editor = _posted(_editor(slug))
    return editor.page(snippet=snippet, refused=refused, focus="upload"), status


def _theirs(slug: str) -> tuple[Bank, Person]:
    """Return a bank that the person may change, and who they are; 404 for anybody else."""
    who = person()
    bank = banks.editable(slug, who)
    assert who is not None  # noqa: S101 - strangers may edit nothing
    return bank, who


def _found(bank: Bank, uid: str) -> Editable:
    return editable_questions.find(bank, uid)


def _editor(slug: str) -> Editor:
    """Return the form that the fields `uid` or `type` name."""
    bank, _who = _theirs(slug)
    if uid := request.form.get("uid"):
        return stored_editor(bank, _found(bank, uid))
    editor = new_editor(bank, request.form.get("type", ""))
    if editor is None:
        abort(404)
    return editor


def _posted(editor: Editor) -> Editor:
    """Return the form with what was sent in place of what was stored."""
    try:
        return replace(editor, form=tree(request.form.items(multi=True)))
    except TooMany:
        abort(413)


def _answer(editor: Editor) -> ResponseReturnValue:
    """Do what the pressed button of the form says."""
    action = request.form.get("act", "save")
    if action == "save":
        return _save(editor)
    if action == "preview":
        return editor.page(tell=True, focus="look")
    stem = leaf(editor.form.get("stem"))
    fields = editor.kind.FIELDS
    _form, focus = question_rows.act(fields, editor.form, action, stem, secrets.randbelow)
    return editor.page(focus=f"f-{focus}" if focus else "")


def _save(editor: Editor) -> ResponseReturnValue:
    bank, who = _theirs(editor.bank.slug)
    slug, found = bank.slug, editor.found
    try:
        if found:
            base = request.form.get("version", 0, type=int)
            saved = editing.edit_question(bank, who, found.uid, base, editor.draft(), now())
        else:
            saved = editing.create_question(bank, who, editor.draft(), now(), editor.sentence)
    except editing.Conflict:
        return _posted(_again(slug, found)).page(tell=True, conflict=True), 409
    if saved.uid is None:
        return _posted(_again(slug, found)).page(tell=True, refused_save=True), 422
    flash(_said(saved), "right")
    return redirect(way_back() or url_for("questions.edit", slug=slug, uid=saved.uid), 303)


def _again(slug: str, found: Editable | None) -> Editor:
    """Return the form anew: saving has ended the transaction in which it was read."""
    if found is None:
        return _editor(slug)
    bank, _who = _theirs(slug)
    return stored_editor(bank, _found(bank, found.uid))


def _said(saved: editing.Saved) -> str:
    if saved.new_version:
        return _("Saved as version %(n)s.", n=saved.version)
    return _("Saved. The question itself is as it was, so there is no new version.")


def _graded(asked: Asked, seed: int) -> Markup:
    """Return the question with the posted answer judged; BadResponse where there is none."""
    raw = present.read_form(request.form.items(multi=True)) or {}
    response = answers.read(asked, raw)
    grade = asked.kind.grade(asked.question, response)
    return present.graded(
        asked,
        seed=seed,
        response=response,
        parts=grade.parts,
        feedback=grade.feedback,
        score=grade.score,
    )
