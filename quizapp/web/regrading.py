"""Regrading: what a corrected key would change, told before it is done."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.services.content import banks, editable_questions
from quizapp.services.quizzes import regrade_preview, regrading
from quizapp.web import attempt_pages, bank_frame, words
from quizapp.web.identity import now, person

blueprint = Blueprint("regrading", __name__, url_prefix="/banks")


@blueprint.get("/<slug>/questions/<uid>/regrade")
def show(slug: str, uid: str) -> str:
    """List the marks that the newest key would change."""
    bank = banks.editable(slug, person())
    return render_template(
        "questions/regrade.html",
        bank=bank,
        found=editable_questions.find(bank, uid),
        foreseen=regrade_preview.foresee(bank, uid, bank_frame.editor().id),
        number=attempt_pages.number,
        words=words,
    )


@blueprint.post("/<slug>/questions/<uid>/regrade")
def start(slug: str, uid: str) -> ResponseReturnValue:
    """Have the answers judged anew by the key that the page has shown, if it is the newest."""
    bank = banks.editable(slug, person())
    version = editable_questions.find(bank, uid).version
    if request.form.get("version", type=int) != version:
        flash(_("The question has changed since. Look at what would change now."), "partial")
    else:
        regrading.regrade(bank, uid, bank_frame.editor(), now())
        flash(_("The answers are being judged anew. It takes a moment; look again soon."), "info")
    return redirect(url_for("regrading.show", slug=slug, uid=uid), 303)
