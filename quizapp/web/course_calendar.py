"""The calendar of a person's due dates, which other programs fetch at a private address."""

from flask import Blueprint, Response, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.services.content.questions import Absent
from quizapp.services.courses import calendars
from quizapp.services.people import throttling
from quizapp.services.people.throttling import Throttled
from quizapp.web import course_frame, identity
from quizapp.web.identity import now, someone_required

blueprint = Blueprint("course_calendar", __name__, url_prefix="/calendar")


@blueprint.get("/<token>.ics")
def show(token: str) -> ResponseReturnValue:
    """Send the due dates of whoever holds the token; misses are counted, and so are fetches."""
    try:
        who = calendars.owner(token, current_app.config["SECRET_KEY"])
        throttling.take(calendars.limits(who), now())
        made = calendars.file(who, _("Due in quizapp"), now())
    except Absent:
        _count_miss()
        abort(404)
    except Throttled:
        abort(429)
    response = Response(made, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="quizapp.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _count_miss() -> None:
    try:
        throttling.take(calendars.miss_limits(identity.address()), now())
    except Throttled:
        abort(429)


@blueprint.post("")
@someone_required
def renew() -> ResponseReturnValue:
    """Give one's calendar another address: whoever has the old one sees nothing more."""
    calendars.renew(course_frame.me())
    flash(_("Your calendar has a new address. The old one leads nowhere now."), "right")
    back = identity.safe_next(request.form.get("next"))
    return redirect(back or url_for("home.index"), 303)
