"""The list of quizzes, and a quiz's own page with its one button to begin."""

import secrets

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from quizapp.services.content import bank_pages
from quizapp.services.content.questions import Absent
from quizapp.services.quizzes import attempt_views, attempts, handing_in, quiz_editing, quizzes
from quizapp.services.quizzes.attempt_views import Refused
from quizapp.services.study import quiz_forecasts
from quizapp.web import attempt_pages
from quizapp.web.identity import now, person, person_or_guest

blueprint = Blueprint("quizzes", __name__, url_prefix="/quizzes")


@blueprint.get("")
def index() -> str:
    """List the quizzes that the visitor may take, begun ones marked."""
    who = person()
    return render_template(
        "quizzes/index.html",
        quizzes=quizzes.visible_quizzes(who),
        begun=attempt_views.open_attempts(who) if who else {},
        minutes=attempt_pages.minutes_for,
    )


@blueprint.get("/<slug>")
def show(slug: str) -> str:
    """Say what to expect, and what came of earlier attempts."""
    quiz, who = quizzes.find(slug, person()), person()
    past = handing_in.history(who, quiz.id, now()) if who else []
    begun = next((attempt for attempt in past if attempt.is_open), None)
    tries = quiz.settings.tries
    return render_template(
        "quizzes/show.html",
        quiz=quiz,
        past=past,
        begun=begun,
        forecast=quiz_forecasts.panel(who, quiz, now()) if who and not begun else None,
        left=None if tries is None else max(tries - len(past), 0),
        minutes=attempt_pages.minutes_for(quiz.settings),
        may_edit=quiz_editing.may_edit(who, quiz.bank_id),
        sees_bank=bool(quiz.bank_slug and bank_pages.named(quiz.bank_slug, who)),
        words=attempt_pages,
    )


@blueprint.post("/<slug>")
def start(slug: str) -> ResponseReturnValue:
    """Begin an attempt, or go on with the open one; a stranger becomes a guest."""
    quiz = quizzes.find(slug, person())
    try:
        begun = attempts.start(person_or_guest(), quiz, now(), secrets.randbelow(attempts.SEEDS))
    except Absent:  # deleted since it was looked up
        abort(404)
    except Refused as refused:
        flash(attempt_pages.reason(refused.code), "partial")
        return redirect(url_for("quizzes.show", slug=slug), 303)
    return redirect(url_for("attempts.show", uid=begun.uid), 303)
