"""What the memory model knows of a learner: how well it foretells, and which values it uses."""

from math import exp

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from quizapp.core.plots import calibration as plot
from quizapp.core.plots import svg
from quizapp.core.scheduling.level import Level
from quizapp.core.statistics.calibration import Calibration
from quizapp.extensions import db
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import assigned
from quizapp.services.study import calibration, fit_jobs, levels, parameters
from quizapp.web import words
from quizapp.web.identity import now, person
from quizapp.web.me_charts import Figure

blueprint = Blueprint("memory", __name__, url_prefix="/me/model")
EXAMPLE, EXAMPLE_DAYS = 0.9, 6.0  # the recall and the days by which a level is told


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show how well recall is foretold, the versions of the model, and what can be done."""
    who = person()
    if who is None:
        return redirect(url_for("home.index"))
    found = calibration.of_person(who, assigned.hidden(who.id, now()))
    return render_template(
        "memory/model.html",
        found=found,
        figure=_figure(found),
        level=_level(who),
        versions=parameters.versions(who),
        lacking=fit_jobs.lacking(who),
        chance=lambda loss: exp(-loss),
        words=words,
    )


@blueprint.post("/use")
def use() -> ResponseReturnValue:
    """Put a version of the model to use, or the usual values."""
    who = _somebody()
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        abort(400)
    try:
        parameters.use(who, int(text), now())
    except parameters.NoSuchVersion:
        abort(404)
    flash(_("Done. In a moment your memories are worked out with it; what is due stays due."))
    return redirect(url_for("memory.index"), 303)


@blueprint.post("/fit")
def fit() -> ResponseReturnValue:
    """Ask for a fit to the learner's own answers."""
    if fit_jobs.ask(_somebody(), now()):
        flash(_("It is being fitted to your answers. The result stands here in a minute or two."))
    else:
        flash(_("There are too few new answers to fit it to."))
    return redirect(url_for("memory.index"), 303)


def _somebody() -> Person:
    who = person()
    if who is None:
        abort(404)
    return who


def _figure(found: Calibration) -> Figure:
    rows = url_for("me.rows", what="calibration")
    hrefs = tuple(f"{rows}&bin={n}" for n in range(len(found.bins)))
    chart = plot.build(plot.Data(found.bins, hrefs))
    return Figure(chart, Markup(svg.draw(chart)), hrefs)  # noqa: S704 - it escapes every text


def _level(who: Person) -> float | None:
    """Return what is shown where the model says 90 percent; None where nothing is known yet."""
    level = levels.of_learner(db.session.connection(), who.id)
    return None if level == Level() else level.recall(EXAMPLE, EXAMPLE_DAYS)
