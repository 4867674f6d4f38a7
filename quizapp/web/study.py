"""Studying: one question after another, what became of an answer, and the wishes about a card."""

from uuid import UUID, uuid4

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from quizapp.core.question import BadResponse
from quizapp.services.content import bank_pages, evidence
from quizapp.services.content.bank_pages import BankName
from quizapp.services.content.questions import Absent, Asked
from quizapp.services.people.sessions import Person
from quizapp.services.study import (
    answers,
    cards,
    figure_rows,
    forecast_practice,
    log_views,
    queue,
    sittings,
    waiting,
)
from quizapp.services.study.forecast_practice import names_risk
from quizapp.web import plan_shown, present, studying, words
from quizapp.web.identity import now, person, person_or_guest
from quizapp.web.studying import Progress

blueprint = Blueprint("study", __name__, url_prefix="/study")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Ask the next question of one bank (?bank=) or of the whole shelf."""
    who, bank = person(), _bank()
    mistakes = request.args.get("mistakes")
    if who is None:
        bank = bank or bank_pages.first_named()
        asked = queue.first_question(bank.id) if bank else None
    elif mistakes is not None:
        asked = _practised(who, mistakes)
    else:
        asked = _undone(who) or queue.next_question(who, now(), bank.id if bank else None)
    if asked is None and who is not None and bank is None and not queue.shelf_banks(who, now()):
        flash(_("Your shelf is empty. Choose what to study."), "info")
        return redirect(url_for("banks.index"))
    if asked is None and mistakes is not None:
        flash(_none_left(mistakes), "right")
    if asked is None:
        return redirect(url_for("study.summary", bank=bank.slug if bank else None))
    client_id = str(uuid4())
    return render_template(
        "study/question.html",
        html=studying.ask(asked, client_id, who),
        asked=asked,
        client_id=client_id,
        bank=bank,
        mistakes=mistakes,
        progress=_progress(bank, mistakes),
    )


@blueprint.post("")
def answer() -> ResponseReturnValue:
    """Take an answer from the plain form; the same as POST /api/v1/answers."""
    bank = _bank()
    try:
        client_id, question = str(UUID(request.form["client_id"])), request.form["question"]
        version = int(request.form["version"])
        response = present.read_form(request.form.items(multi=True)) or {}
        marks = {name: True for name in ("hint", "unknown") if request.form.get(name)}
        done = answers.answer(
            studying.taker(question, version, response, marks),
            client_id,
            question,
            version,
            response,
            now=now(),
            marks=marks,
            source=_source(request.form.get("mistakes")),
            bank=bank.slug if bank else None,
        )
    except (Absent, answers.NotAskable):
        abort(404)
    except answers.IdReused:
        abort(409)
    except answers.Refused as refused:
        flash(str(refused), "partial")
        return redirect(_back())
    except BadResponse as error:
        if error.code != "no-answer":
            abort(400)
        flash(_("Nothing was chosen or typed yet. Answer first, then check."), "partial")
        return redirect(_back())
    except ValueError:
        abort(400)
    return redirect(
        url_for(
            "study.answered",
            seq=done.seq,
            bank=bank.slug if bank else None,
            mistakes=request.form.get("mistakes"),
        ),
        303,
    )


@blueprint.get("/answers/<int:seq>")
def answered(seq: int) -> ResponseReturnValue:
    """Show an answer of one's own: graded, with why, and the sentence of the article."""
    who = person()
    found = log_views.response(who, seq, now()) if who else None
    if who is None or found is None:
        abort(404)
    passage = evidence.of_fact(found.fact_id)
    return render_template(
        "study/answered.html",
        html=studying.logged_html(found),
        found=found,
        passage=passage,
        bank=_bank(),
        mistakes=request.args.get("mistakes"),
        again=studying.again_words(who, found),
        progress=_progress(_bank(), request.args.get("mistakes"), answered=True),
    )


