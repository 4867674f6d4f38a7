"""Banks: which there are, and what is in one."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.services.content import bank_pages
from quizapp.services.quizzes import quiz_editing, quizzes
from quizapp.services.study import shelf, waiting
from quizapp.web.identity import now, person, person_or_guest

blueprint = Blueprint("banks", __name__, url_prefix="/banks")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the banks that can be studied."""
    who = person()
    found = [
        (bank, waiting.counts(who, now(), bank_id=bank.id) if who else None)
        for bank in bank_pages.visible(who)
    ]
    return render_template("banks/index.html", banks=found)


@blueprint.get("/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """Say what a bank holds: study it, read its article, take its quizzes."""
    who = person()
    bank = bank_pages.seen(slug, who)
    if bank is None:
        abort(404)
    return render_template(
        "banks/show.html",
        bank=bank,
        counts=waiting.counts(who, now(), bank_id=bank.id) if who else None,
        on_shelf=bool(who and shelf.holds(who, bank.id)),
        articles=bank_pages.articles(bank.id),
        quizzes=quizzes.visible_quizzes(who, bank.id),
        new_quiz=quiz_editing.may_edit(who, bank.id),
    )


@blueprint.post("/<slug>/shelf")
def keep(slug: str) -> ResponseReturnValue:
    """Put a bank on the shelf or take it off."""
    bank = bank_pages.seen(slug, person())
    if bank is None:
        abort(404)
    who = person_or_guest()
    if request.form.get("action") == "take_off":
        shelf.take_off(who, bank.id)
        flash(_("Off your shelf. What you know of it is kept."), "info")
    else:
        shelf.put(who, bank.id, now())
        flash(_("On your shelf."), "info")
    return redirect(url_for("banks.show", slug=slug), 303)
