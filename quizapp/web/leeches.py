"""The facts that cost a learner much and do not stick, each with what to do about it."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.services.study import cards, leeches, marked_facts
from quizapp.services.study.leeches import HardFact
from quizapp.web import fact_words, words
from quizapp.web.identity import now, person

FIRST = 5  # shown at first; more at once would be no list to work on

blueprint = Blueprint("leeches", __name__, url_prefix="/me/leeches")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the hard facts, those missed most beyond the usual first."""
    who = person()
    if who is None:
        return redirect(url_for("home.index"))
    facts = leeches.of_person(who, now())
    shown = facts if "all" in request.args else facts[:FIRST]
    return render_template(
        "memory/leeches.html",
        facts=shown,
        more=len(facts) - len(shown),
        advice=advice,
        form=fact_words.form,
        words=words,
    )


@blueprint.post("")
def act() -> ResponseReturnValue:
    """Set a fact aside, or flag it."""
    who = person()
    if who is None:
        abort(404)
    fact_id = marked_facts.fact_id(who, request.form.get("fact", ""))
    match request.form.get("action"):
        case "suspend":
            cards.suspend(who, fact_id, now())
            flash(_("Suspended: it is not asked again until you take it up on your page."), "info")
        case "flag":
            cards.flag(who, fact_id, 1)
            flash(_("Flagged."), "info")
        case _action:
            abort(400)
    return redirect(url_for("leeches.index"), 303)


def advice(fact: HardFact) -> str:
    """Return what the forms of a fact tell about why it does not stick."""
    fails = [form.form for form in fact.figures.forms if form.fails]
    passes = [form.form for form in fact.figures.forms if form.passes]
    if fails and passes:
        return _(
            "%(passed)s goes well, %(failed)s always fails: you know it when you see it. "
            "Say it aloud before you look.",
            passed=_named(passes),
            failed=_named(fails).lower(),
        )
    if len(fact.figures.forms) == 1:
        return _("It was asked in one form only. Another form may hold better.")
    return _("It holds in no form: learn it anew from the sentence, or make it smaller.")


def _named(forms: list[str]) -> str:
    return ", ".join(fact_words.form(name) for name in forms)
