"""Banks: which there are, and what is in one."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from quizapp.services import bank_pages, queue
from quizapp.web.identity import now, person

blueprint = Blueprint("banks", __name__, url_prefix="/banks")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the banks that can be studied."""
    who = person()
    found = [
        (bank, queue.counts(who, now(), bank.id) if who else None)
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
        counts=queue.counts(who, now(), bank.id) if who else None,
        articles=bank_pages.articles(bank.id),
        quizzes=bank_pages.quizzes(bank.id),
    )
