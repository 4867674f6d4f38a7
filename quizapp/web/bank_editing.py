"""A bank's questions and facts for those who may edit it: listed, searched, changed in bulk."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.core.question_types import QUESTION_TYPES
from quizapp.services.content import banks, bulk, fact_lists, grouping, question_lists
from quizapp.web import bank_acts, bank_frame
from quizapp.web.bank_forms import filter_of, query_of
from quizapp.web.identity import now, person

blueprint = Blueprint("bank_editing", __name__, url_prefix="/banks")


@blueprint.get("/<slug>/manage")
def questions(slug: str) -> str:
    """List a bank's questions: those that a filter leaves, a page of them."""
    bank, wanted = banks.editable(slug, person()), filter_of(request.args)
    number = request.args.get("page", 1, type=int)
    return bank_frame.page(
        "questions.html",
        bank,
        listing=question_lists.listing(bank.id, wanted, number),
        wanted=wanted,
        fact=question_lists.fact_named(bank.id, wanted.fact) if wanted.fact else None,
        query_of=query_of,
        labels={name: kind.LABEL for name, kind in QUESTION_TYPES.items()},
        longest_tag=bank_acts.LONGEST_TAG,
    )


@blueprint.post("/<slug>/manage")
def act(slug: str) -> ResponseReturnValue:
    """Do something to the chosen questions, or to all that the filter leaves; or ask first."""
    bank, wanted = banks.editable(slug, person()), filter_of(request.form)
    back = url_for(
        "bank_editing.questions", slug=slug, **query_of(wanted, page=request.form.get("page"))
    )
    if request.form.get("all"):
        ids = bulk.matching(bank.id, wanted)
    else:
        ids = bulk.chosen(bank.id, request.form.getlist("uid"))
    if not ids:
        flash(_("Choose some questions first."), "partial")
        return redirect(back, 303)
    return bank_acts.run(bank, ids, wanted, back)


@blueprint.get("/<slug>/manage/facts")
def facts(slug: str) -> str:
    """List a bank's facts with how many questions ask each."""
    bank = banks.editable(slug, person())
    number = request.args.get("page", 1, type=int)
    return bank_frame.page("facts.html", bank, listing=fact_lists.listing(bank.id, number))


@blueprint.get("/<slug>/manage/suggestions")
def suggestions(slug: str) -> str:
    """Say which facts seem to be one."""
    bank = banks.editable(slug, person())
    found, total = grouping.suggestions(bank.id)
    return bank_frame.page("suggestions.html", bank, suggestions=found, total=total)


@blueprint.post("/<slug>/manage/suggestions")
def decide(slug: str) -> ResponseReturnValue:
    """Group the questions of facts that are one, or note that they are not."""
    bank = banks.editable(slug, person())
    named, choice = request.form.getlist("fact"), request.form.get("choice")
    if choice not in {"group", "apart"} or len(set(named)) < 2:
        abort(400)
    if choice == "apart":
        grouping.dismiss(bank.id, named)
        flash(_("Kept apart. They are not suggested again."), "info")
    else:
        ids = grouping.questions_of(bank.id, named)
        grouping.group(bank.id, ids, now(), bank_frame.editor().id)
        flash(_("Grouped under one fact. What learners know of it follows in a moment."), "right")
    return redirect(url_for("bank_editing.suggestions", slug=slug), 303)
