"""How much work is ahead, as set now and at settings that are tried out; nothing is advised."""

from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.core.scheduling.days import learner_day
from quizapp.services.people import preferences
from quizapp.services.people.sessions import Person
from quizapp.services.study import workload
from quizapp.services.study.workload import DAYS, TRADE_OFF
from quizapp.web import memory_charts, settings_ahead
from quizapp.web.identity import now, person

blueprint = Blueprint("workload", __name__, url_prefix="/me/workload")
LOW, HIGH = (round(100 * share) for share in workload.RETENTION)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show the work ahead as set now, and at ?retention= percent with ?new= facts a day."""
    who = person()
    if who is None:
        return redirect(url_for("home.index"))
    days = _number("days", DAYS[0], DAYS[-1], DAYS[0])
    days = days if days in DAYS else DAYS[0]
    share, new = _tried(who)
    wanted = [(None, None), (share, new), *((one, new) for one in TRADE_OFF)]
    current, tried, *others = workload.at_settings(who, now(), wanted, days)
    same = (share, new) == (who.desired_retention, who.new_per_day)
    today = learner_day(now(), who.tz, who.rollover_minutes)
    return render_template(
        "memory/workload.html",
        current=current,
        tried=None if same else tried,
        others=others,
        chart=memory_charts.load(today, current, None if same else tried),
        days=days,
        choices=DAYS,
        retention=round(100 * share),
        bounds=(LOW, HIGH, *workload.NEW_PER_DAY),
        minutes=settings_ahead.minutes,
    )


@blueprint.post("")
def use() -> ResponseReturnValue:
    """Set what was tried."""
    who = person()
    if who is None:
        abort(404)
    share, new = _tried(who)
    wanted = replace(preferences.of_person(who), desired_retention=share, new_per_day=new)
    said = settings_ahead.save(who, wanted, now())
    flash(" ".join((_("Your settings are saved."), *said)), "right")
    return redirect(url_for("workload.index", days=request.form.get("days")), 303)


def _tried(who: Person) -> tuple[float, int]:
    """Return the retention and the new facts a day that are asked for, else the learner's own."""
    percent = _number("retention", LOW, HIGH, round(100 * who.desired_retention))
    own = percent == round(100 * who.desired_retention)
    new = _number("new", *workload.NEW_PER_DAY, who.new_per_day)
    return who.desired_retention if own else percent / 100, new


def _number(name: str, low: int, high: int, usual: int) -> int:
    """Read a number of the address or form; `usual` for anything that is none, kept in bounds."""
    text = request.values.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        return usual
    return min(max(int(text), low), high)