@blueprint.post("/undo")
def undo() -> ResponseReturnValue:
    """Take back the last study answer and ask its question again."""
    who, again = person(), None
    try:
        if who is None:
            raise cards.NothingToUndo
        again = cards.undo(who, now())
        flash(_("Your last answer is undone. Here is its question again."), "info")
    except cards.NothingToUndo:
        flash(_("There is nothing left to undo today."), "info")
    return redirect(_back(again), 303)


@blueprint.post("/marks")
def mark() -> ResponseReturnValue:
    """Suspend, bury, flag or take up again the fact of a question."""
    where = answers.place(request.form.get("question", ""), person())
    fact_id = where.fact_id
    if fact_id is None or where.status == "draft":
        abort(404)
    action = request.form.get("action", "")
    said = {
        "suspend": _("Suspended: it is not asked again until you take it up on your page."),
        "resume": _("Taken up again."),
        "bury": _("Left for tomorrow."),
        "flag": _("Flagged."),
        "unflag": _("Flag taken off."),
    }
    if action not in said:
        abort(400)
    who = person_or_guest()
    if action in {"suspend", "resume"}:
        cards.suspend(who, fact_id, now(), on=action == "suspend")
    elif action == "bury":
        cards.bury(who, fact_id, now())
    else:
        cards.flag(who, fact_id, 1 if action == "flag" else 0)
    flash(said[action], "info")
    return redirect(_back(), 303)


@blueprint.get("/questions/<uid>/memory")
def memory(uid: str) -> ResponseReturnValue:
    """Lead to what the learner knows of a question's fact."""
    who = person()
    where = answers.place(uid, who)
    known = who and where.fact_id and figure_rows.memory_of(who, now(), where.fact_id)
    if not known:
        flash(_("You have not met this fact yet."), "info")
        return redirect(_back(), 303)
    return redirect(url_for("me.rows", what="fact", id=known.uid))


@blueprint.get("/summary")
def summary() -> ResponseReturnValue:
    """Say what the session came to, what was missed, and what comes next."""
    who, bank = person(), _bank()
    if who is None:
        return redirect(url_for("banks.index"))
    return render_template(
        "study/summary.html",
        sitting=sittings.of_today(who, now()),
        coming=sittings.coming(who, now()),
        left=waiting.counts(who, now(), bank_id=bank.id if bank else None),
        plan=plan_shown.acting(who, now()),
        bank=bank,
        words=words,
        now=now(),
    )


def _bank() -> BankName | None:
    slug = request.values.get("bank")
    if not slug:
        return None
    found = bank_pages.named(slug, person())
    if found is None:
        abort(404)
    return found


def _undone(who: Person) -> Asked | None:
    """Return the question whose answer was just taken back, named in ?again=."""
    try:
        return answers.current(request.args.get("again", ""), who)
    except Absent:
        return None


def _back(again: str | None = None) -> str:
    bank, mistakes = request.values.get("bank") or None, request.values.get("mistakes")
    return url_for("study.index", bank=bank, mistakes=mistakes, again=again)


def _practised(who: Person, mistakes: str) -> Asked | None:
    """Return the next of what ?mistakes= names: facts at risk, or what was missed."""
    if names_risk(mistakes):
        return forecast_practice.next_question(who, mistakes, now())
    return sittings.next_mistake(who, mistakes, now())


def _none_left(mistakes: str) -> str:
    if names_risk(mistakes):
        return _("All facts at risk have been asked today.")
    return _("No mistakes are left to practise.")


def _source(mistakes: str | None) -> str:
    """Return what an answer counts as: what is at risk is studied, and scheduled anew."""
    return "study" if mistakes is None or names_risk(mistakes) else "practice"


def _progress(
    bank: BankName | None, mistakes: str | None, answered: bool = False
) -> Progress | None:
    """Return where in the round this question is, for the line above it; None to a stranger."""
    who = person()
    if who is None:
        return None
    if mistakes is not None:
        counted = forecast_practice.left if names_risk(mistakes) else sittings.mistakes_left
        left = counted(who, mistakes, now())
        return Progress(1, left + 1, 0, ngettext("%(num)s to go", "%(num)s to go", left))
    left = waiting.counts(who, now(), bank_id=bank.id if bank else None).all
    return studying.progress(sittings.answers_today(who, now()), left, answered)
