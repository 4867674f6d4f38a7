"""The rows behind a forecast: its facts, with the chance to know each on the day."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from quizapp.core.scheduling.days import learner_day
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person
from quizapp.services.study import forecast_listing, forecasts
from quizapp.services.study.figure_rows import whole
from quizapp.services.study.forecast_listing import FactOnDay
from quizapp.web.me_tables import Asked, Cell, Listing, day_words, percent

FARTHEST_DAYS = 3660


def facts(person: Person, now: datetime, asked: Asked) -> Listing:
    """List the facts of what is ahead (?exam=), on its day or another one (?day=)."""
    if not forecasts.wanted(person):
        raise Absent
    today = learner_day(now, person.tz, person.rollover_minutes)
    day = asked.number("day") if "day" in asked.args else None
    if day is not None and not today <= day <= today + FARTHEST_DAYS:
        raise ValueError(day)
    found = forecast_listing.of_key(person, asked.args["exam"], day, now)
    at = whole(asked.after) if asked.after else 0
    rows = [_row(one) for one in found.facts[at : at + asked.most]]
    after = str(at + asked.most) if len(found.facts) > at + asked.most else None
    head = (_("Fact"), _("Recall on the day"), _("Recall today"), _("Bank"))
    names = ("fact", "recall_on_day", "recall_today", "bank")
    lede = _(
        "%(title)s Without further study, the least known first. They are estimates; their sum is "
        "about the figure.",
        title=f"{found.title}." if found.title else "",
    )
    return Listing(
        _("Known on %(day)s", day=day_words(found.day)), lede.strip(), head, names, rows, after
    )


def _row(one: FactOnDay) -> tuple[Cell, ...]:
    met = one.now is not None
    href = url_for("me.rows", what="fact", id=one.uid) if met else None
    return (
        Cell(one.statement, one.statement, href),
        Cell(percent(one.chance) if met else _("never met"), round(one.chance, 4), number=True),
        Cell(percent(one.now) if one.now is not None else "", one.now, number=True),
        Cell(one.bank, one.bank),
    )
