"""A learner's own page: what to do now, what is known, and the rows behind every figure."""

from datetime import date

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.services.content import evidence, reading
from quizapp.services.content.questions import Absent
from quizapp.services.content.reading import ReadingPage
from quizapp.services.people.sessions import Person
from quizapp.services.study import cards, dashboards, marked_facts, score_history
from quizapp.services.study.figure_rows import PAGE
from quizapp.web import fact_words, me_charts, me_rows, me_tables, memory_charts, plan_shown, words
from quizapp.web.identity import now, person
from quizapp.web.me_tables import Asked

blueprint = Blueprint("me", __name__, url_prefix="/me")


@blueprint.get("")
def dashboard() -> ResponseReturnValue:
    """Say one thing to do now, then show what is known; a stranger has nothing to see yet."""
    who = person()
    if who is None:
        return redirect(url_for("home.index"))
    board = dashboards.dashboard(who, now())
    shelf = reading.of_shelf(who)
    return render_template(
        "me/dashboard.html",
        board=board,
        hour=words.local(now(), who).hour,
        due=me_charts.due(board),
        stuck=me_charts.stuck(board, who.desired_retention),
        firm=me_charts.firm(board),
        studied=me_charts.studied(board),
        scored=me_charts.scored(score_history.of_person(who, now())),
        marked=marked_facts.of_person(who),
        plan=plan_shown.acting(who, now()),
        shelf=shelf,
        article=_article(who, [uid for uid, _title in shelf]),
        words=words,
    )


@blueprint.get("/rows")
def rows() -> ResponseReturnValue:
    """List what is behind a figure: ?what= and its own arguments; ?format=csv sends all of it."""
    who = person()
    if who is None:
        return redirect(url_for("home.index"))
    as_csv = request.args.get("format") == "csv"
    most = me_rows.CSV_ROWS if as_csv else PAGE
    asked = Asked(request.args, None if as_csv else request.args.get("after"), most)
    what = request.args.get("what", "")
    try:
        listing = me_rows.build(what, who, now(), asked)
    except (LookupError, ValueError):
        abort(404)
    if as_csv:
        return _download(me_tables.as_csv(listing), f"quizapp-{what}.csv")
    fact = listing.more.get("fact_id")
    story = listing.more.get("story")
    # Without what is not released the curve would not be that of this memory.
    drawn = None if story is None or story.withheld else story
    return render_template(
        "me/rows.html",
        listing=listing,
        passage=evidence.of_fact(fact) if fact else None,
        why=fact_words.why(story, who, now()) if story else (),
        kept=memory_charts.kept(drawn, asked.args["id"], who, now()) if drawn else None,
        words=words,
        day_of=date.fromordinal,
    )


@blueprint.post("/marks")
def mark() -> ResponseReturnValue:
    """Take a fact up again, set it aside, or change its flag."""
    who = person()
    if who is None:
        abort(404)
    fact_id = marked_facts.fact_id(who, request.form.get("fact", ""))
    match request.form.get("action"):
        case "resume":
            cards.suspend(who, fact_id, now(), on=False)
            flash(_("Taken up again."), "info")
        case "suspend":
            cards.suspend(who, fact_id, now())
            flash(_("Suspended: it is not asked again until you take it up here."), "info")
        case "unflag":
            cards.flag(who, fact_id, 0)
            flash(_("Flag taken off."), "info")
        case _action:
            abort(400)
    return redirect(url_for("me.dashboard", _anchor="marked"), 303)


def _article(who: Person, shelf: list[str]) -> ReadingPage | None:
    """Return the article to colour: the one asked for, else that of the newest bank."""
    wanted = request.args.get("article")
    if wanted not in shelf:
        wanted = shelf[0] if shelf else None
    try:
        return reading.article(wanted, who, now()) if wanted else None
    except Absent:  # its bank was closed to this person meanwhile
        return None


def _download(text: str, name: str) -> ResponseReturnValue:
    response = make_response(text)
    response.content_type = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
