"""What a learner will know on the days that count, and the switch that hides it."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.services.people.sessions import Person
from quizapp.services.study import exam_forecasts, forecasts
from quizapp.web import forecast_shown, words
from quizapp.web.identity import now, person

blueprint = Blueprint("forecast", __name__, url_prefix="/me/forecast")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Say what will be known on each day ahead, how sure that is, and what would help."""
    who = person()
    if who is None:
        return redirect(url_for("home.index"))
    shown: list[forecast_shown.Shown] = []
    if forecasts.wanted(who):
        shown = forecast_shown.all_of(who, now())
    return render_template(
        "memory/forecast.html",
        on=forecasts.wanted(who),
        shown=shown,
        behind=exam_forecasts.answers_behind(who),
        words=words,
    )


@blueprint.post("/shown")
def switch() -> ResponseReturnValue:
    """Show forecasts to this person, or nowhere (field `on`, 1 or 0)."""
    who = _somebody()
    wish = request.form.get("on")
    if wish not in {"0", "1"}:
        abort(400)
    forecasts.switch(who, on=wish == "1")
    if wish == "1":
        flash(_("Forecasts are shown again."), "info")
    else:
        flash(_("No forecast is shown to you any more, on any page."), "info")
    return redirect(url_for("forecast.index"), 303)


def _somebody() -> Person:
    who = person()
    if who is None:
        abort(404)
    return who
